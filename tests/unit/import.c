// SPDX-License-Identifier: MIT
// Export and import: what comes back is the same, whatever is in a record; what
// is wrong is refused with its place, and leaves nothing behind.
#include "record.h"
#include "tap.h"

#include "audit/export.h"
#include "audit/import.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/wait.h>

static uint64_t dice_state = 0x2545f4914f6cdd1d;

static unsigned int dice(unsigned int sides)
{
	dice_state ^= dice_state << 13;
	dice_state ^= dice_state >> 7;
	dice_state ^= dice_state << 17;
	return (unsigned int)(dice_state % sides);
}

static char told[4096]; /* what an import told, a line for each */

static void tell(void *arg, const char *text)
{
	size_t len = strlen(told);

	(void)arg;
	snprintf(told + len, sizeof(told) - len, "%s\n", text);
}

static const struct import_options options = { .tell = tell };
static const struct import_options going = { .tell = tell, .keep_going = true };

/* Import a path into a folder: "" or what is wrong. */
static const char *take(const char *folder, const char *path,
			const struct import_options *o)
{
	static struct ef_err err;
	struct import *im = NULL;

	err = (struct ef_err){ 0 };
	*told = '\0';
	if (import_read(folder, &path, 1, o, &im, &err) == 0)
		import_publish(im, &err);
	import_free(im);
	return err.msg;
}

/* Everything in a folder, as one text to be freed. */
static char *export_all(const char *folder, bool is_redacted)
{
	struct ef_err err = { 0 };
	struct reader *r = NULL;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (reader_open(&folder, 1, &r, &err) < 0)
		printf("# %s\n", err.msg);
	for (size_t i = 0; r && reader_problem(r, i); i++)
		printf("# %s\n", reader_problem(r, i));
	for (size_t i = 0; r && i < reader_n_sessions(r); i++)
		if (export_session(r, i, is_redacted, f, &err) < 0)
			printf("# %s\n", err.msg);
	reader_close(r);
	fclose(f);
	return text;
}

static void write_file(const char *path, const char *text, size_t len)
{
	FILE *f = fopen(path, "we");

	if (!f || fwrite(text, 1, len, f) != len || fclose(f))
		abort();
}

