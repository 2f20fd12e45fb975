// SPDX-License-Identifier: MIT
// Reading records: sessions, pages, following, and files that are no records.
#include "record.h"
#include "tap.h"

#include "audit/ndjson.h"
#include "audit/reader.h"

#include <errno.h>
#include <fcntl.h>

static int64_t put(struct store *st, const char *addr, const char *name,
		   enum verdict v)
{
	struct made m;
	int64_t seq = -1;

	make_attempt(&m, addr, name, v);
	if (store_attempt(st, &m.a, &seq))
		abort();
	return seq;
}

/* All rows of a session as "type:seq" words. */
static char *walk(struct reader *r, size_t session, int64_t after, char *buf,
		  size_t size)
{
	struct page page = { 0 };
	struct ef_err err = { 0 };
	size_t len = 0;

	buf[0] = '\0';
	while (reader_page(r, session, after, &page, &err) == 0 && page.n)
		for (size_t i = 0; i < page.n; i++) {
			const struct row *row = &page.rows[i];

			after = row->seq;
			if (len < size)
				len += (size_t)snprintf(
					buf + len, size - len, "%s%s:%lld",
					len ? " " : "", row_type_word(row->type),
					(long long)row->seq);
		}
	if (err.code)
		printf("# %s\n", err.msg);
	page_done(&page);
	return buf;
}

static void test_follow(void)
{
	const char *dir = record_folder();
	struct ef_err err = { 0 };
	struct store *st = record_open(dir, NULL, &err);
	struct reader *r = NULL;
	char path[128], buf[512];
	const char *paths[] = { path };
	int64_t at;

	snprintf(path, sizeof(path), "%s/sessions", dir);
	put(st, "203.0.113.1:443", "api.example.com", VERDICT_ALLOW);
	ok(reader_open(paths, 1, &r, &err) == 0);
	ok_str(err.msg, "");
	ok(reader_n_sessions(r) == 1);
	ok(reader_session(r, 0)->state == SESSION_RUNNING);
	ok_str(walk(r, 0, -1, buf, sizeof(buf)), "session_start:0 attempt:1");
	ok_str(walk(r, 0, 1, buf, sizeof(buf)), "");
	at = put(st, "203.0.113.2:443", NULL, VERDICT_DENY);
	store_event(st, "reload", "narrowed");
	ok(at == 2);
	ok_str(walk(r, 0, 1, buf, sizeof(buf)), "attempt:2 event:3");
	ok(store_end(st, 7, 0, &err) == 0);
	ok_str(walk(r, 0, 3, buf, sizeof(buf)), "");
	ok(reader_refresh(r, 0, &err) == 0);
	ok(reader_session(r, 0)->state == SESSION_ENDED);
	ok(reader_session(r, 0)->exit_code == 7);
	ok(reader_session(r, 0)->allowed == 1);
	ok(reader_session(r, 0)->denied == 1);
	ok_str(walk(r, 0, 3, buf, sizeof(buf)), "session_end:4");
	ok_str(walk(r, 0, 4, buf, sizeof(buf)), "");
	store_close(st);
	ok_str(walk(r, 0, -1, buf, sizeof(buf)),
	       "session_start:0 attempt:1 attempt:2 event:3 session_end:4");
	reader_close(r);
	record_gone(dir);
}

static void test_pages(void)
{
	const char *dir = record_folder();
	struct ef_err err = { 0 };
	struct store *st = record_open(dir, NULL, &err);
	struct reader *r = NULL;
	struct page page = { 0 };
	const char *paths[] = { store_path(st) };
	int64_t after = -1, rows = 0, pages = 0, wrong = 0;

	for (int i = 0; i < 3 * READER_PAGE_ROWS + 17; i++)
		put(st, "203.0.113.1:443", "api.example.com", VERDICT_ALLOW);
	ok(reader_open(paths, 1, &r, &err) == 0);
	while (reader_page(r, 0, after, &page, &err) == 0 && page.n) {
		pages++;
		for (size_t i = 0; i < page.n; i++, rows++) {
			wrong += page.rows[i].seq != rows;
			after = page.rows[i].seq;
		}
	}
	ok(rows == 3 * READER_PAGE_ROWS + 18);
	ok(pages == 4);
	ok(wrong == 0);
	ok(reader_row(r, 0, 300, &page, &err) == 0 && page.n == 1 &&
	   page.rows[0].seq == 300);
	ok_str(page.rows[0].name, "api.example.com");
	ok(reader_row(r, 0, 99999, &page, &err) == -ENOENT);
	ok(strstr(err.msg, "no event 99999") != NULL);
	/* an open page holds nothing up: the writer goes on */
	ok(reader_page(r, 0, -1, &page, &err) == 0);
	ok(put(st, "203.0.113.1:443", NULL, VERDICT_ALLOW) > 0);
	ok(store_end(st, 0, 0, &err) == 0);
	page_done(&page);
	reader_close(r);
	store_close(st);
	record_gone(dir);
}

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/sessions/%s", dir, name);
	f = fopen(path, "we");
	fputs(text, f);
	fclose(f);
}

