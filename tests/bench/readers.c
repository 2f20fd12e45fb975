// SPDX-License-Identifier: MIT
// What it costs to look back: records of 10,000 and of 1,000,000 attempts over
// 500 destinations, read by log, replay and draft, in time against one scan of
// the same table by SQLite in the same run, in memory against each other.
// Usage: readers [ROWS [PROGRAM]]
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "record.h"
#include "timing.h"

#define SMALL	     10000
#define DESTINATIONS 500
#define GOAL_TIMES   4.0 /* of a scan */
#define GOAL_MEMORY  1.1 /* of what the small record takes */

static const char policy[] = "version: 1\n"
			     "domains:\n"
			     "  - pattern: \"*.a.example\"\n"
			     "    ports: [443]\n";

/* One row in two is allowed, the newest hundredth is a day younger. */
static const char fill_sql[] =
	"BEGIN;"
	"INSERT INTO revisions VALUES (1, 1, 0, 'policy.yaml', '', 'deny', "
	"'version: 1');"
	"INSERT INTO processes VALUES (1, 1, 0, 4990, 1, 1, 1, 1, NULL, 1000, "
	"'node', '/usr/bin/node', '/home/dev', x'6e6f646500', 0);"
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
	"i "
	"< %d) INSERT INTO names SELECT i, 'dns', 'h' || i || CASE WHEN i %% 2 "
	"THEN '.a.example' ELSE '.b.example' END FROM n;"
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
	"i "
	"< %d) INSERT INTO addresses SELECT i, '203.0.' || (i / 250) || '.' || "
	"(i %% 250 + 1) FROM n;"
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
	"i "
	"< %d) INSERT INTO attempts SELECT 1, i, 1795442541000 + i + (i > %d) "
	"* 86400000, 1, 4990, 4990, 1, 'connect', 'tcp', i %% %d + 1, 'dns', "
	"NULL, i %% %d + 1, 443, NULL, 0, 42, 0, 0, CASE WHEN i %% 2 THEN "
	"'allow' ELSE 'deny' END, CASE WHEN i %% 2 THEN 'allowed' ELSE "
	"'denied' END, NULL, CASE WHEN i %% 2 THEN 'rule' ELSE 'no-rule' END, "
	"NULL, 0, 0, 1, 0, 1000, NULL FROM n;"
	"COMMIT; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE";

/* A record of so many attempts; its path. */
static char *make_record(const char *dir, unsigned int rows)
{
	static char paths[2][128];
	char *path = paths[rows != SMALL];
	struct ef_err err = { 0 };
	struct store *st = NULL;
	sqlite3 *db = NULL;
	char sql[2048];

	snprintf(path, sizeof(paths[0]), "%s/%u.db", dir, rows);
	if (record_open_as(rows, dir, path, 0, &st, &err) ||
	    store_end(st, 0, 0, &err))
		return NULL;
	store_close(st);
	snprintf(sql, sizeof(sql), fill_sql, DESTINATIONS, DESTINATIONS, rows,
		 rows - rows / 100, DESTINATIONS, DESTINATIONS);
	if (sqlite3_open(path, &db) || sqlite3_exec(db, sql, NULL, NULL, NULL)) {
		fprintf(stderr, "%s\n", sqlite3_errmsg(db));
		path = NULL;
	}
	sqlite3_close(db);
	return path;
}

/* What a process took. */
struct cost {
	double s;
	long kib;
	int code;
};

/* One scan: the least a program has to do that looks at every row. */
static int scan(const char *path)
{
	static const char sql[] = "SELECT count(*), sum(port), max(at_ms) FROM "
				  "attempts WHERE verdict = 'deny'";
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	bool is_good;

	is_good = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == 0 &&
		  sqlite3_prepare_v2(db, sql, -1, &s, NULL) == 0 &&
		  sqlite3_step(s) == SQLITE_ROW && sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	sqlite3_close(db);
	return !is_good;
}

/* The same with each column of each row looked at, as by who prints them. */
static int scan_all(const char *path)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	size_t sum = 0;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) ||
	    sqlite3_prepare_v2(db, "SELECT * FROM attempts", -1, &s, NULL))
		return 1;
	while (sqlite3_step(s) == SQLITE_ROW)
		for (int i = 0; i < sqlite3_column_count(s); i++) {
			const char *t = (const char *)sqlite3_column_text(s, i);

			sum += t ? strlen(t) : 0;
		}
	sqlite3_finalize(s);
	sqlite3_close(db);
	return sum == 0;
}