/* Names of what is in a folder, sorted, blanks between. */
static char *list_folder(const char *path, char *buf, size_t size)
{
	struct dirent **list;
	int n = scandir(path, &list, NULL, alphasort);

	*buf = '\0';
	for (int i = 0; i < n; i++) {
		size_t len = strlen(buf);

		if (strcmp(list[i]->d_name, ".") &&
		    strcmp(list[i]->d_name, ".."))
			snprintf(buf + len, size - len, "%s%s", len ? " " : "",
				 list[i]->d_name);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	return buf;
}

static char copy[160]; /* the folder that the last export was imported into */

/* Export a folder, import that into another, export again: the same? */
static bool comes_back(const char *dir, const char *folder)
{
	static int n;
	char path[176], *one, *two;
	const char *wrong;
	bool is_same;

	snprintf(copy, sizeof(copy), "%s/copy%d", dir, ++n);
	snprintf(path, sizeof(path), "%s.ndjson", copy);
	one = export_all(folder, false);
	write_file(path, one, strlen(one));
	wrong = take(copy, path, &options);
	if (*wrong)
		printf("# %s\n", wrong);
	two = export_all(copy, false);
	is_same = *one && !strcmp(one, two);
	for (size_t i = 0; !is_same && i < strlen(one); i++)
		if (one[i] != two[i]) {
			printf("# %.160s\n# became %.160s\n",
			       one + (i > 150 ? i - 150 : 0),
			       two + (i > 150 ? i - 150 : 0));
			break;
		}
	free(one);
	free(two);
	return is_same;
}

static enum reader_proof proof_of(const char *folder)
{
	enum reader_proof proof = PROOF_CHANGED;
	struct ef_err err = { 0 };
	struct reader *r = NULL;

	if (reader_open(&folder, 1, &r, &err) == 0 && reader_n_sessions(r))
		reader_prove(r, 0, &proof, &err);
	reader_close(r);
	return proof;
}

static void put_process(struct store *st, int64_t *ret)
{
	struct process p = { .pid = 4990,
			     .ppid = 1,
			     .start_ticks = 77,
			     .exe_dev = 1,
			     .exe_ino = UINT64_MAX,
			     .uid = 1000,
			     .comm = "a\x1b[31m\"\\",
			     .exe = "/usr/\xff\xfe/n\n",
			     .cwd = "/\xe2\x80\xae" };

	p.argv_len = sizeof(p.argv);
	for (size_t i = 0; i < sizeof(p.argv); i++)
		p.argv[i] = (char)dice(256);
	p.argv[sizeof(p.argv) - 1] = '\0';
	p.argv_cut = true;
	if (store_process(st, &p, ret))
		abort();
}

/* A session with something in every table, and nothing pleasant. */
static void record_hostile(const char *dir, bool is_closed)
{
	struct ef_err err = { 0 };
	struct store *st = record_open(dir, NULL, &err);
	struct question q = { .pid = 4990,
			      .tid = 4991,
			      .proto = PROTO_UDP,
			      .qtype = 1,
			      .id = 65535,
			      .verdict = VERDICT_DENY,
			      .reason = REASON_NO_RULE };
	struct made m;
	int64_t process, seq;

	put_process(st, &process);
	addr_parse("198.51.100.53:53", &q.server);
	addr_parse("198.18.0.7", &q.placeholder);
	dname_from_text("a\\010b\\.c.example.com", &q.name);
	q.process = process;
	store_question(st, &q, &seq);
	store_answer(st, seq, 0, &q.server, 1);
	make_attempt(&m, "203.0.113.9:443", "a.example.com", VERDICT_DENY);
	m.a.process = process;
	m.seen.candidates[1].name = m.said.name;
	dname_from_text("z.example.com", &m.seen.candidates[1].name);
	m.seen.n_candidates = 2;
	m.said.door = "door \x1b]0;x\x07";
	store_attempt(st, &m.a, &seq);
	store_outcome(st, seq, -111, 42);
	store_repeat(st, seq, 1000);
	store_binding(st, 1, &m.said.name, &m.seen.addr, NAME_DNS, 300);
	make_attempt(&m, "203.0.113.9:1", NULL, VERDICT_DENY);
	m.seen.addr = (struct addr){ 0 };
	m.seen.proto = PROTO_UNIX_STREAM;
	snprintf(m.seen.peer.name, sizeof(m.seen.peer.name),
		 "/run/\xff\x1b[2J\n\xc3\xa9");
	store_attempt(st, &m.a, &seq);
	store_event(st, "reload-refused", "line 3: \xe2\x80\x8b\x7f\xc0");
	store_event(st, "strange", "");
	store_flush(st);
	if (is_closed && store_end(st, 7, 0, &err) < 0)
		abort();
	if (!is_closed)
		_exit(0);
	store_close(st);
}

static void test_session(void)
{
	const char *dir = record_folder();
	char folder[160], lines[200];

	snprintf(folder, sizeof(folder), "%s/sessions", dir);
	record_hostile(dir, true);
	ok(proof_of(folder) == PROOF_AS_WRITTEN);
	ok(comes_back(dir, folder));
	ok(proof_of(copy) == PROOF_AS_WRITTEN);
	snprintf(lines, sizeof(lines), "%s.ndjson", copy);
	/* a database comes in as it is, and is the same as its export */
	snprintf(copy, sizeof(copy), "%s/direct", dir);
	ok_str(take(copy, folder, &options), "");
	ok(proof_of(copy) == PROOF_AS_WRITTEN);
	ok_str(take(copy, lines, &options), "");
	record_gone(dir);
}

static void test_cut_off(void)
{
	const char *dir = record_folder();
	char folder[160];
	pid_t pid = fork();

	if (!pid)
		record_hostile(dir, false);
	waitpid(pid, NULL, 0);
	snprintf(folder, sizeof(folder), "%s/sessions", dir);
	ok(comes_back(dir, folder));
	ok(proof_of(copy) == PROOF_NOT_CLOSED);
	record_gone(dir);
}

static void test_small(void)
{
	const char *dir = record_folder();
	struct ef_err err = { 0 };
	struct store *st = record_open(dir, NULL, &err);
	char folder[160];

	ok(store_end(st, 0, 0, &err) == 0);
	store_close(st);
	snprintf(folder, sizeof(folder), "%s/sessions", dir);
	ok(comes_back(dir, folder)); /* nothing in it at all */
	record_gone(dir);
}

/* 64 KiB and more of arguments. */
static void test_large(void)
{
	enum { BYTES = 300000 };
	const char *dir = record_folder();
	struct store_options o = { .state_dir = dir };
	struct session_start s = { .uuid = "7f3a0002-0000-4000-8000-"
					   "000000000000",
				   .cwd = "/",
				   .version = "0.1.0",
				   .name = "n",
				   .tags = "a=1\nb\xff=2\na=3\n=x\nnone\n",
				   .started_ms = 1 };
	char *argv = malloc(BYTES), folder[160];
	struct ef_err err = { 0 };
	struct store *st = NULL;

	for (size_t i = 0; i < BYTES; i++)
		argv[i] = (char)(i % 70000 ? dice(255) + 1 : 0);
	s.argv = argv;
	s.argv_len = BYTES; /* and no NUL at the end */
	ok(store_open(&o, &s, &st, &err) == 0);
	ok(store_end(st, 0, 9, &err) == 0);
	store_close(st);
	free(argv);
	snprintf(folder, sizeof(folder), "%s/sessions", dir);
	ok(comes_back(dir, folder));
	record_gone(dir);
}

/* --- records that somebody else has written into --- */

static void put_any(sqlite3 *db, const char *sql)
{
	static const char *const texts[] = {
		"",	  "x",	    "\xff",	    "a\nb",
		" by ",	  "\x1b[m", "{\"a\":1}",    "[1,2]",
		"reload", "held",   "\xed\xa0\x80", "unix",
		"dns",	  "2026",   "k=v\nk=w\n",   "\xe2\x80\xae"
	};
	static const int64_t numbers[] = {
		0, 1, -1, 2, INT64_MAX, INT64_MIN, 1795442541000, -5, 65535
	};
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &s, NULL);

	for (int i = 1; rc == SQLITE_OK && i <= sqlite3_bind_parameter_count(s);
	     i++) {
		const char *t = texts[dice(16)];

		switch (dice(6)) {
		case 0:
			sqlite3_bind_null(s, i);
			break;
		case 1:
			sqlite3_bind_text(s, i, t, (int)strlen(t), NULL);
			break;
		case 2:
			sqlite3_bind_blob(s, i, "a\0b\0", 4, NULL);
			break;
		case 3:
			sqlite3_bind_text(s, i, "a\0b", 3, NULL);
			break;
		default:
			sqlite3_bind_int64(s, i, numbers[dice(9)]);
		}
	}
	if (rc != SQLITE_OK)
		printf("# %s: %s\n", sql, sqlite3_errmsg(db));
	sqlite3_step(s); /* what the schema refuses is not there */
	sqlite3_finalize(s);
}