static void shell(const char *dir, const char *cmd)
{
	char line[1024];

	snprintf(line, sizeof(line), "cd %s/sessions && { %s; }", dir, cmd);
	if (system(line))
		printf("# failed: %s\n", cmd);
}

static bool has_problem(const struct reader *r, const char *file, const char *what)
{
	const char *p;

	for (size_t i = 0; (p = reader_problem(r, i)); i++)
		if (strstr(p, file) && strstr(p, what))
			return true;
	for (size_t i = 0; (p = reader_problem(r, i)); i++)
		printf("# %s\n", p);
	return false;
}

/* Files that are none of ours are told of and do not stop the others. */
static void test_many(void)
{
	const char *dir = record_folder();
	struct ef_err err = { 0 };
	struct store *st = NULL;
	struct reader *r = NULL;
	char path[128], glob[128], buf[256];
	const char *paths[] = { path }, *globs[] = { glob };

	for (unsigned int i = 1; i <= 3; i++) {
		record_open_as(0xaa000000 + i, dir, NULL, 0, &st, &err);
		put(st, "203.0.113.1:443", NULL, VERDICT_ALLOW);
		if (i != 2)
			store_end(st, 0, 0, &err);
		store_close(st);
	}
	snprintf(path, sizeof(path), "%s/sessions", dir);
	snprintf(glob, sizeof(glob), "%s/sessions/aa00000[13]*.db", dir);
	write_file(dir, "text.db",
		   "this is not a database, only some text that "
		   "is long enough to be taken for one........");
	write_file(dir, "empty.db", "");
	shell(dir, "sqlite3 foreign.db 'CREATE TABLE t (a)'");
	shell(dir, "cp aa000001*.db newer.db; sqlite3 newer.db 'PRAGMA "
		   "user_version = 99'");
	shell(dir, "cp aa000001*.db view.db; sqlite3 view.db 'CREATE VIEW v "
		   "AS SELECT 1'");
	shell(dir, "cp aa000001*.db cut.db; truncate -s 9000 cut.db");
	ok(reader_open(paths, 1, &r, &err) == 0);
	ok(reader_n_sessions(r) == 3);
	ok(has_problem(r, "text.db", "no SQLite database"));
	ok(has_problem(r, "empty.db", "empty"));
	ok(has_problem(r, "foreign.db", "another program"));
	ok(has_problem(r, "newer.db", "newer egress-filter"));
	ok(has_problem(r, "view.db", "altered"));
	ok(has_problem(r, "cut.db", "damaged"));
	ok(reader_find(r, "aa000003", &err) >= 0);
	ok(reader_find(r, "AA0000030000", &err) >= 0);
	ok(reader_find(r, "aa", &err) == -ENOTUNIQ);
	ok(strstr(err.msg, "more digits") != NULL);
	ok(reader_find(r, "bb", &err) == -ENOENT);
	ok(reader_session(r, (size_t)reader_find(r, "aa000002", &err))->state ==
	   SESSION_RUNNING); /* this process is alive */
	ok_str(walk(r, (size_t)reader_find(r, "aa000001", &err), -1, buf,
		    sizeof(buf)),
	       "session_start:0 attempt:1 session_end:2");
	reader_close(r);
	ok(reader_open(globs, 1, &r, &err) == 0);
	ok(reader_n_sessions(r) == 2);
	reader_close(r);
	globs[0] = "/nowhere/at/all";
	ok(reader_open(globs, 1, &r, &err) == -ENOENT);
	ok(strstr(err.msg, "/nowhere/at/all") != NULL);
	record_gone(dir);
}

