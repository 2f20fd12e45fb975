// SPDX-License-Identifier: MIT
// The store: rows that count, and rows that do not.
#include "record.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>

/*
 * A store whose index was cut short is not closed: touching it would end the
 * process. The library's memory is left behind on purpose.
 */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libsqlite3";
}

static char answer[4096];

#define DNS_ANSWERS 8

#define ask(path, sql) record_ask(path, sql, answer, sizeof(answer))

static int put(struct store *st, const char *addr, const char *name,
	       enum verdict v, int64_t *seq)
{
	struct made m;

	make_attempt(&m, addr, name, v);
	return store_attempt(st, &m.a, seq);
}

static void test_rows(void)
{
	const char *dir = record_folder();
	struct ef_err err = { 0 };
	struct store *st = record_open(dir, NULL, &err);
	int64_t seq = 0, row = 0, rev = 0;
	struct stat sb;
	char path[200], digest[65], sql[256];

	ok_str(err.msg, "");
	ok(st != NULL);
	if (!st)
		return;
	snprintf(path, sizeof(path), "%s", store_path(st));
	ok(!stat(path, &sb) && (sb.st_mode & 07777) == 0600);
	ok(store_owns(st, sb.st_dev, sb.st_ino));
	ok(!store_owns(st, sb.st_dev, 1));
	snprintf(sql, sizeof(sql), "%s/sessions", dir);
	ok(!stat(sql, &sb) && (sb.st_mode & 07777) == 0700);
	ok(put(st, "203.0.113.1:443", "api.example.com", VERDICT_ALLOW, &seq) ==
	   0);
	ok(seq == 1);
	ok_str(ask(path, "SELECT count(*) FROM attempts"), "1");
	ok(put(st, "203.0.113.2:443", NULL, VERDICT_DENY, &seq) == 0);
	ok(seq == 2);
	ok(store_event(st, "reload", "nothing changed") == 0);
	ok(put(st, "[2001:db8::1]:80", "api.example.com", VERDICT_ALLOW, &seq) ==
	   0);
	ok(seq == 4);
	store_outcome(st, 1, -ECONNREFUSED, 1500);
	store_repeat(st, 1, 4);
	store_repeat(st, 1, 2);
	store_flush(st);
	ok_str(ask(path, "SELECT errno, duration_ns, count FROM attempts "
			 "WHERE seq = 1"),
	       "111|1500|7");
	ok_str(ask(path, "SELECT n.name, a.address, t.port, t.verdict, "
			 "t.action, t.reason, t.name_source, t.stage, t.proto "
			 "FROM attempts t JOIN names n ON n.id = t.name JOIN "
			 "addresses a ON a.id = t.address WHERE seq = 1"),
	       "api.example.com|203.0.113.1|443|allow|allowed|rule|dns|connect|"
	       "tcp");
	struct process p = { .pid = 4990,
			     .ppid = 1,
			     .start_ticks = 77,
			     .exe_ino = 5,
			     .comm = "node",
			     .exe = "/usr/bin/node",
			     .argv = "node\0x",
			     .argv_len = 7 };
	ok(store_process(st, &p, &row) == 0 && row > 0);
	int64_t again = 0;
	ok(store_process(st, &p, &again) == 0 && again == row);
	p.argv[5] = 'y'; /* it executed itself with other arguments */
	ok(store_process(st, &p, &again) == 0 && again != row);
	p.exe_ino = 6;
	ok(store_process(st, &p, &again) == 0 && again != row);
	struct policy *pol = policy_new_fixed(VERDICT_DENY);
	ok(store_revision(st, pol, &rev) == 0 && rev > 0);
	policy_unref(pol);
	struct question q = { .pid = 1,
			      .tid = 1,
			      .qtype = 28,
			      .id = 7,
			      .verdict = VERDICT_DENY,
			      .reason = REASON_NO_RULE,
			      .proto = PROTO_UDP };
	dname_from_text("other.example", &q.name);
	addr_parse("198.51.100.53:53", &q.server);
	ok(store_question(st, &q, &seq) == 0 && seq == 5);
	struct addr list[2];
	addr_parse("203.0.113.7", &list[0]);
	addr_parse("203.0.113.8", &list[1]);
	store_answer(st, seq, 0, list, 2);
	ok(store_binding(st, seq, &q.name, &list[0], NAME_DNS, 300) == 0);
	store_flush(st);
	ok_str(ask(path, "SELECT rcode, answers, answer FROM questions"),
	       "0|2|203.0.113.7 203.0.113.8");
	ok_str(ask(path, "SELECT until_ms - at_ms FROM bindings"), "300000");
	store_digest(st, digest);
	ok(strlen(digest) == 64);
	ok(store_end(st, 3, 0, &err) == 0);
	ok_str(err.msg, "");
	store_close(st);
	ok_str(ask(path, "SELECT exit_code, last_seq, allowed, denied, would, "
			 "questions, altered FROM sessions"),
	       "3|5|8|1|0|1|0");
	ok_str(ask(path, "SELECT digest FROM sessions"), digest);
	snprintf(sql, sizeof(sql), "%s-wal", path);
	ok(stat(sql, &sb) < 0);
	record_gone(dir);
}

