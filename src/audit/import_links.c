// SPDX-License-Identifier: MIT
// Rows of other tables that a line of the log tells in full instead of by
// number: its process, its rule in its policy, the names of its address.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "audit/import_impl.h"

/* The fields of a line that make another row. */
struct piece {
	const char *field;
	bool is_int;
	int64_t none; /* what a number is that is not there */
};

static struct cell cell_of(const struct piece *p, struct json_member *list, int n)
{
	const struct json_value *v = json_find(list, n, p->field);

	if (v && p->is_int && v->kind == JSON_INT)
		return (struct cell){ .kind = CELL_INT, .n = v->n };
	if (v && !p->is_int && v->kind == JSON_TEXT && !memchr(v->p, 0, v->len))
		return (struct cell){ .kind = CELL_TEXT, .p = v->p, .len = v->len };
	return p->is_int ? (struct cell){ .kind = CELL_INT, .n = p->none }
			 : (struct cell){ .kind = CELL_TEXT, .p = "" };
}

static const char *const queries[N_LINKS] = {
	[LINK_PROCESS] =
		"SELECT id FROM processes WHERE session = 1 AND pid = ?1 AND "
		"start_ticks = 0 AND ppid = ?2 AND uid = ?3 AND comm = ?4 AND "
		"exe = ?5 AND cwd = ?6 AND argv = ?7",
	[LINK_NEW_PROCESS] =
		"INSERT INTO processes (session, at_ms, pid, start_ticks, "
		"exe_dev, exe_ino, ppid, parent, uid, comm, exe, cwd, argv, "
		"argv_cut) VALUES (1, ?8, ?1, 0, 0, 0, ?2, NULL, ?3, ?4, ?5, "
		"?6, ?7, 0)",
	[LINK_POLICY] = "SELECT id FROM revisions WHERE path = ?1",
	[LINK_NEW_POLICY] =
		"INSERT INTO revisions (session, at_ms, path, sha256, "
		"default_policy, text) VALUES (1, 0, ?1, '', 'deny', x'')",
	[LINK_RULE] = "SELECT id FROM rules WHERE revision = ?1 AND text = ?2 "
		      "AND line = ?3",
	[LINK_NEW_RULE] =
		"INSERT INTO rules (revision, position, kind, line, col, text, "
		"reason) VALUES (?1, (SELECT count(*) FROM rules WHERE "
		"revision = ?1), 'name', ?3, 0, ?2, NULL)",
};

/* Run a query for one number; 0 when there is none. */
static int ask(struct stage *s, enum link which, const struct cell *cells,
	       size_t n, int64_t *ret, struct ef_err *err)
{
	sqlite3_stmt **q = &s->link[which];
	int rc = SQLITE_OK;

	*ret = 0;
	if (!*q)
		rc = sqlite3_prepare_v2(s->db, queries[which], -1, q, NULL);
	for (size_t i = 0; rc == SQLITE_OK && i < n; i++)
		rc = archive_bind(*q, (int)i + 1, &cells[i]);
	if (rc == SQLITE_OK && sqlite3_step(*q) == SQLITE_ROW)
		*ret = sqlite3_column_int64(*q, 0);
	if (rc == SQLITE_OK)
		rc = sqlite3_reset(*q);
	return rc ? stage_told(s, rc, err) : 0;
}

/* A row that is found by one query with n cells, else made by the one after it,
 * which may take more. */
static int find_or_make(struct stage *s, enum link find,
			const struct cell *cells, size_t n, size_t n_make,
			struct cell *ret, struct ef_err *err)
{
	int64_t row;
	int r = ask(s, find, cells, n, &row, err);

	if (!r && !row) {
		r = ask(s, find + 1, cells, n_make, &row, err);
		row = sqlite3_last_insert_rowid(s->db);
	}
	*ret = (struct cell){ .kind = CELL_INT, .n = row };
	return r;
}

/* Arguments have been put together where they stood when the line's own
 * columns have an "argv"; those of a process have not. */
static struct cell argv_of(struct json_member *list, int n)
{
	struct json_value *v = json_find(list, n, "argv");
	struct cell none = { .kind = CELL_BLOB, .p = "" };
	struct json j;
	struct json_value item;
	char *out;