static enum reader_proof proof_of(const char *dir, bool must_open)
{
	struct ef_err err = { 0 };
	struct reader *r = NULL;
	char path[128];
	const char *paths[] = { path };
	enum reader_proof proof = PROOF_NOT_CLOSED;

	snprintf(path, sizeof(path), "%s/sessions", dir);
	ok(reader_open(paths, 1, &r, &err) == 0);
	ok((reader_n_sessions(r) == 1) == must_open);
	if (reader_n_sessions(r))
		ok(reader_prove(r, 0, &proof, &err) == 0);
	reader_close(r);
	return proof;
}

static void test_proof(void)
{
	static const char *const changes[] = {
		"sqlite3 *.db 'UPDATE attempts SET port = 80 WHERE seq = 1'",
		"sqlite3 *.db 'DELETE FROM attempts WHERE seq = 2'",
		"sqlite3 *.db \"UPDATE names SET name = 'evil.example'\"",
		"sqlite3 *.db \"UPDATE sessions SET cwd = '/'\"",
		"sqlite3 *.db \"INSERT INTO events VALUES (1,9,0,'a','b')\"",
	};
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		const char *dir = record_folder();
		struct ef_err err = { 0 };
		struct store *st = record_open(dir, NULL, &err);

		put(st, "203.0.113.1:443", "api.example.com", VERDICT_ALLOW);
		put(st, "203.0.113.2:443", NULL, VERDICT_DENY);
		ok(proof_of(dir, true) == PROOF_NOT_CLOSED);
		store_outcome(st, 1, 0, 5);
		ok(store_end(st, 0, 0, &err) == 0);
		store_close(st);
		ok(proof_of(dir, true) == PROOF_AS_WRITTEN);
		shell(dir, "sqlite3 *.db \"UPDATE sessions SET name = 'n'\"");
		ok(proof_of(dir, true) == PROOF_AS_WRITTEN);
		shell(dir, changes[i]);
		ok(proof_of(dir, true) == PROOF_CHANGED);
		record_gone(dir);
	}
}

/* A record can be read where nothing can be written. */
static void test_read_only(void)
{
	const char *dir = record_folder();
	struct ef_err err = { 0 };
	struct store *st = record_open(dir, NULL, &err);

	put(st, "203.0.113.1:443", NULL, VERDICT_ALLOW);
	store_end(st, 0, 0, &err);
	store_close(st);
	shell(dir, "chmod 400 *.db; chmod 500 .");
	ok(proof_of(dir, true) == PROOF_AS_WRITTEN);
	shell(dir, "chmod 700 .; test $(ls | wc -l) = 1");
	record_gone(dir);
}

static char *line_of(const struct row *r, char *buf, size_t size)
{
	FILE *f = fmemopen(buf, size, "w");

	ndjson_write(r, f);
	fclose(f);
	return buf;
}

