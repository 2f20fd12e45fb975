// SPDX-License-Identifier: MIT
// Whatever text goes in: an error with a column, or a filter that answers; and
// what it selects, its condition in SQL does not leave out.
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/filter_impl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct row row = {
	.type = ROW_ATTEMPT,
	.seq = 1,
	.at_ms = 1795442541000,
	.session = "7f3a",
	.mode = "enforce",
	.stage = "connect",
	.proto = "tcp",
	.verdict = "deny",
	.action = "denied",
	.name = "a.example",
	.name_source = "dns",
	.candidates = "",
	.ip = "203.0.113.1",
	.placeholder = "",
	.port = 443,
	.reason = "no-rule",
	.door = "",
	.rule = "b.example",
	.rule_reason = "",
	.file = "",
	.line = 3,
	.pid = 1,
	.ppid = 1,
	.uid = 0,
	.comm = "node",
	.exe = "/usr/bin/node",
	.cwd = "/",
	.argv = "",
	.cmd = "node x",
	.server = "",
	.answer = "",
	.kind = "",
	.text = "",
	.count = 1,
};

/* The same row, as far as a condition may ask for it. */
static const char table[] =
	"CREATE TABLE names (id INTEGER, name TEXT);"
	"INSERT INTO names VALUES (1, 'a.example');"
	"CREATE TABLE addresses (id INTEGER, address TEXT);"
	"INSERT INTO addresses VALUES (1, '203.0.113.1');"
	"CREATE TABLE processes (id, comm, exe, cwd, argv);"
	"INSERT INTO processes VALUES (1, 'node', '/usr/bin/node', '/', "
	"x'6e6f6465007800');"
	"CREATE TABLE rules (id, text, reason);"
	"INSERT INTO rules VALUES (1, 'b.example', NULL);"
	"CREATE TABLE attempts (at_ms, pid, stage, proto, name, name_source, "
	"port, verdict, action, count, address, process, rule);"
	"INSERT INTO attempts VALUES (1795442541000, 1, 'connect', 'tcp', 1, "
	"'dns', 443, 'deny', 'denied', 1, 1, 1, 1)";

static bool is_in_sql(const struct filter *f)
{
	static sqlite3 *db;
	static char condition[65536], sql[sizeof(condition) + 64];
	sqlite3_stmt *s = NULL;
	int rc;

	if (!db && (sqlite3_open(":memory:", &db) ||
		    sqlite3_exec(db, table, NULL, NULL, NULL)))
		abort();
	if (filter_sql_connect(f, db))
		abort();
	filter_sql(f, row.session, row.mode, condition, sizeof(condition));
	snprintf(sql, sizeof(sql), "SELECT 1 FROM attempts WHERE (%s)",
		 condition);
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL))
		abort();
	rc = sqlite3_step(s);
	sqlite3_finalize(s);
	return rc == SQLITE_ROW;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[FILTER_TEXT_MAX + 2];
	struct ef_err err = { 0 };
	struct filter *f = NULL;

	if (size > FILTER_TEXT_MAX + 1)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (filter_compile(text, 1795442541000, &f, &err) < 0) {
		if (strncmp(err.msg, "column ", 7) != 0)
			abort();
		return 0;
	}
	if (!is_in_sql(f) && filter_selects(f, &row))
		abort();
	filter_free(f);
	return 0;
}