/* Each way of touching the record ends in a denial with the next row, after
 * one row and when there are so many that the files are watched. */
static void test_altered_after(int rows, const char *what, const char *cmd)
{
	const char *dir = record_folder();
	struct ef_err err = { 0 };
	struct store *st = record_open(dir, NULL, &err);
	char line[1024];
	int64_t seq = 0;
	int r = st ? 0 : -1;

	for (int i = 0; r == 0 && i < rows; i++)
		r = put(st, "203.0.113.1:443", NULL, VERDICT_ALLOW, &seq);
	ok(r == 0);
	if (!st)
		return;
	store_flush(st);
	snprintf(line, sizeof(line), "f='%s'; %s", store_path(st), cmd);
	r = system(line);
	if (r)
		printf("# %s: command gave %d\n", what, r);
	r = put(st, "203.0.113.2:443", NULL, VERDICT_ALLOW, &seq);
	printf("# %s: %d\n", what, r);
	ok(r == -ESTALE);
	ok(store_is_altered(st));
	ok(put(st, "203.0.113.3:443", NULL, VERDICT_ALLOW, &seq) == -ESTALE);
	ok(store_end(st, 0, 0, &err) == -ESTALE);
	ok(strstr(err.msg, "record altered") != NULL);
	store_close(st);
	record_gone(dir);
}

static void test_altered(const char *what, const char *cmd)
{
	test_altered_after(1, what, cmd);
	test_altered_after(300, what, cmd);
}

/* News of rows written before that come in after it are dropped: there is room
 * for some of them only, and none is ever written. */
static void test_news_of_altered(void)
{
	const char *dir = record_folder();
	struct ef_err err = { 0 };
	struct store *st = record_open(dir, NULL, &err);
	struct addr a[DNS_ANSWERS];
	int64_t seq = 0;

	ok(st && put(st, "203.0.113.1:443", NULL, VERDICT_ALLOW, &seq) == 0);
	if (!st)
		return;
	ok(!unlink(store_path(st)));
	ok(put(st, "203.0.113.2:443", NULL, VERDICT_ALLOW, &seq) == -ESTALE);
	for (size_t i = 0; i < DNS_ANSWERS; i++)
		addr_parse("203.0.113.7", &a[i]);
	alarm(60);
	for (int i = 1; i <= 2000; i++) {
		store_answer(st, i, 0, a, DNS_ANSWERS);
		store_outcome(st, i, 0, 1);
		store_repeat(st, i, 1);
	}
	store_flush(st);
	ok(store_end(st, 0, 0, &err) == -ESTALE);
	store_close(st);
	alarm(0);
	record_gone(dir);
}

/* Several rows count together or not at all: neither numbers nor digest keep
 * anything of those that did not. */
