/* SPDX-License-Identifier: MIT */
/*
 * A filter as a condition in SQL. What SQL can tell of a row as the evaluator
 * would (it is then "exact") is put into the condition; of the rest nothing,
 * so that the condition holds for every attempt that the filter selects, and
 * perhaps for others. Under "not" only what is exact may stand. No term is
 * ever NULL.
 */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "audit/filter_impl.h"

/* SQLite's parser has a stack of 100; a level takes three places at most. */
#define NESTING_MAX 20

struct condition {
	const struct filter *f;
	const char *session, *mode; /* the same for all rows */
	char *buf;
	size_t len, size;
};

__attribute__((format(printf, 2, 3))) static void put(struct condition *c,
						      const char *fmt, ...)
{
	size_t room = c->size - c->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(c->buf + c->len, room, fmt, ap);
	va_end(ap);
	/* What does not fit shows in len == size. */
	c->len += n < 0 || (size_t)n >= room ? room : (size_t)n;
}

static void put_text(struct condition *c, const char *text)
{
	put(c, "'");
	for (; *text; text++)
		put(c, *text == '\'' ? "''" : "%c", *text);
	put(c, "'");
}

/* Columns of table attempts that hold a field, and what is below any value. */
static const struct {
	enum field field;
	const char *column;
	int64_t least;
} columns[] = {
	{ FIELD_PORT, "port", 1 },	    { FIELD_PID, "pid", 1 },
	{ FIELD_TIME, "at_ms", INT64_MIN }, { FIELD_N, "count", 1 },
	{ FIELD_PROTO, "proto", 0 },	    { FIELD_STAGE, "stage", 0 },
	{ FIELD_NAME, "name_source", 0 },
};

static int find_column(enum field field)
{
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		if (columns[i].field == field)
			return (int)i;
	return -1;
}

/*
 * Texts of other tables, of which there are few: each is tested once, by the
 * evaluator itself, and attempts are chosen by number.
 */
static const struct {
	enum field field;
	const char *column, *table, *text;
} others[] = {
	{ FIELD_HOST, "name", "names", "name" },
	{ FIELD_IP, "address", "addresses", "address" },
	{ FIELD_EXE, "process", "processes", "exe" },
	{ FIELD_COMM, "process", "processes", "comm" },
	{ FIELD_CWD, "process", "processes", "cwd" },
	{ FIELD_CMD, "process", "processes", "argv, 1" },
	{ FIELD_RULE, "rule", "rules", "text" },
	{ FIELD_RULE, "rule", "rules", "reason" },
	{ FIELD_WORD, "name", "names", "name" },
	{ FIELD_WORD, "address", "addresses", "address" },
	{ FIELD_WORD, "process", "processes", "comm" },
	{ FIELD_WORD, "process", "processes", "argv, 1" },
	{ FIELD_WORD, "rule", "rules", "text" },
};

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

/* Is a test one of texts of other tables, and nothing else? */
static bool is_of_others(const struct filter *f, int i)
{
	const struct node *t = &f->nodes[i];
	bool is_known = false;

	for (size_t k = 0; k < COUNT(others); k++)
		is_known = is_known || others[k].field == t->field;
	/* "name:port" looks at two columns at once */
	for (int v = 0; t->field == FIELD_WORD && v < t->n_values; v++)
		if (strchr(f->values[t->first_value + v].text, ':'))
			return false;
	/* and what finds nothing at all, finds rows that name no text */
	return is_known && !filter_finds(f, i, "");
}

static bool is_exact(const struct filter *f, int i)
{
	const struct node *t = &f->nodes[i];

	switch (t->kind) {
	case NODE_AND:
	case NODE_OR:
		return is_exact(f, t->left) && is_exact(f, t->right);
	case NODE_NOT:
		return is_exact(f, t->left);
	case NODE_TEST:
	default:
		return is_of_others(f, i) ||
		       (t->op != OP_REGEX &&
			(find_column(t->field) >= 0 || t->field == FIELD_VERDICT ||
			 t->field == FIELD_SESSION || t->field == FIELD_MODE));
	}
}

static void put_number(struct condition *c, const struct node *t,
		       const struct value *v)
{
	int i = find_column(t->field);
	const char *column = columns[i].column;

	put(c, "(%s >= %" PRId64 " AND %s ", column, columns[i].least, column);
	switch (t->op) {
	case OP_GT:
		put(c, "> %" PRId64 ")", v->to);
		break;
	case OP_GE:
		put(c, ">= %" PRId64 ")", v->from);
		break;
	case OP_LT:
		put(c, "< %" PRId64 ")", v->from);
		break;
	case OP_LE:
		put(c, "<= %" PRId64 ")", v->to);
		break;
	case OP_HAS:
	case OP_IS:
	case OP_NOT:
	case OP_REGEX:
	default:
		put(c, "BETWEEN %" PRId64 " AND %" PRId64 ")", v->from, v->to);
	}
}

/* row_verdict() in SQL. */
static void put_verdict(struct condition *c, const char *word)
{
	put(c, "(CASE WHEN action = 'held' THEN 'held' WHEN verdict = 'deny' "
	       "AND action = 'allowed' THEN 'would' ELSE verdict END = ");
	put_text(c, word);
	put(c, ")");
}

