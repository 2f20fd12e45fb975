/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_FILTER_IMPL_H
#define EF_AUDIT_FILTER_IMPL_H

#include <regex.h>

#include "audit/filter.h"
#include "wire/addr.h"

/* What the files filter*.c share; nobody else includes this. */
enum field {
	FIELD_WORD, /* no field: a bare word */
	FIELD_VERDICT,
	FIELD_HOST,
	FIELD_SITE,
	FIELD_IP,
	FIELD_PORT,
	FIELD_PROTO,
	FIELD_NAME,
	FIELD_PID,
	FIELD_PPID,
	FIELD_EXE,
	FIELD_COMM,
	FIELD_CMD,
	FIELD_CWD,
	FIELD_USER,
	FIELD_RULE,
	FIELD_LINE,
	FIELD_REASON,
	FIELD_RISK,
	FIELD_SESSION,
	FIELD_MODE,
	FIELD_STAGE,
	FIELD_TIME,
	FIELD_N,
	FIELD_MARKED,
	N_FIELDS
};

/* What a field holds, and so which operators and values it takes. */
enum field_kind {
	KIND_TEXT,   /* ':' contains; case ignored but for '~' */
	KIND_CHOICE, /* one of a few words */
	KIND_NUMBER,
	KIND_IP,
	KIND_SITE,
	KIND_TIME,
	KIND_USER,
	KIND_YES_NO,
};

enum op { OP_HAS, OP_IS, OP_NOT, OP_REGEX, OP_GT, OP_LT, OP_GE, OP_LE };

/* One member of a set. */
struct value {
	const char *text; /* as written, lower case where case is ignored */
	int64_t from, to; /* numbers and times: both included */
	struct addr net;  /* addresses: family 0 when it is only text */
	unsigned int bits;
};

enum node_kind { NODE_TEST, NODE_AND, NODE_OR, NODE_NOT };

struct node {
	enum node_kind kind;
	int left, right; /* of AND and OR; NOT has left alone */
	enum field field;
	enum op op;
	int first_value, n_values; /* of a test */
	int regex;		   /* OP_REGEX: which one */
};

#define FILTER_REGEXES_MAX 16
#define FILTER_ALL_VALUES  512

struct filter {
	int root; /* -1: selects everything */
	int n_nodes, n_values, n_regexes;
	size_t text_used;
	struct node nodes[FILTER_NODES_MAX];
	struct value values[FILTER_ALL_VALUES];
	regex_t regexes[FILTER_REGEXES_MAX];
	char text[2 * FILTER_TEXT_MAX + 2]; /* the values' texts */
};

/* The kind of a field, and for a choice its words, blanks between. */
enum field_kind filter_kind(enum field field);

/* The words of a choice, blanks between them; "" for other fields. */
const char *filter_choices(enum field field);

/* The field of this name of len bytes, or N_FIELDS. */
enum field filter_find_field(const char *name, size_t len);

/*
 * Understand a value for its field and operator: *v holds its text already.
 * Returns NULL, or what is wrong with it (a sentence without a full stop).
 */
const char *filter_value(enum field field, enum op op, int64_t now_ms,
			 struct value *v);

/*
 * Write a condition on the columns of table attempts that every attempt of
 * this session (its id, its mode) meets which the filter selects, and maybe
 * others; "1" when there is none or it does not fit.
 */
void filter_sql(const struct filter *f, const char *session, const char *mode,
		char *buf, size_t size);

struct sqlite3;

/* Give a connection the function that such a condition calls, for this filter,
 * which must stay. Returns a result code of SQLite. */
int filter_sql_connect(const struct filter *f, struct sqlite3 *db);

/*
 * Does a test (a host, ip, exe, comm, cmd, cwd, rule or bare word) find one of
 * its values in this text, "!=" being left to the caller?
 */
bool filter_finds(const struct filter *f, int node, const char *text);

/* What is wrong with a regular expression, before it is compiled, or NULL. */
const char *filter_regex_problem(const char *text);

#endif