static const char *const any_rows[] = {
	"UPDATE sessions SET host_id = ifnull(?,''), argv = ifnull(?,''), cwd "
	"= ifnull(?,''), mode = ifnull(?,''), version = ifnull(?,''), name = "
	"ifnull(?,''), tags = ifnull(?,''), pid = ifnull(?,0), boot_id = "
	"ifnull(?,'')",
	"UPDATE sessions SET exit_code = ?, signal = ?, allowed = ?, denied = "
	"?, digest = ?",
	"INSERT INTO revisions VALUES (NULL, 1, ifnull(?,0), ifnull(?,''), "
	"ifnull(?,''), ifnull(?,''), ifnull(?,''))",
	"INSERT INTO rules VALUES (NULL, ifnull(?,1), ifnull(?,1), "
	"ifnull(?,''), ifnull(?,1), ifnull(?,1), ifnull(?,''), ?)",
	"INSERT INTO processes VALUES (NULL, 1, ifnull(?,1), ifnull(?,1), "
	"ifnull(?,1), ifnull(?,1), ifnull(?,1), ifnull(?,1), ?, ifnull(?,1), "
	"ifnull(?,''), ifnull(?,''), ifnull(?,''), ifnull(?,''), ifnull(?,0))",
	"INSERT INTO names VALUES (NULL, ifnull(?,''), ifnull(?,''))",
	"INSERT INTO addresses VALUES (NULL, '203.0.113.' || (SELECT count(*) "
	"FROM addresses))",
	"INSERT INTO bindings VALUES (NULL, 1, ?, ifnull(?,1), ifnull(?,1), "
	"ifnull(?,1), ifnull(?,1), ifnull(?,''))",
	"INSERT INTO questions VALUES (1, (SELECT ifnull(max(seq) + 3, 1) FROM "
	"questions), ifnull(?,1), ?, ifnull(?,1), ifnull(?,1), ?, ?, 53, "
	"ifnull(?,''), ?, ifnull(?,1), ifnull(?,1), 'deny', ifnull(?,''), ?, "
	"?, ?, ?, ?)",
	"INSERT INTO attempts VALUES (1, (SELECT ifnull(max(seq) + 3, 100) "
	"FROM attempts), ifnull(?,1), ?, ifnull(?,1), ifnull(?,1), ?, "
	"ifnull(?,''), ifnull(?,''), ?, ifnull(?,''), ?, ?, 443, ?, "
	"ifnull(?,1), ifnull(?,1), ifnull(?,1), ifnull(?,1), 'allow', "
	"ifnull(?,''), ?, ifnull(?,''), ?, ifnull(?,1), ifnull(?,1), 1, ?, ?, "
	"?)",
	"INSERT INTO decisions VALUES (1, (SELECT ifnull(max(seq) + 3, 200) "
	"FROM decisions), ifnull(?,1), ifnull(?,1), ifnull(?,''), "
	"ifnull(?,''), ifnull(?,''))",
	"INSERT INTO events VALUES (1, (SELECT ifnull(max(seq) + 3, 300) FROM "
	"events), ifnull(?,1), ifnull(?,''), ifnull(?,''))",
};