static void test_ndjson(void)
{
	const char *dir = record_folder();
	struct ef_err err = { 0 };
	struct store *st = record_open(dir, NULL, &err);
	struct reader *r = NULL;
	struct page page = { 0 };
	const char *paths[] = { store_path(st) };
	struct process p = { .pid = 4990,
			     .ppid = 4830,
			     .start_ticks = 77,
			     .uid = 1000,
			     .comm = "node",
			     .exe = "/usr/bin/node",
			     .cwd = "/home/dev/shop/web",
			     .argv = "node\0yarn.js\0a\"b\x1b\xff",
			     .argv_len = 19 };
	struct question q = { .pid = 4990,
			      .tid = 4991,
			      .qtype = 1,
			      .id = 7,
			      .verdict = VERDICT_ALLOW,
			      .reason = REASON_RULE,
			      .proto = PROTO_UDP };
	struct made m;
	char buf[4096];
	int64_t seq;

	store_process(st, &p, &q.process);
	dname_from_text("api.example.com", &q.name);
	addr_parse("198.51.100.53:53", &q.server);
	store_question(st, &q, &seq);
	struct addr a[2];
	addr_parse("203.0.113.7", &a[0]);
	addr_parse("2001:db8::7", &a[1]);
	store_answer(st, seq, 0, a, 2);
	make_attempt(&m, "203.0.113.7:443", "registry.pkgs-yy.com", VERDICT_DENY);
	m.a.placeholder = m.seen.addr;
	addr_parse("198.18.0.7:443", &m.a.placeholder);
	m.seen.addr.family = 0;
	m.seen.n_candidates = 0;
	m.seen.syscall = 42;
	m.a.process = q.process;
	store_attempt(st, &m.a, &seq);
	store_outcome(st, seq, -EACCES, 1234);
	make_attempt(&m, "203.0.113.8:443", NULL, VERDICT_ALLOW);
	m.seen.n_candidates = 2;
	dname_from_text("a.example", &m.seen.candidates[0].name);
	dname_from_text("b.example", &m.seen.candidates[1].name);
	store_attempt(st, &m.a, &seq);
	make_attempt(&m, "203.0.113.8:1", NULL, VERDICT_DENY);
	m.seen.addr.family = 0;
	m.seen.proto = PROTO_UNIX_STREAM;
	m.said.reason = REASON_UNIX_DOOR;
	m.said.door = "the container engine";
	strcpy(m.seen.peer.name, "/run/\x1b.sock");
	store_attempt(st, &m.a, &seq);
	store_event(st, "reload-refused", "line 3: no such key");
	store_end(st, 1, 0, &err);
	ok(reader_open(paths, 1, &r, &err) == 0);
	ok(reader_page(r, 0, -1, &page, &err) == 0);
	ok(page.n == 7);
	for (size_t i = 0; i < page.n; i++) {
		page.rows[i].at_ms = 1795442541204;
		page.rows[i].pid = page.rows[i].pid ? 4990 : 0;
	}
	page.rows[6].digest = "abc";
#define HEAD(type, seq)                                                        \
	"{\"v\":1,\"type\":\"" type "\",\"session\":\"7f3a0001-0000-4000-"     \
	"8000-000000000000\",\"seq\":" seq                                     \
	",\"ts\":\"2026-11-23T14:02:21.204Z\",\"mode\":\"enforce\""
#define WHO                                                                    \
	"\"ppid\":4830,\"comm\":\"node\",\"exe\":\"/usr/bin/node\",\"argv\":[" \
	"\"node\",\"yarn.js\",\"a\\\"b\\u001b\xef\xbf\xbd\"],\"cwd\":\"/home/" \
	"dev/shop/web\",\"uid\":1000"
#define NOBODY                                                                 \
	"\"ppid\":null,\"comm\":null,\"exe\":null,\"argv\":[],\"cwd\":null,"   \
	"\"uid\":null"
	ok_str(line_of(&page.rows[0], buf, sizeof(buf)),
	       HEAD("session_start",
		    "0") ",\"pid\":4990,\"argv\":[\"npm\",\"ci\"],\"cwd\":"
			 "\"/home/dev/shop\",\"version\":\"0.1.0\",\"name\":"
			 "null,\"tags\":{}}");
	ok_str(line_of(&page.rows[1], buf, sizeof(buf)),
	       HEAD("dns",
		    "1") ",\"verdict\":\"allow\",\"host\":\"api.example.com\","
			 "\"qtype\":1,\"server\":\"198.51.100.53\",\"port\":53,"
			 "\"proto\":\"udp\",\"pid\":4990,\"tid\":4991," WHO
			 ",\"rule\":null,\"file\":null,\"line\":null,"
			 "\"reason\":\"rule\",\"by\":\"rule\",\"placeholder\":"
			 "null,\"rcode\":0,\"answers\":2,\"addresses\":[\"203."
			 "0.113.7\",\"2001:db8::7\"]}");
	ok_str(line_of(&page.rows[2], buf, sizeof(buf)),
	       HEAD("attempt",
		    "2") ",\"verdict\":\"deny\",\"action\":\"denied\","
			 "\"stage\":\"connect\",\"proto\":\"tcp\",\"host\":"
			 "\"registry.pkgs-yy.com\",\"name\":\"placeholder\","
			 "\"names\":[],\"ip\":null,\"port\":443,"
			 "\"placeholder\":\"198.18.0.7\",\"unix\":null,\"pid\":"
			 "4990,\"tid\":4990," WHO
			 ",\"rule\":null,\"file\":null,\"line\":null,"
			 "\"reason\":\"no-rule\",\"by\":\"default_policy\","
			 "\"door\":null,\"held_ms\":0,\"probe\":false,"
			 "\"foreign_netns\":false,\"syscall\":42,\"detail\":0,"
			 "\"count\":1,\"errno\":13,\"duration_ns\":1234}");
	ok_str(line_of(&page.rows[3], buf, sizeof(buf)),
	       HEAD("attempt",
		    "3") ",\"verdict\":\"allow\",\"action\":\"allowed\","
			 "\"stage\":\"connect\",\"proto\":\"tcp\",\"host\":"
			 "\"a.example\",\"name\":\"none\",\"names\":["
			 "\"a.example\",\"b.example\"],\"ip\":\"203.0.113.8\","
			 "\"port\":443,\"placeholder\":null,\"unix\":null,"
			 "\"pid\":4990,\"tid\":4990," NOBODY
			 ",\"rule\":null,\"file\":null,\"line\":null,"
			 "\"reason\":\"rule\",\"by\":\"rule\",\"door\":null,"
			 "\"held_ms\":0,\"probe\":false,\"foreign_netns\":"
			 "false,\"syscall\":null,\"detail\":0,\"count\":1,"
			 "\"errno\":null,\"duration_ns\":null}");
	ok_str(line_of(&page.rows[4], buf, sizeof(buf)),
	       HEAD("attempt",
		    "4") ",\"verdict\":\"deny\",\"action\":\"denied\","
			 "\"stage\":\"connect\",\"proto\":\"unix\",\"host\":"
			 "null,\"name\":\"none\",\"names\":[],\"ip\":null,"
			 "\"port\":null,\"placeholder\":null,\"unix\":\"/run/"
			 "\\u001b.sock\",\"pid\":4990,\"tid\":4990," NOBODY
			 ",\"rule\":null,\"file\":null,\"line\":null,"
			 "\"reason\":\"unix-door\",\"by\":\"builtin\",\"door\":"
			 "\"the container engine\",\"held_ms\":0,\"probe\":"
			 "false,\"foreign_netns\":false,\"syscall\":null,"
			 "\"detail\":0,\"count\":1,\"errno\":null,"
			 "\"duration_ns\":null}");
	ok_str(line_of(&page.rows[5], buf, sizeof(buf)),
	       HEAD("reload", "5") ",\"kind\":\"reload-refused\",\"detail\":"
				   "\"line 3: no such key\"}");
	ok_str(line_of(&page.rows[6], buf, sizeof(buf)),
	       HEAD("session_end",
		    "6") ",\"exit\":1,\"signal\":null,\"allowed\":1,"
			 "\"denied\":2,\"would\":0,\"held\":0,\"questions\":1,"
			 "\"digest\":\"abc\"}");
	page_done(&page);
	reader_close(r);
	store_close(st);
	record_gone(dir);
}