static void test_batch(void)
{
	const char *dir = record_folder();
	struct ef_err err = { 0 };
	struct attempt list[3];
	struct made m[3];
	struct store *st;
	int64_t seq[3] = { 0 }, one = 0;
	char path[200];

	snprintf(path, sizeof(path), "%s/batch.db", dir);
	st = record_open(dir, path, &err);
	ok_str(err.msg, "");
	if (!st)
		return;
	for (int i = 0; i < 3; i++) {
		make_attempt(&m[i], "203.0.113.1:443", "a.example",
			     VERDICT_ALLOW);
		list[i] = m[i].a;
	}
	ok(store_attempts(st, list, 3, seq) == 0);
	ok(seq[0] == 1 && seq[1] == 2 && seq[2] == 3);
	/* somebody has the number of the second one */
	ask(path, "INSERT INTO attempts (session, seq, at_ms, pid, tid, stage, "
		  "proto, name_source, port, qtype, syscall, detail, "
		  "foreign_netns, verdict, action, reason, probe, held_ms) "
		  "SELECT session, 5, at_ms, pid, tid, stage, proto, "
		  "name_source, port, qtype, syscall, detail, foreign_netns, "
		  "verdict, action, reason, probe, held_ms FROM attempts "
		  "WHERE seq = 3");
	ok_str(ask(path, "SELECT max(seq) FROM attempts"), "5");
	ok(store_attempts(st, list, 3, seq) < 0);
	ok_str(ask(path, "SELECT count(*) FROM attempts"), "4");
	ask(path, "DELETE FROM attempts WHERE seq = 5");
	ok(put(st, "203.0.113.2:443", NULL, VERDICT_DENY, &one) == 0);
	ok(one == 4);
	ok(store_attempts(st, list, 3, seq) == 0 && seq[2] == 7);
	ok(store_end(st, 0, 0, &err) == 0);
	ok_str(err.msg, "");
	store_close(st);
	record_gone(dir);
}

/* Flushing, checkpoints and readers are no alteration. */
static void test_not_altered(void)
{
	const char *dir = record_folder();
	struct ef_err err = { 0 };
	struct store *st = NULL;
	int64_t seq = 0;
	int bad = 0;

	record_open_as(1, dir, NULL, 1 << 24, &st, &err);
	ok(st != NULL);
	if (!st)
		return;
	for (int i = 0; i < 3000; i++) {
		char addr[32];

		snprintf(addr, sizeof(addr), "203.0.113.%d:%d", i % 200, i + 1);
		bad += put(st, addr, NULL, VERDICT_ALLOW, &seq) != 0;
		store_outcome(st, seq, 0, 1);
		if (i % 500 == 250)
			store_flush(st);
		if (i % 1000 == 999)
			ask(store_path(st), "SELECT count(*) FROM attempts");
	}
	ok(bad == 0);
	ok(!store_is_altered(st));
	ok(store_end(st, 0, 0, &err) == 0);
	ok_str(err.msg, "");
	store_close(st);
	record_gone(dir);
}

/* kill -9 under load: no row whose call returned is missing. */
static void test_kill(void)
{
	const char *dir = record_folder();
	char path[128];
	int fds[2], status;
	int64_t told = 0, seq;
	pid_t pid;

	if (pipe(fds))
		abort();
	fflush(stdout);
	pid = fork();
	if (!pid) {
		struct ef_err err = { 0 };
		struct store *st = record_open(dir, NULL, &err);

		if (!st)
			_exit(2);
		for (int i = 0;; i++) {
			char addr[32];

			snprintf(addr, sizeof(addr), "203.0.113.%d:443", i % 250);
			if (put(st, addr, NULL, VERDICT_ALLOW, &seq) ||
			    write(fds[1], &seq, sizeof(seq)) != sizeof(seq))
				_exit(1);
		}
	}
	close(fds[1]);
	while (read(fds[0], &seq, sizeof(seq)) == sizeof(seq)) {
		told = seq;
		if (seq == 2000)
			kill(pid, SIGKILL);
	}
	waitpid(pid, &status, 0);
	ok(WIFSIGNALED(status));
	snprintf(path, sizeof(path),
		 "%s/sessions/7f3a0001-0000-4000-8000-000000000000.db", dir);
	ok(told >= 2000);
	ok(atoll(ask(path, "SELECT count(*) FROM attempts")) >= told);
	ok_str(ask(path, "PRAGMA integrity_check"), "ok");
	record_gone(dir);
}

struct writer_arg {
	struct store *st;
	int bad;
};

