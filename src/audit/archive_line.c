// SPDX-License-Identifier: MIT
// From the fields of a line to the columns of a row.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "audit/archive.h"

/* One line being understood, and what is wrong with it. */
struct line {
	struct json_member *list;
	int n;
	const char *problem;
	size_t at;
};

static int wrong(struct line *l, const struct json_value *v, const char *problem)
{
	l->problem = problem;
	l->at = v->at;
	return -EINVAL;
}

static struct cell text_cell(enum cell_kind kind, const char *p, size_t len)
{
	return (struct cell){ .kind = kind, .p = p, .len = len };
}

/* Exactly n digits at *p, which moves on; -1 when they are not there. */
static int digits(const char **p, int n)
{
	int sum = 0;

	for (int i = 0; i < n; i++, (*p)++) {
		if (**p < '0' || **p > '9')
			return -1;
		sum = sum * 10 + (**p - '0');
	}
	return sum;
}

static bool take(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

/* RFC 3339 in UTC, with milliseconds or without; false when it is none. */
static bool read_time(const char *text, size_t len, int64_t *ret)
{
	char copy[32];
	const char *p = copy;
	struct tm tm = { 0 };
	int ms = 0;

	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	tm.tm_year = digits(&p, 4) - 1900;
	if (tm.tm_year < -1900 || !take(&p, '-'))
		return false;
	tm.tm_mon = digits(&p, 2) - 1;
	if (tm.tm_mon < 0 || tm.tm_mon > 11 || !take(&p, '-'))
		return false;
	tm.tm_mday = digits(&p, 2);
	if (tm.tm_mday < 1 || tm.tm_mday > 31 || !take(&p, 'T'))
		return false;
	tm.tm_hour = digits(&p, 2);
	if (tm.tm_hour < 0 || tm.tm_hour > 23 || !take(&p, ':'))
		return false;
	tm.tm_min = digits(&p, 2);
	if (tm.tm_min < 0 || tm.tm_min > 59 || !take(&p, ':'))
		return false;
	tm.tm_sec = digits(&p, 2);
	if (tm.tm_sec < 0 || tm.tm_sec > 60)
		return false;
	if (take(&p, '.')) {
		ms = digits(&p, 3);
		while (ms >= 0 && *p >= '0' && *p <= '9')
			p++; /* finer than we count */
	}
	if (ms < 0 || !take(&p, 'Z') || *p)
		return false;
	*ret = (int64_t)timegm(&tm) * 1000 + ms;
	return true;
}

/* Texts of a list, put together where they stand, a byte between or behind. */
static int join(struct line *l, const struct json_value *v, char gap,
		bool is_behind, size_t *ret_len)
{
	struct json j = json_over(v);
	struct json_value item;
	char *out = v->p;
	int r;

	while ((r = json_next(&j, &item)) > 0) {
		if (item.kind != JSON_TEXT)
			return wrong(l, &item, "here only texts may stand");
		if (memchr(item.p, 0, item.len))
			return wrong(l, &item, "a text with a NUL inside");
		if (!is_behind && out != v->p)
			*out++ = gap;
		memmove(out, item.p, item.len);
		out += item.len;
		if (is_behind)
			*out++ = gap;
	}
	if (r < 0) {
		l->problem = j.problem;
		l->at = j.problem_at;
		return -EINVAL;
	}
	*ret_len = (size_t)(out - v->p);
	return 0;
}

/* An object of texts as "k=v" lines, where it stands. */
static int join_tags(struct line *l, const struct json_value *v, size_t *ret_len)
{
	struct json_member list[JSON_MEMBERS_MAX];
	struct json j = json_over(v);
	int n = json_members(&j, list);
	char *out = v->p;

	if (n < 0) {
		l->problem = j.problem;
		l->at = j.problem_at;
		return -EINVAL;
	}
	for (int i = 0; i < n; i++) {
		const struct json_value *t = &list[i].value;

		if (t->kind != JSON_TEXT)
			return wrong(l, t, "here only texts may stand");
		if (!list[i].name_len || memchr(t->p, '\n', t->len) ||
		    memchr(t->p, 0, t->len) ||
		    memchr(list[i].name, '\n', list[i].name_len) ||
		    memchr(list[i].name, '=', list[i].name_len) ||
		    memchr(list[i].name, 0, list[i].name_len))
			return wrong(l, t, "no tag, KEY=VALUE on one line");
		memmove(out, list[i].name, list[i].name_len);
		out += list[i].name_len;
		*out++ = '=';
		memmove(out, t->p, t->len);
		out += t->len;
		*out++ = '\n';
	}
	*ret_len = (size_t)(out - v->p);
	return 0;
}

/* The last " by " of a text, or its end. */
static size_t find_by(const char *p, size_t len)
{
	for (size_t i = len; i-- > 0;)
		if (len - i >= 4 && !memcmp(p + i, " by ", 4))
			return i;
	return len;
}

static int from_text(struct line *l, const struct archive_column *c,
		     const struct json_value *v, struct cell *ret)
{
	size_t by;

	if (v->kind != JSON_TEXT)
		return wrong(l, v, "here a text has to stand");
	if (memchr(v->p, 0, v->len))
		return wrong(l, v, "a text with a NUL inside");
	if (c->form == FORM_TIME) {
		ret->kind = CELL_INT;
		return read_time(v->p, v->len, &ret->n)
			       ? 0
			       : wrong(l, v,
				       "no time such as "
				       "2026-11-23T14:02:21.204Z");
	}
	*ret = text_cell(c->form == FORM_BLOB ? CELL_BLOB : CELL_TEXT, v->p,
			 v->len);
	if (c->form != FORM_SCOPE && c->form != FORM_BY)
		return 0;
	by = find_by(v->p, v->len);
	if (c->form == FORM_SCOPE)
		ret->len = by;
	else if (by < v->len)
		*ret = text_cell(CELL_TEXT, v->p + by + 4, v->len - by - 4);
	else
		ret->len = 0;
	return 0;
}

static int from_list(struct line *l, const struct archive_column *c,
		     const struct json_value *v, struct cell *ret)
{
	bool is_argv = c->form == FORM_ARGV;
	size_t len = 0;
	int r;

	if (v->kind != JSON_LIST)
		return wrong(l, v, "here a list has to stand");
	r = join(l, v, is_argv ? '\0' : ' ', is_argv, &len);
	if (!r && (len || is_argv))
		*ret = text_cell(is_argv ? CELL_BLOB : CELL_TEXT, v->p, len);
	return r;
}

static int from_value(struct line *l, const struct archive_column *c,
		      const struct json_value *v, struct cell *ret)
{
	size_t len = 0;
	int r;

	switch (c->form) {
	case FORM_INT:
	case FORM_LAST:
		if (v->kind != JSON_INT)
			return wrong(l, v, "here a whole number has to stand");
		*ret = (struct cell){ .kind = CELL_INT, .n = v->n };
		if (c->form == FORM_LAST)
			ret->n -= v->n > 0;
		return 0;
	case FORM_BOOL:
		if (v->kind != JSON_BOOL)
			return wrong(l, v, "here true or false has to stand");
		*ret = (struct cell){ .kind = CELL_INT, .n = v->n };
		return 0;
	case FORM_ARGV:
	case FORM_WORDS:
		return from_list(l, c, v, ret);
	case FORM_TAGS:
		if (v->kind != JSON_OBJECT)
			return wrong(l, v, "here an object has to stand");
		r = join_tags(l, v, &len);
		*ret = text_cell(CELL_TEXT, v->p, len);
		return r;
	case FORM_TEXT:
	case FORM_BLOB:
	case FORM_TIME:
	case FORM_NAME:
	case FORM_ADDRESS:
	case FORM_SCOPE:
	case FORM_BY:
	case FORM_RECORD:
	default:
		return from_text(l, c, v, ret);
	}
}

/* A column that no field tells. */
static struct cell nothing(const struct archive_column *c)
{
	if (!c->none)
		return (struct cell){ .kind = CELL_NULL };
	if (c->form == FORM_ARGV || c->form == FORM_BLOB)
		return text_cell(CELL_BLOB, "", 0);
	if (!*c->none || *c->none == '\'')
		return text_cell(CELL_TEXT, "", 0);
	if (*c->none >= '0' && *c->none <= '9')
		return (struct cell){ .kind = CELL_INT,
				      .n = strtoll(c->none, NULL, 10) };
	return text_cell(CELL_TEXT, c->none, strlen(c->none));
}

/* The name of a unix socket stands in a field of its own. */
static struct json_value *field_of(const struct line *l,
				   const struct archive_column *c)
{
	struct json_value *v =
		c->field ? json_find(l->list, l->n, c->field) : NULL;

	if (c->form == FORM_NAME && (!v || v->kind == JSON_NULL))
		v = json_find(l->list, l->n, "unix");
	return v && v->kind != JSON_NULL ? v : NULL;
}

int archive_derive(enum archive_table t, struct json_member *list, int n,
		   struct cell cells[ARCHIVE_COLUMNS_MAX],
		   const char **ret_problem, size_t *ret_at)
{
	const struct archive_column *c = archive_shape(t)->columns;
	struct line l = { .list = list, .n = n };
	int r = 0;

	for (size_t i = 0; !r && c[i].name; i++) {
		struct json_value *v = field_of(&l, &c[i]);

		cells[i] = nothing(&c[i]);
		/* what "scope" has read is a text, and "by" reads it again */
		if (v)
			r = from_value(&l, &c[i], v, &cells[i]);
	}
	*ret_problem = l.problem;
	*ret_at = l.at;
	return r;
}

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* {"text":"hex digits"} or {"bytes":...}, decoded where it stands. */
static int from_hex(struct line *l, const struct json_value *v, struct cell *ret)
{
	struct json_member list[JSON_MEMBERS_MAX];
	struct json j = json_over(v);
	int n = json_members(&j, list);
	struct json_value *hex = n == 1 ? &list[0].value : NULL;
	bool is_text = n == 1 && json_find(list, n, "text");

	if (!hex || hex->kind != JSON_TEXT || hex->len % 2 ||
	    (!is_text && !json_find(list, n, "bytes")))
		return wrong(l, v, "no value of a column");
	for (size_t i = 0; i < hex->len; i += 2) {
		int high = nibble(hex->p[i]), low = nibble(hex->p[i + 1]);

		if (high < 0 || low < 0)
			return wrong(l, hex, "no hexadecimal digits");
		hex->p[i / 2] = (char)(high << 4 | low);
	}
	*ret = text_cell(is_text ? CELL_TEXT : CELL_BLOB, hex->p, hex->len / 2);
	return 0;
}

static int from_record(struct line *l, const struct json_value *v,
		       struct cell *ret)
{
	switch (v->kind) {
	case JSON_NULL:
		*ret = (struct cell){ .kind = CELL_NULL };
		return 0;
	case JSON_INT:
		*ret = (struct cell){ .kind = CELL_INT, .n = v->n };
		return 0;
	case JSON_TEXT:
		*ret = text_cell(CELL_TEXT, v->p, v->len);
		return 0;
	case JSON_OBJECT:
		return from_hex(l, v, ret);
	case JSON_BOOL:
	case JSON_REAL:
	case JSON_LIST:
	default:
		return wrong(l, v, "no value of a column");
	}
}

int archive_overlay(enum archive_table t, struct json_value *record,
		    struct cell cells[ARCHIVE_COLUMNS_MAX],
		    bool ret_told[ARCHIVE_COLUMNS_MAX],
		    const char **ret_problem, size_t *ret_at)
{
	const struct archive_column *c = archive_shape(t)->columns;
	struct json_member list[JSON_MEMBERS_MAX];
	struct line l = { .list = list };
	struct json j;
	int r = 0;

	if (record->kind != JSON_OBJECT) {
		r = wrong(&l, record, "here an object has to stand");
	} else {
		j = json_over(record);
		l.n = json_members(&j, list);
		if (l.n < 0) {
			l.problem = j.problem;
			l.at = j.problem_at;
			r = -EINVAL;
		}
	}
	for (size_t i = 0; !r && c[i].name; i++) {
		struct json_value *v = json_find(list, l.n, c[i].name);

		ret_told[i] = v != NULL;
		if (v)
			r = from_record(&l, v, &cells[i]);
	}
	*ret_problem = l.problem;
	*ret_at = l.at;
	return r;
}