/* What is older is left out where it lies, and not looked at again. */
static void test_since(void)
{
	const char *dir = record_folder();
	struct ef_err err = { 0 };
	struct store *st = record_open(dir, NULL, &err);
	struct filter *all = NULL;
	struct reader *r = NULL;
	struct page page = { 0 };
	char path[128], buf[512], words[256] = "";
	const char *paths[] = { path };
	int64_t after = -1;
	int pages = 0;

	snprintf(path, sizeof(path), "%s", store_path(st));
	for (int i = 0; i < 3 * READER_PAGE_ROWS; i++)
		put(st, "203.0.113.1:443", NULL, VERDICT_ALLOW);
	ok(store_end(st, 0, 0, &err) == 0);
	store_close(st);
	record_ask(path,
		   "UPDATE attempts SET at_ms = 5; UPDATE attempts SET at_ms = "
		   "9 WHERE seq IN (2, 700)",
		   buf, sizeof(buf));
	ok(filter_compile("", 0, &all, &err) == 0);
	ok(reader_open(paths, 1, &r, &err) == 0);
	while (pages < 9 &&
	       reader_page_where(r, 0, after, all, 6, &page, &err) == 0 &&
	       page.n) {
		pages++;
		for (size_t i = 0; i < page.n; i++)
			sprintf(words + strlen(words), "%lld ",
				(long long)page.rows[i].seq);
		after = page.last;
	}
	ok_str(words, "0 2 700 769 ");
	ok(pages == 2);
	ok(reader_page_where(r, 0, 0, all, 10, &page, &err) == 0);
	ok(page.n == 1 && page.rows[0].type == ROW_SESSION_END);
	page_done(&page);
	filter_free(all);
	reader_close(r);
	record_gone(dir);
}

int main(void)
{
	test_since();
	test_follow();
	test_pages();
	test_many();
	test_proof();
	test_read_only();
	test_ndjson();
	return done();
}
