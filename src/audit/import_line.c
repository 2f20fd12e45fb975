// SPDX-License-Identifier: MIT
// One line of NDJSON becomes one row, or is refused with the column of what is
// wrong with it.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "audit/escape.h"
#include "audit/import_impl.h"
#include "audit/ndjson.h"
#include "wire/addr.h"

/* A line that is being taken. */
struct taking {
	struct import *im;
	const struct place *place;
	struct json_member list[JSON_MEMBERS_MAX];
	int n;
	struct ef_err *err;
};

/* Refuse the line for what stands behind so many bytes of it. */
static int refuse(struct taking *k, size_t at, const char *problem)
{
	return err_set(k->err, EINVAL, "%s:%llu:%zu: %s", k->place->file,
		       (unsigned long long)k->place->line, at + 1, problem);
}

/* The same, naming the field. */
static int refuse_field(struct taking *k, const char *field, const char *problem)
{
	const struct json_value *v = json_find(k->list, k->n, field);
	char text[128];

	snprintf(text, sizeof(text), v ? "\"%s\": %s" : "no \"%s\": %s", field,
		 problem);
	return refuse(k, v ? v->at : 0, text);
}

/* The version of the format; a newer one tells who wrote it where it can. */
static int check_version(struct taking *k)
{
	const struct json_value *v = json_find(k->list, k->n, "v");
	const struct json_value *by = json_find(k->list, k->n, "version");
	char text[200], who[64] = "";

	if (json_find(k->list, k->n, "rows"))
		return refuse(k, 0,
			      "one object with all rows, as log --json prints "
			      "it: use log --ndjson");
	if (!v || v->kind != JSON_INT)
		return refuse_field(k, "v", "not written by egress-filter");
	if (v->n == NDJSON_VERSION)
		return 0;
	if (by && by->kind == JSON_TEXT)
		escape_text(by->p, by->len, who, sizeof(who));
	snprintf(text, sizeof(text),
		 "written by %s egress-filter%s%s: NDJSON version %lld, this "
		 "one reads %d",
		 v->n > NDJSON_VERSION ? "a newer" : "an unknown",
		 *who ? " " : "", who, (long long)v->n, NDJSON_VERSION);
	return refuse(k, v->at, text);
}

/* The id of a session, as the name of a file may have it. */
static int take_id(struct taking *k, char id[37])
{
	const struct json_value *v = json_find(k->list, k->n, "session");
	static const char digits[] = "0123456789abcdef-";

	if (!v || v->kind != JSON_TEXT || !v->len || v->len > 36 || *v->p == '-')
		return refuse_field(k, "session", "no id of a session");
	for (size_t i = 0; i < v->len; i++)
		if (!v->p[i] || !strchr(digits, v->p[i]))
			return refuse_field(k, "session",
					    "an id has digits, a to f and "
					    "hyphens");
	memcpy(id, v->p, v->len);
	id[v->len] = '\0';
	return 0;
}

static bool is_text(const struct json_value *v, const char *text)
{
	return v->kind == JSON_TEXT && strlen(text) == v->len &&
	       !memcmp(v->p, text, v->len);
}

/* An address without a port, or null. */
static int check_address(struct taking *k, const char *field)
{
	const struct json_value *v = json_find(k->list, k->n, field);
	char text[ADDR_TEXT_MAX];
	struct addr a;

	if (!v || v->kind == JSON_NULL)
		return 0;
	if (v->kind != JSON_TEXT || v->len >= sizeof(text))
		return refuse_field(k, field, "no address");
	memcpy(text, v->p, v->len);
	text[v->len] = '\0';
	return strlen(text) != v->len || addr_parse(text, &a) < 0 || a.port
		       ? refuse_field(k, field, "no address")
		       : 0;
}

/* What a judged call or a question has to say of itself to be one. */
static int check_judged(struct taking *k, enum archive_table t)
{
	const struct json_value *v = json_find(k->list, k->n, "verdict");
	int r;

	if (!v || (!is_text(v, "allow") && !is_text(v, "deny")))
		return refuse_field(k, "verdict",
				    "allow or deny has to stand "
				    "here");
	v = json_find(k->list, k->n, "port");
	if (v && v->kind == JSON_INT && (v->n < 0 || v->n > 65535))
		return refuse_field(k, "port", "no port");
	r = check_address(k, t == ARCHIVE_QUESTION ? "server" : "ip");
	return r ? r : check_address(k, "placeholder");
}

static int check_number(struct taking *k)
{
	const struct json_value *v = json_find(k->list, k->n, "seq");

	return !v || v->kind != JSON_INT || v->n < 1
		       ? refuse_field(k, "seq",
				      "a number from 1 on has to "
				      "stand here")
		       : 0;
}

/* "action" may be left out of a line made by hand: it follows. */
static void complete_attempt(struct taking *k, const struct json_value *type,
			     struct cell *cells)
{
	const struct archive_column *c = archive_shape(ARCHIVE_ATTEMPT)->columns;
	const struct json_value *v = json_find(k->list, k->n, "verdict");
	const struct json_value *host = json_find(k->list, k->n, "host");
	bool is_allow = is_text(v, "allow"), is_held = is_text(type, "held");