#define N_HOSTILE 40

static void test_any(void)
{
	const char *dir = record_folder();
	int good = 0;

	for (unsigned int n = 0; n < N_HOSTILE; n++) {
		struct ef_err err = { 0 };
		struct store *st = NULL;
		char one[160], file[256];
		sqlite3 *db = NULL;

		snprintf(one, sizeof(one), "%s/%u", dir, n);
		mkdir(one, 0700);
		record_open_as(n, one, NULL, 0, &st, &err);
		snprintf(file, sizeof(file), "%s", store_path(st));
		store_end(st, 0, 0, &err);
		store_close(st);
		if (sqlite3_open(file, &db))
			abort();
		for (size_t i = 0; i < sizeof(any_rows) / sizeof(*any_rows); i++)
			for (unsigned int k = 0; k < 4; k++)
				put_any(db, any_rows[i]);
		sqlite3_exec(db, "PRAGMA journal_mode = DELETE", NULL, NULL,
			     NULL);
		sqlite3_close(db);
		snprintf(one, sizeof(one), "%s/%u/sessions", dir, n);
		good += comes_back(dir, one);
	}
	printf("# %d of %d\n", good, N_HOSTILE);
	ok(good == N_HOSTILE);
	record_gone(dir);
}

/* --- what is wrong --- */

#define LINE                                                                   \
	"{\"v\":1,\"type\":\"attempt\",\"session\":\"7f3a\",\"seq\":1,\"ts\":" \
	"\"2026-11-23T14:02:01Z\",\"verdict\":\"deny\",\"ip\":\"203.0.113."    \
	"1\","                                                                 \
	"\"port\":443}\n"