	if (!v || v->kind != JSON_LIST)
		return none;
	j = json_over(v);
	out = v->p;
	while (json_next(&j, &item) > 0 && item.kind == JSON_TEXT) {
		memmove(out, item.p, item.len);
		out += item.len;
		*out++ = '\0';
	}
	return (struct cell){ .kind = CELL_BLOB,
			      .p = v->p,
			      .len = (size_t)(out - v->p) };
}

static int link_process(struct stage *s, struct json_member *list, int n,
			const struct cell *at_ms, struct cell *ret,
			struct ef_err *err)
{
	static const struct piece pieces[] = {
		{ "pid", true, 0 },   { "ppid", true, -1 }, { "uid", true, -1 },
		{ "comm", false, 0 }, { "exe", false, 0 },  { "cwd", false, 0 },
	};
	struct cell cells[8];

	if (!json_find(list, n, "comm") && !json_find(list, n, "exe") &&
	    !json_find(list, n, "argv"))
		return 0;
	for (size_t i = 0; i < 6; i++)
		cells[i] = cell_of(&pieces[i], list, n);
	cells[6] = argv_of(list, n);
	cells[7] = *at_ms;
	return find_or_make(s, LINK_PROCESS, cells, 7, 8, ret, err);
}

/* A policy of which only the path is known, and the rule of it. */
static int link_rule(struct stage *s, struct json_member *list, int n,
		     struct cell *ret_revision, struct cell *ret_rule,
		     struct ef_err *err)
{
	static const struct piece pieces[] = { { "file", false, 0 },
					       { "rule", false, 0 },
					       { "line", true, 0 } };
	struct cell cells[3];
	const struct json_value *rule = json_find(list, n, "rule");
	const struct json_value *file = json_find(list, n, "file");
	bool has_rule = rule && rule->kind == JSON_TEXT;
	int r;

	if (!has_rule && !(file && file->kind == JSON_TEXT))
		return 0;
	for (size_t i = 0; i < 3; i++)
		cells[i] = cell_of(&pieces[i], list, n);
	r = find_or_make(s, LINK_POLICY, cells, 1, 1, ret_revision, err);
	if (r || !has_rule)
		return r;
	cells[0] = *ret_revision;
	return find_or_make(s, LINK_RULE, cells, 3, 3, ret_rule, err);
}

/* All names of the address, as a list of their rows. */
static int link_names(struct stage *s, struct json_member *list, int n,
		      char buf[IMPORT_NAMES_MAX], struct cell *ret,
		      struct ef_err *err)
{
	struct json_value *v = json_find(list, n, "names");
	struct json_value item;
	struct json j;
	size_t len = 0;

	if (!v || v->kind != JSON_LIST)
		return 0;
	j = json_over(v);
	while (json_next(&j, &item) > 0 && item.kind == JSON_TEXT &&
	       IMPORT_NAMES_MAX - len > 24) {
		struct cell text = { .kind = CELL_TEXT,
				     .p = item.p,
				     .len = item.len };
		int64_t row;
		int r = stage_intern(s, "dns", &text, &row, err);

		if (r)
			return r;
		len += (size_t)snprintf(buf + len, IMPORT_NAMES_MAX - len,
					"%s%lld", len ? "," : "[",
					(long long)row);
	}
	if (!len)
		return 0;
	buf[len++] = ']';
	*ret = (struct cell){ .kind = CELL_TEXT, .p = buf, .len = len };
	return 0;
}

static struct cell *column(enum archive_table t, const char *name,
			   struct cell *cells)
{
	const struct archive_column *c = archive_shape(t)->columns;
	size_t i = 0;

	while (c[i].name && strcmp(c[i].name, name) != 0)
		i++;
	return &cells[i];
}

int import_links(struct stage *s, enum archive_table t,
		 struct json_member *list, int n, struct cell *cells,
		 char names[IMPORT_NAMES_MAX], struct ef_err *err)
{
	int r = link_process(s, list, n, column(t, "at_ms", cells),
			     column(t, "process", cells), err);

	if (!r)
		r = link_rule(s, list, n, column(t, "revision", cells),
			      column(t, "rule", cells), err);
	if (!r && t == ARCHIVE_ATTEMPT)
		r = link_names(s, list, n, names,
			       column(t, "candidates", cells), err);
	return r;
}