	for (size_t i = 0; c[i].name; i++) {
		const char *text = NULL;

		if (c[i].field && json_find(k->list, k->n, c[i].field))
			continue;
		if (!strcmp(c[i].name, "action"))
			text = is_held	  ? "held"
			       : is_allow ? "allowed"
					  : "denied";
		else if (!strcmp(c[i].name, "name_source") && host &&
			 host->kind == JSON_TEXT)
			text = "dns";
		else if (!strcmp(c[i].name, "reason"))
			text = is_allow ? "rule" : "no-rule";
		if (text)
			cells[i] = (struct cell){ .kind = CELL_TEXT,
						  .p = text,
						  .len = strlen(text) };
	}
}

/* Texts of names and addresses become the numbers of their rows. */
static int link_texts(struct stage *s, enum archive_table t, struct taking *k,
		      const bool *is_told, struct cell *cells)
{
	const struct archive_column *c = archive_shape(t)->columns;
	const struct json_value *host = json_find(k->list, k->n, "host");
	bool is_host = host && host->kind == JSON_TEXT;

	for (size_t i = 0; c[i].name; i++) {
		bool is_name = c[i].form == FORM_NAME;
		int64_t row;
		int r;

		if ((!is_name && c[i].form != FORM_ADDRESS) || is_told[i] ||
		    cells[i].kind != CELL_TEXT)
			continue;
		r = stage_intern(s,
				 !is_name  ? NULL
				 : is_host ? "dns"
					   : "unix",
				 &cells[i], &row, k->err);
		if (r)
			return r;
		cells[i] = (struct cell){ .kind = CELL_INT, .n = row };
	}
	return 0;
}

static int conflict(struct taking *k, enum archive_table t)
{
	const struct json_value *v =
		json_find(k->list, k->n, t >= ARCHIVE_QUESTION ? "seq" : "row");
	char text[160];

	snprintf(text, sizeof(text),
		 "the session has another \"%s\" of this number, or this one "
		 "lacks something",
		 archive_shape(t)->type);
	return refuse(k, v ? v->at : 0, text);
}

/* All columns of the line, whatever tells them. */
static int take_cells(struct taking *k, enum archive_table t,
		      const struct json_value *type, struct json_value *record,
		      struct cell *cells, bool *is_told)
{
	const char *problem = NULL;
	size_t at = 0;
	int r = archive_derive(t, k->list, k->n, cells, &problem, &at);

	if (!r && t == ARCHIVE_ATTEMPT)
		complete_attempt(k, type, cells);
	if (!r && record)
		r = archive_overlay(t, record, cells, is_told, &problem, &at);
	return r ? refuse(k, at, problem) : 0;
}

static int put_line(struct taking *k, struct stage *s, enum archive_table t,
		    const struct json_value *type)
{
	struct json_value *record = json_find(k->list, k->n, "record");
	const struct json_value *mode = json_find(k->list, k->n, "mode");
	struct cell cells[ARCHIVE_COLUMNS_MAX];
	bool is_told[ARCHIVE_COLUMNS_MAX] = { false }; /* by number */
	char names[IMPORT_NAMES_MAX];
	int r = take_cells(k, t, type, record, cells, is_told);

	if (r)
		return r;
	if (!*s->mode && mode && mode->kind == JSON_TEXT &&
	    mode->len < sizeof(s->mode))
		memcpy(s->mode, mode->p, mode->len);
	r = link_texts(s, t, k, is_told, cells);
	if (!r && !record && (t == ARCHIVE_ATTEMPT || t == ARCHIVE_QUESTION))
		r = import_links(s, t, k->list, k->n, cells, names, k->err);
	if (!r)
		r = stage_put(s, t, cells, k->err);
	if (!r && t == ARCHIVE_START && record)
		s->is_whole = true;
	return r == -EEXIST ? conflict(k, t) : r;
}

/* The line is an object of ours: see what kind of row it is. */
static int take_object(struct taking *k)
{
	const struct json_value *type = json_find(k->list, k->n, "type");
	enum archive_table t;
	struct stage *s;
	char id[37];
	int r = check_version(k);

	if (r)
		return r;
	if (!type || type->kind != JSON_TEXT)
		return refuse_field(k, "type", "not written by egress-filter");
	t = archive_table_of(type->p, type->len);
	if (t == N_ARCHIVE_TABLES) {
		k->im->n_unknown++;
		return 0;
	}
	r = take_id(k, id);
	if (!r && t >= ARCHIVE_QUESTION)
		r = check_number(k);
	if (!r && (t == ARCHIVE_ATTEMPT || t == ARCHIVE_QUESTION))
		r = check_judged(k, t);
	if (!r)
		r = stage_of(k->im, k->place->file, id, &s, k->err);
	return r ? r : put_line(k, s, t, type);
}

int import_line(struct import *im, const struct place *at, char *text,
		size_t len, struct ef_err *err)
{
	struct taking k = { .im = im, .place = at, .err = err };
	struct json j = json_over_text(text, len);

	k.n = json_object(&j, k.list);
	return k.n < 0 ? refuse(&k, j.problem_at, j.problem) : take_object(&k);
}