static const struct {
	const char *text,
		*wrong; /* behind the path and, unless a blank begins it, a colon */
} bad_files[] = {
	{ "x", "1:1: here a JSON object has to begin; it is neither a "
	       "database nor NDJSON of egress-filter; the file ends within "
	       "this line" },
	{ LINE "x\n", "2:1: here a JSON object has to begin" },
	{ LINE "{\"v\":1,\"type\":\"att",
	  "2:15: a text that does not end; the file ends within this line" },
	{ LINE "{}\n", "2:1: no \"v\": not written by egress-filter" },
	{ LINE "{\"v\":1}\n",
	  "2:1: no \"type\": not written by egress-filter" },
	{ LINE "\n{\"v\":2,\"type\":\"attempt\",\"version\":\"9.1\"}\n",
	  "3:6: written by a newer egress-filter 9.1: NDJSON version 2, "
	  "this one reads 1" },
	{ "{\"v\":1,\"rows\":[]}\n",
	  "1:1: one object with all rows, as log --json prints it: use log "
	  "--ndjson; it is neither a database nor NDJSON of egress-filter" },
	{ LINE "{\"v\":1,\"type\":\"attempt\",\"session\":\"../x\"}\n",
	  "2:35: \"session\": an id has digits, a to f and hyphens" },
	{ LINE "{\"v\":1,\"type\":\"attempt\",\"session\":\"7f3a\"}\n",
	  "2:1: no \"seq\": a number from 1 on has to stand here" },
	{ LINE "{\"v\":1,\"type\":\"attempt\",\"session\":\"7f3a\",\"seq\":2,"
	       "\"verdict\":\"maybe\"}\n",
	  "2:60: \"verdict\": allow or deny has to stand here" },
	{ LINE "{\"v\":1,\"type\":\"attempt\",\"session\":\"7f3a\",\"seq\":2,"
	       "\"verdict\":\"deny\",\"port\":70000}\n",
	  "2:74: \"port\": no port" },
	{ LINE "{\"v\":1,\"type\":\"attempt\",\"session\":\"7f3a\",\"seq\":2,"
	       "\"verdict\":\"deny\",\"ip\":\"\\u001b\"}\n",
	  "2:72: \"ip\": no address" },
	{ LINE "{\"v\":1,\"type\":\"attempt\",\"session\":\"7f3a\",\"seq\":2,"
	       "\"verdict\":\"deny\",\"comm\":7,\"pid\":\"x\"}\n",
	  "2:82: here a whole number has to stand" },
	{ LINE "{\"v\":1,\"type\":\"attempt\",\"session\":\"7f3a\",\"seq\":2,"
	       "\"verdict\":\"deny\",\"host\":\"a\\u0000b\"}\n",
	  "2:74: a text with a NUL inside" },
	{ LINE "{\"v\":1,\"type\":\"attempt\",\"session\":\"7f3a\",\"seq\":2,"
	       "\"verdict\":\"deny\",\"ts\":\"yesterday\"}\n",
	  "2:72: no time such as 2026-11-23T14:02:21.204Z" },
	{ LINE "{\"v\":1,\"type\":\"attempt\",\"session\":\"7f3a\",\"seq\":1,"
	       "\"verdict\":\"allow\"}\n",
	  "2:48: the session has another \"attempt\" of this number, or "
	  "this "
	  "one lacks something" },
	{ LINE "{\"v\":1,\"type\":\"attempt\",\"session\":\"7f3a\",\"seq\":2,"
	       "\"verdict\":\"deny\",\"record\":{\"pid\":{\"text\":\"4\"}}}\n",
	  "2:83: no value of a column" },
	{ LINE "{\"v\":1,\"type\":\"session_start\",\"session\":\"7f3a\","
	       "\"tags\":{\"a\":\"b\\nc=d\"}}\n",
	  "2:60: no tag, KEY=VALUE on one line" },
	{ "", " is empty: nothing to import" },
};