static void *writer(void *arg)
{
	struct writer_arg *w = arg;

	for (int i = 0; i < 300; i++) {
		int64_t seq;
		char addr[32];

		snprintf(addr, sizeof(addr), "203.0.113.%d:443", i % 250);
		w->bad += put(w->st, addr, "a.example", VERDICT_ALLOW, &seq) != 0;
		store_outcome(w->st, seq, 0, 1);
	}
	return NULL;
}

/* Two sessions in one file, four threads. */
static void test_shared(void)
{
	const char *dir = record_folder();
	struct ef_err err = { 0 };
	struct store *st[2] = { NULL, NULL };
	struct writer_arg w[4] = { { 0 } };
	pthread_t t[4];
	char path[128];

	snprintf(path, sizeof(path), "%s/shared.db", dir);
	ok(record_open_as(1, dir, path, 0, &st[0], &err) == 0);
	ok(record_open_as(2, dir, path, 0, &st[1], &err) == 0);
	ok_str(err.msg, "");
	for (int i = 0; i < 4; i++) {
		w[i].st = st[i % 2];
		pthread_create(&t[i], NULL, writer, &w[i]);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(t[i], NULL);
		ok(w[i].bad == 0);
	}
	for (int i = 0; i < 2; i++) {
		ok(store_end(st[i], 0, 0, &err) == 0);
		store_close(st[i]);
	}
	ok_str(ask(path, "SELECT group_concat(n) FROM (SELECT count(*) || '/' "
			 "|| max(seq) AS n FROM attempts GROUP BY session)"),
	       "600/600,600/600");
	record_gone(dir);
}

static void test_shared_altered(void)
{
	const char *dir = record_folder();
	struct ef_err err = { 0 };
	struct store *st;
	char path[128];
	int64_t seq;

	snprintf(path, sizeof(path), "%s/shared.db", dir);
	st = record_open(dir, path, &err);
	ok(st && put(st, "203.0.113.1:443", NULL, VERDICT_ALLOW, &seq) == 0);
	ask(path, "CREATE TRIGGER t AFTER INSERT ON attempts BEGIN DELETE "
		  "FROM attempts; END");
	ok(st && put(st, "203.0.113.2:443", NULL, VERDICT_ALLOW, &seq) == -ESTALE);
	ok(atoi(ask(path, "SELECT count(*) FROM attempts")) >= 1);
	store_close(st);
	ok(!record_open(dir, path, &err));
	ok(strstr(err.msg, "altered") && strstr(err.msg, "--db"));
	record_gone(dir);
}

static void test_limit(void)
{
	const char *dir = record_folder();
	struct ef_err err = { 0 };
	struct store *st = NULL;
	struct policy *p = policy_new_fixed(VERDICT_DENY);
	int64_t seq = 0, first = 0;
	int i, r = 0;
	char path[256];

	record_open_as(1, dir, NULL, 1 << 20, &st, &err);
	ok(st != NULL);
	if (!st)
		return;
	snprintf(path, sizeof(path), "%s", store_path(st));
	for (i = 0; i < 100000 && r == 0; i++) {
		char addr[32];

		snprintf(addr, sizeof(addr), "203.0.113.1:%d", i % 65535 + 1);
		r = put(st, addr, NULL, VERDICT_ALLOW, &seq);
	}
	ok(r == -ENOSPC);
	ok(i > 1000);
	ok(put(st, "203.0.113.9:9", NULL, VERDICT_ALLOW, &first) == -ENOSPC);
	/* A target may write a policy file over and over. */
	ok(store_revision(st, p, &first) == -ENOSPC);
	policy_unref(p);
	ok(!store_is_altered(st));
	ok(store_end(st, 0, 0, &err) == 0);
	store_close(st);
	ok_str(ask(path, "SELECT count(*) FROM events WHERE kind = 'limit'"),
	       "1");
	record_gone(dir);
}

/* What a file must not be, each told in one line with the way out. */
static void test_refused(const char *cmd, const char *name, const char *what)
{
	const char *dir = record_folder();
	struct ef_err err = { 0 };
	struct store *st;
	char line[512], path[128];

	snprintf(line, sizeof(line), "cd %s && { %s; }", dir, cmd);
	if (system(line))
		printf("# failed: %s\n", cmd);
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	st = record_open(dir, path, &err);
	ok(!st);
	ok(strstr(err.msg, what) != NULL);
	printf("# %s\n", err.msg);
	store_close(st);
	record_gone(dir);
}