static void put_value(struct condition *c, const struct node *t,
		      const struct value *v)
{
	enum field_kind kind = filter_kind(t->field);

	if (kind == KIND_NUMBER || kind == KIND_TIME) {
		put_number(c, t, v);
	} else if (t->field == FIELD_VERDICT) {
		put_verdict(c, v->text);
	} else if (t->field == FIELD_SESSION) {
		put(c, "%d", !strncasecmp(c->session, v->text, strlen(v->text)));
	} else if (t->field == FIELD_MODE) {
		put(c, "%d", !strcasecmp(c->mode, v->text));
	} else {
		put(c, "%s = ", columns[find_column(t->field)].column);
		put_text(c, v->text);
	}
}

/* "column IN (those that are found)", for each text the field looks at. */
static void put_others(struct condition *c, int node)
{
	const char *gap = "";

	for (size_t i = 0; i < COUNT(others); i++) {
		if (others[i].field != c->f->nodes[node].field)
			continue;
		put(c,
		    "%sifnull(%s IN (SELECT id FROM %s WHERE "
		    "filter_finds(%d, %s)), 0)",
		    gap, others[i].column, others[i].table, node, others[i].text);
		gap = " OR ";
	}
}

static void put_test(struct condition *c, int node)
{
	const struct node *t = &c->f->nodes[node];

	put(c, t->op == OP_NOT ? "NOT (" : "(");
	if (is_of_others(c->f, node)) {
		put_others(c, node);
		put(c, ")");
		return;
	}
	for (int i = 0; i < t->n_values; i++) {
		if (i)
			put(c, " OR ");
		put_value(c, t, &c->f->values[t->first_value + i]);
	}
	put(c, ")");
}

/* Is there anything to say of a node? */
static bool says(const struct filter *f, int i)
{
	const struct node *t = &f->nodes[i];

	switch (t->kind) {
	case NODE_AND:
		return says(f, t->left) || says(f, t->right);
	case NODE_OR:
		return says(f, t->left) && says(f, t->right);
	case NODE_NOT:
	case NODE_TEST:
	default:
		return is_exact(f, i);
	}
}

static void put_node(struct condition *c, int i);

/* A side of "and" or "or": a chain of the same goes without parentheses. */
static void put_side(struct condition *c, enum node_kind kind, int i)
{
	bool is_same = c->f->nodes[i].kind == kind;

	put(c, is_same ? "" : "(");
	put_node(c, i);
	put(c, is_same ? "" : ")");
}

/* A node that says something. */
static void put_node(struct condition *c, int i)
{
	const struct node *t = &c->f->nodes[i];

	if (t->kind == NODE_TEST) {
		put_test(c, i);
	} else if (t->kind == NODE_NOT) {
		put(c, "NOT (");
		put_node(c, t->left);
		put(c, ")");
	} else if (!says(c->f, t->left)) {
		put_node(c, t->right);
	} else if (!says(c->f, t->right)) {
		put_node(c, t->left);
	} else {
		put_side(c, t->kind, t->left);
		put(c, t->kind == NODE_AND ? " AND " : " OR ");
		put_side(c, t->kind, t->right);
	}
}

/* How deep the parentheses of a node go. */
static int nesting(const struct filter *f, int i)
{
	const struct node *t = &f->nodes[i];
	int left, right;

	if (t->kind == NODE_TEST)
		return 1;
	if (t->kind == NODE_NOT)
		return nesting(f, t->left) + 1;
	left = nesting(f, t->left) + (f->nodes[t->left].kind != t->kind);
	right = nesting(f, t->right) + (f->nodes[t->right].kind != t->kind);
	return left > right ? left : right;
}

void filter_sql(const struct filter *f, const char *session, const char *mode,
		char *buf, size_t size)
{
	struct condition c = {
		.f = f, .session = session, .mode = mode, .buf = buf, .size = size
	};

	bool is_fit = f->root >= 0 && says(f, f->root) &&
		      nesting(f, f->root) <= NESTING_MAX;

	if (is_fit)
		put_node(&c, f->root);
	if (!is_fit || c.len == size)
		snprintf(buf, size, "1");
}

/* filter_finds(NODE, TEXT [, 1: arguments, a NUL after each]) */
static void finds(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	const struct filter *f = sqlite3_user_data(ctx);
	const char *text = sqlite3_value_blob(v[1]);
	size_t len = (size_t)sqlite3_value_bytes(v[1]);
	char *copy = malloc(len + 1);

	if (!copy) {
		sqlite3_result_error_nomem(ctx);
		return;
	}
	if (len)
		memcpy(copy, text, len);
	if (n > 2 && len && !copy[len - 1])
		len--;
	copy[len] = '\0';
	for (size_t i = 0; n > 2 && i < len; i++)
		if (!copy[i])
			copy[i] = ' ';
	sqlite3_result_int(ctx, filter_finds(f, sqlite3_value_int(v[0]), copy));
	free(copy);
}

int filter_sql_connect(const struct filter *f, sqlite3 *db)
{
	return sqlite3_create_function(db, "filter_finds", -1,
				       SQLITE_UTF8 | SQLITE_DIRECTONLY,
				       (void *)(uintptr_t)f, finds, NULL, NULL);
}
