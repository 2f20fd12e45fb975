/* SPDX-License-Identifier: MIT */
#ifndef RECORD_H
#define RECORD_H

/* Records to test with: a folder of their own, a store, attempts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/store.h"
#include "base/clock.h"

/* A folder that record_gone() removes. */
static inline char *record_folder(void)
{
	static char dir[64];

	snprintf(dir, sizeof(dir), "/tmp/ef-record-XXXXXX");
	if (!mkdtemp(dir))
		abort();
	return dir;
}

static inline void record_gone(const char *dir)
{
	char cmd[128];

	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", dir);
	if (system(cmd))
		fprintf(stderr, "# cannot remove %s\n", dir);
}

/* Open with a numbered session id; path NULL: a file of its own in dir. */
static inline int record_open_as(unsigned int id, const char *dir,
				 const char *path, uint64_t max_bytes,
				 struct store **ret, struct ef_err *err)
{
	struct store_options o = { .path = path,
				   .state_dir = dir,
				   .max_bytes = max_bytes };
	struct session_start s = {
		.argv = "npm\0ci",
		.argv_len = 7,
		.cwd = "/home/dev/shop",
		.version = "0.1.0",
		.name = "",
		.tags = "",
		.mode = MODE_ENFORCE,
		.started_ms = clock_wall_ms(),
	};

	snprintf(s.uuid, sizeof(s.uuid), "%08x-0000-4000-8000-000000000000", id);
	return store_open(&o, &s, ret, err);
}

static inline struct store *record_open(const char *dir, const char *path,
					struct ef_err *err)
{
	struct store *st = NULL;

	record_open_as(0x7f3a0001, dir, path, 0, &st, err);
	return st;
}

/* What an attempt is made of; all of it lives here. */
struct made {
	struct observation seen;
	struct decision said;
	struct attempt a;
};

static inline void make_attempt(struct made *m, const char *addr,
				const char *name, enum verdict verdict)
{
	memset(m, 0, sizeof(*m));
	m->seen.stage = STAGE_CONNECT;
	m->seen.proto = PROTO_TCP;
	m->seen.pid = m->seen.tid = 4990;
	if (addr_parse(addr, &m->seen.addr))
		abort();
	if (name) {
		if (dname_from_text(name, &m->said.name))
			abort();
		m->seen.candidates[0].name = m->said.name;
		m->seen.candidates[0].source = NAME_DNS;
		m->seen.n_candidates = 1;
	}
	m->said.verdict = verdict;
	m->said.reason = verdict == VERDICT_ALLOW ? REASON_RULE : REASON_NO_RULE;
	m->a.seen = &m->seen;
	m->a.said = &m->said;
	m->a.action = verdict == VERDICT_ALLOW ? ACTION_ALLOWED : ACTION_DENIED;
}

/* The first column of a query's first row by the sqlite3 program of another
 * process, into buf. */
static inline char *record_ask(const char *path, const char *sql, char *buf,
			       size_t size)
{
	char cmd[2048];
	FILE *f;

	snprintf(cmd, sizeof(cmd), "sqlite3 -batch '%s' \"%s\" 2>&1", path, sql);
	f = popen(cmd, "re");
	buf[0] = '\0';
	if (f && fgets(buf, (int)size, f))
		buf[strcspn(buf, "\n")] = '\0';
	if (f)
		pclose(f);
	return buf;
}

#endif