static int write_map(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int bad = fd < 0 || write(fd, text, strlen(text)) < 0;

	if (fd >= 0)
		close(fd);
	return bad;
}

/* Mounts of our own; without privilege a user namespace comes along, in which
 * we have to be somebody to make a file. */
static int unshare_mounts(void)
{
	char users[32], groups[32];

	if (!unshare(CLONE_NEWNS))
		return 0;
	snprintf(users, sizeof(users), "0 %u 1", geteuid());
	snprintf(groups, sizeof(groups), "0 %u 1", getegid());
	return unshare(CLONE_NEWUSER | CLONE_NEWNS) ||
	       write_map("/proc/self/setgroups", "deny") ||
	       write_map("/proc/self/uid_map", users) ||
	       write_map("/proc/self/gid_map", groups);
}

/* A disk that is full denies, and is no alteration; room makes it go on. */
static void test_disk_full(void)
{
	const char *dir = record_folder();
	struct ef_err err = { 0 };
	struct store *st = NULL;
	char filler[128];
	int64_t seq = 0, last = 0;
	int r = 0, fd;

	if (unshare_mounts() ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", dir, "tmpfs", 0, "size=1m")) {
		skip("no mount namespace");
		record_gone(dir);
		return;
	}
	snprintf(filler, sizeof(filler), "%s/filler", dir);
	fd = open(filler, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	ok(fd >= 0 && !posix_fallocate(fd, 0, 500000));
	close(fd);
	st = record_open(dir, NULL, &err);
	ok_str(err.msg, "");
	for (int i = 0; st && i < 20000 && r == 0; i++) {
		char addr[32];

		last = seq;
		snprintf(addr, sizeof(addr), "203.0.113.1:%d", i + 1);
		r = put(st, addr, NULL, VERDICT_ALLOW, &seq);
	}
	printf("# full: %d after %lld rows\n", r, (long long)last);
	ok(r < 0 && r != -ESTALE);
	ok(st && !store_is_altered(st));
	unlink(filler);
	ok(st && put(st, "203.0.113.2:1", NULL, VERDICT_ALLOW, &seq) == 0);
	ok(seq == last + 2 || seq == last + 1);
	ok(st && store_end(st, 0, 0, &err) == 0);
	ok_str(err.msg, "");
	store_close(st);
	umount(dir);
	record_gone(dir);
}

int main(void)
{
	test_refused("ln -s x.db link.db", "link.db", "symbolic link");
	test_refused("mkdir d.db", "d.db", "no plain file");
	test_refused("true", "missing/x.db", "--db");
	test_refused("touch w.db; chmod 666 w.db", "w.db", "everybody may write");
	test_refused("sqlite3 f.db 'CREATE TABLE t (a)'", "f.db",
		     "another program");
	test_refused("sqlite3 n.db 'CREATE TABLE t (a); PRAGMA application_id "
		     "= 1164396081; PRAGMA user_version = 9'",
		     "n.db", "newer egress-filter");
	test_refused("head -c 8192 /dev/zero | tr '\\0' x >g.db", "g.db",
		     "no SQLite database");
	test_disk_full();
	test_rows();
	test_batch();
	test_not_altered();
	test_altered("unlinked", "rm \"$f\"");
	test_altered("log unlinked", "rm \"$f-wal\"");
	test_altered("renamed", "mv \"$f\" \"$f.x\"");
	test_altered("folder renamed", "d=\"${f%/*}\"; mv \"$d\" \"$d.x\"");
	test_altered("hard link", "ln \"$f\" \"$f.x\"");
	test_altered("index cut", "truncate -s 0 \"$f-shm\"");
	test_altered("row changed",
		     "sqlite3 \"$f\" 'UPDATE attempts SET port = 1'");
	test_altered("row added", "sqlite3 \"$f\" \"INSERT INTO events VALUES "
				  "(1,99,0,'x','y')\"");
	test_altered("trigger",
		     "sqlite3 \"$f\" 'CREATE TRIGGER t AFTER INSERT ON "
		     "attempts BEGIN DELETE FROM attempts; END'");
	test_news_of_altered();
	test_kill();
	test_shared();
	test_shared_altered();
	test_limit();
	return done();
}