/* Run a program, or (argv NULL) a scan, with its output thrown away. */
static struct cost run(const char *const *argv, int (*own)(const char *),
		       const char *path)
{
	struct cost c = { 0 };
	struct rusage usage;
	int status;
	int64_t from = timing_now_ns();
	pid_t pid = fork();

	if (!pid) {
		int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

		if (!argv)
			_exit(own(path));
		dup2(null, 1);
		dup2(null, 2);
		execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	wait4(pid, &status, 0, &usage);
	c.s = (double)(timing_now_ns() - from) / 1e9;
	c.kib = usage.ru_maxrss;
	c.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	return c;
}

static bool is_good(double is, double goal)
{
	return is <= goal;
}

static void measure(const char *name, const char *const *argv, int db_at,
		    char *const paths[2], double scan_s, int good_code)
{
	const char *list[16] = { NULL };
	struct cost c[2];
	double times, memory;

	for (int i = 0; argv[i]; i++)
		list[i] = argv[i];
	for (int i = 0; i < 2; i++) {
		list[db_at] = paths[i];
		c[i] = run(list, NULL, NULL);
	}
	if (c[1].code != 0 && c[1].code != good_code) {
		printf("%-28s exit code %d\n", name, c[1].code);
		return;
	}
	times = c[1].s / scan_s;
	memory = (double)c[1].kib / (double)c[0].kib;
	printf("%-28s %6.2f s  %5.2f of a scan%s  %6ld KiB, %4.2f of the small "
	       "record%s\n",
	       name, c[1].s, times,
	       is_good(times, GOAL_TIMES) ? "" : " (too much)", c[1].kib,
	       memory, is_good(memory, GOAL_MEMORY) ? "" : " (too much)");
}

static void measure_all(const char *program, char *const paths[2], char *file,
			double scan_s)
{
	const char *const log[] = { program,	"log",
				    "--ndjson", "host=h7.a.example",
				    "port:443", "--db",
				    "",		NULL };
	const char *const since[] = {
		program, "log", "--ndjson", "--since", "2026-11-24T12:00Z",
		"--db",	 "",	NULL
	};
	const char *const text[] = { program,	    "log",  "verdict:deny",
				     "cmd:nothing", "--db", "",
				     NULL };
	const char *const replay[] = { program,	 "replay", "-c", file,
				       "--from", "",	   NULL };
	const char *const draft[] = { program,	"draft", "-c", file,
				      "--from", "",	 NULL };

	measure("log host=NAME port:443", log, 6, paths, scan_s, 0);
	measure("log --since", since, 6, paths, scan_s, 0);
	measure("log verdict:deny cmd:WORD", text, 5, paths, scan_s, 0);
	measure("replay", replay, 5, paths, scan_s, 1);
	measure("draft", draft, 5, paths, scan_s, 1);
}

int main(int argc, char **argv)
{
	unsigned int rows =
		argc > 1 ? (unsigned int)strtoul(argv[1], NULL, 10) : 1000000;
	const char *program = argc > 2 ? argv[2] : "./egress-filter";
	const char *dir = record_folder();
	char *paths[2] = { make_record(dir, SMALL), make_record(dir, rows) };
	char file[128];
	struct cost c, all;
	FILE *f;

	snprintf(file, sizeof(file), "%s/policy.yaml", dir);
	f = fopen(file, "we");
	if (!paths[0] || !paths[1] || !f || fputs(policy, f) < 0 || fclose(f))
		return 1;
	all = run(NULL, scan_all, paths[1]); /* the file is in memory now */
	c = run(NULL, scan, paths[1]);
	printf("%u attempts over %d destinations; one scan by SQLite %.2f s "
	       "(%.2f s for all columns)\n"
	       "goals: %.0f times a scan, memory within %.0f%% of %d "
	       "attempts\n",
	       rows, DESTINATIONS, c.s, all.s, GOAL_TIMES,
	       (GOAL_MEMORY - 1) * 100, SMALL);
	measure_all(program, paths, file, c.s);
	record_gone(dir);
	return c.code;
}