static void test_bad(void)
{
	const char *dir = record_folder();
	char path[100], folder[100], want[400], names[400];

	snprintf(path, sizeof(path), "%s/bad", dir);
	snprintf(folder, sizeof(folder), "%s/sessions", dir);
	for (size_t i = 0; i < sizeof(bad_files) / sizeof(*bad_files); i++) {
		write_file(path, bad_files[i].text, strlen(bad_files[i].text));
		snprintf(want, sizeof(want), "%s%s%s", path,
			 *bad_files[i].wrong == ' ' ? "" : ":",
			 bad_files[i].wrong);
		ok_str(take(folder, path, &options), want);
		ok_str(list_folder(folder, names, sizeof(names)), "");
	}
	/* the good line only, and what was left out is told */
	write_file(path, "x\n" LINE "{\n", strlen("x\n" LINE "{\n"));
	ok_str(take(folder, path, &going), "");
	ok_str(list_folder(folder, names, sizeof(names)), "7f3a.db");
	snprintf(want, sizeof(want),
		 "%s:1:1: here a JSON object has to begin; it is neither a "
		 "database nor NDJSON of egress-filter (left out)\n"
		 "%s:3:2: it ends too early (left out)\n",
		 path, path);
	ok_str(told, want);
	/* the same again, and then another of the same id */
	write_file(path, LINE LINE "\r\n" LINE, strlen(LINE) * 3 + 2);
	ok_str(take(folder, path, &options), "");
	write_file(path, LINE "{\"v\":1,\"type\":\"new\"}", strlen(LINE) + 20);
	ok_str(take(folder, path, &options), "");
	ok_str(told, "1 lines of types this version does not know were left "
		     "out\n");
	write_file(
		path,
		"{\"v\":1,\"type\":\"event\",\"session\":\"7f3a\",\"seq\":1}",
		strlen("{\"v\":1,\"type\":\"event\",\"session\":\"7f3a\","
		       "\"seq\":1}"));
	ok(strstr(take(folder, path, &options), "is recorded already") != NULL);
	ok_str(list_folder(folder, names, sizeof(names)), "7f3a.db");
	record_gone(dir);
}

/* A line of a gigabyte through a pipe: refused with its place, while memory
 * stays as it is; what comes after it is taken. */
static void test_long_line(void)
{
	const char *dir = record_folder();
	char path[100], folder[100], want[200];
	static char zeros[1 << 20];
	pid_t pid;

	snprintf(path, sizeof(path), "%s/pipe", dir);
	snprintf(folder, sizeof(folder), "%s/sessions", dir);
	if (mkfifo(path, 0600))
		abort();
	memset(zeros, 'x', sizeof(zeros));
	pid = fork();
	if (!pid) {
		int fd = open(path, O_WRONLY | O_CLOEXEC);
		bool is_good = write(fd, LINE, strlen(LINE)) > 0;

		for (int i = 0; is_good && i < 1024; i++)
			is_good = write(fd, zeros, sizeof(zeros)) > 0;
		is_good = is_good && write(fd, "\n" LINE, strlen(LINE) + 1) > 0;
		_exit(!is_good);
	}
	ok_str(take(folder, path, &going), "");
	waitpid(pid, NULL, 0);
	snprintf(want, sizeof(want),
		 "%s:2:33554433: the line is longer than 32 MiB (left out)\n",
		 path);
	ok_str(told, want);
	record_gone(dir);
}

/* What is read over, as if it had been recorded here. */
static void test_open(void)
{
	const char *dir = record_folder();
	struct ef_err err = { 0 };
	struct reader *r = NULL;
	char lines[100], folder[100], names[400];
	const char *paths[3] = { folder, lines, lines };

	snprintf(lines, sizeof(lines), "%s/a.ndjson", dir);
	snprintf(folder, sizeof(folder), "%s/sessions", dir);
	record_hostile(dir, true);
	write_file(lines, LINE, strlen(LINE));
	setenv("TMPDIR", dir, 1);
	ok(import_open(paths, 3, &options, &r, &err) == 0);
	ok_str(err.msg, "");
	ok(r && reader_n_sessions(r) == 2);
	reader_close(r);
	ok_str(list_folder(dir, names, sizeof(names)), "a.ndjson sessions");
	/* the folder again, as lines: one session, known to be the same */
	char *text = export_all(folder, false);

	write_file(lines, text, strlen(text));
	r = NULL;
	ok(import_open(paths, 2, &options, &r, &err) == 0);
	ok(r && reader_n_sessions(r) == 1);
	reader_close(r);
	/* and once more without a row of it: two that differ */
	memcpy(strstr(text, "\"type\":\"reload\""), "\"type\":\"xeload\"", 15);
	write_file(lines, text, strlen(text));
	r = NULL;
	ok(import_open(paths, 2, &options, &r, &err) == -EEXIST);
	ok(strstr(err.msg, "and they differ") != NULL);
	ok_str(list_folder(dir, names, sizeof(names)), "a.ndjson sessions");
	free(text);
	record_gone(dir);
}

int main(void)
{
	test_bad();
	test_long_line();
	test_open();
	test_session();
	test_cut_off();
	test_small();
	test_large();
	test_any();
	return done();
}
