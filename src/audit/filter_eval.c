/* SPDX-License-Identifier: MIT */
/* Does a filter select a row? */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "audit/filter_impl.h"

/* Haystack contains needle, which is in lower case; ASCII case is ignored. */
static bool contains(const char *hay, const char *needle)
{
	size_t n = strlen(needle);

	for (; *hay; hay++)
		if (!strncasecmp(hay, needle, n))
			return true;
	return !n;
}

/* Which columns a field looks at. */
static const struct {
	enum field field;
	size_t offset;
} texts[] = {
	{ FIELD_WORD, offsetof(struct row, name) },
	{ FIELD_WORD, offsetof(struct row, ip) },
	{ FIELD_WORD, offsetof(struct row, comm) },
	{ FIELD_WORD, offsetof(struct row, cmd) },
	{ FIELD_WORD, offsetof(struct row, rule) },
	{ FIELD_HOST, offsetof(struct row, name) },
	{ FIELD_IP, offsetof(struct row, ip) },
	{ FIELD_PROTO, offsetof(struct row, proto) },
	{ FIELD_NAME, offsetof(struct row, name_source) },
	{ FIELD_EXE, offsetof(struct row, exe) },
	{ FIELD_COMM, offsetof(struct row, comm) },
	{ FIELD_CMD, offsetof(struct row, cmd) },
	{ FIELD_CWD, offsetof(struct row, cwd) },
	{ FIELD_RULE, offsetof(struct row, rule) },
	{ FIELD_RULE, offsetof(struct row, rule_reason) },
	{ FIELD_REASON, offsetof(struct row, reason) },
	{ FIELD_SESSION, offsetof(struct row, session) },
	{ FIELD_MODE, offsetof(struct row, mode) },
	{ FIELD_STAGE, offsetof(struct row, stage) },
};

/* And numbers; below the least a row has none. */
static const struct {
	enum field field;
	size_t offset;
	int64_t least;
} numbers[] = {
	{ FIELD_PORT, offsetof(struct row, port), 1 },
	{ FIELD_PID, offsetof(struct row, pid), 1 },
	{ FIELD_PPID, offsetof(struct row, ppid), 0 },
	{ FIELD_USER, offsetof(struct row, uid), 0 },
	{ FIELD_LINE, offsetof(struct row, line), 1 },
	{ FIELD_TIME, offsetof(struct row, at_ms), INT64_MIN },
	{ FIELD_N, offsetof(struct row, count), 1 },
};

#define COUNT(list) (sizeof(list) / sizeof(*(list)))
#define TEXTS_MAX   8 /* of one field */

static const char *text_at(const struct row *r, size_t offset)
{
	return *(const char *const *)((const char *)r + offset);
}

static size_t texts_of(enum field field, const struct row *r, const char **ret)
{
	size_t n = 0;

	for (size_t i = 0; i < COUNT(texts); i++)
		if (texts[i].field == field)
			ret[n++] = text_at(r, texts[i].offset);
	if (field == FIELD_VERDICT)
		ret[n++] = row_verdict(r);
	if (field == FIELD_SITE && row_has_host(r))
		ret[n++] = r->name;
	if (field == FIELD_MARKED)
		ret[n++] = r->is_marked ? "yes" : "no";
	if (field == FIELD_REASON && row_reason_code(r) < N_REASONS)
		ret[n++] = reason_text(row_reason_code(r));
	return n;
}

/* A bare "name:443" finds what is shown as that. */
static bool has_name_and_port(const struct row *r, const char *word)
{
	const char *colon = strrchr(word, ':');
	const char *where = *r->name ? r->name : r->ip;
	char port[24];
	size_t n = strlen(where);

	if (!colon || !r->port)
		return false;
	snprintf(port, sizeof(port), "%lld", (long long)r->port);
	return !strcmp(colon + 1, port) && (size_t)(colon - word) <= n &&
	       !strncasecmp(where + n - (colon - word), word,
			    (size_t)(colon - word));
}

static bool text_is(enum field field, const struct row *r,
		    const struct value *v, bool whole)
{
	const char *list[TEXTS_MAX];
	size_t n = texts_of(field, r, list);

	for (size_t i = 0; i < n; i++) {
		if (field == FIELD_SESSION
			    ? !strncasecmp(list[i], v->text, strlen(v->text))
		    : whole ? !strcasecmp(list[i], v->text)
			    : contains(list[i], v->text))
			return true;
	}
	return field == FIELD_WORD && has_name_and_port(r, v->text);
}

/* The name itself or one below it. */
static bool is_at_site(const char *name, const char *site)
{
	size_t n = strlen(name), k = strlen(site);

	return n >= k && !strcasecmp(name + n - k, site) &&
	       (n == k || name[n - k - 1] == '.');
}

static bool is_in_net(const struct row *r, const struct value *v)
{
	struct addr a;
	unsigned int whole = v->bits / 8, rest = v->bits % 8;
	unsigned int mask = 0xffu << (8 - rest) & 0xff;

	if (!*r->ip || addr_parse(r->ip, &a) < 0 || a.family != v->net.family)
		return false;
	return !memcmp(a.ip, v->net.ip, whole) &&
	       (!rest || !((a.ip[whole] ^ v->net.ip[whole]) & mask));
}

static bool has_risk(const struct row *r, const char *word)
{
	unsigned int risks = row_risks(r);

	if (r->type == ROW_ATTEMPT && !risks)
		return !strcmp(word, "none");
	for (unsigned int bit = 1; bit <= risks; bit <<= 1)
		if (risks & bit &&
		    !strcmp(row_risk_word((enum row_risk)bit), word))
			return true;
	return false;
}

/* The number of a field; false when the row has none. */
static bool number_of(enum field field, const struct row *r, int64_t *ret)
{
	for (size_t i = 0; i < COUNT(numbers); i++) {
		if (numbers[i].field != field)
			continue;
		*ret = *(const int64_t *)((const char *)r + numbers[i].offset);
		return *ret >= numbers[i].least;
	}
	return false;
}

static bool number_is(const struct node *t, const struct row *r,
		      const struct value *v)
{
	int64_t n;

	if (!number_of(t->field, r, &n))
		return false;
	switch (t->op) {
	case OP_GT:
		return n > v->to;
	case OP_GE:
		return n >= v->from;
	case OP_LT:
		return n < v->from;
	case OP_LE:
		return n <= v->to;
	case OP_HAS:
	case OP_IS:
	case OP_NOT:
	case OP_REGEX:
	default:
		return n >= v->from && n <= v->to;
	}
}

static bool value_is(const struct node *t, const struct row *r,
		     const struct value *v)
{
	switch (filter_kind(t->field)) {
	case KIND_NUMBER:
	case KIND_TIME:
	case KIND_USER:
		return number_is(t, r, v);
	case KIND_CHOICE:
	case KIND_YES_NO:
		return t->field == FIELD_RISK ? has_risk(r, v->text)
					      : text_is(t->field, r, v, true);
	case KIND_IP:
		return v->net.family	 ? is_in_net(r, v)
		       : t->op == OP_HAS ? *r->ip && contains(r->ip, v->text)
					 : !strcasecmp(r->ip, v->text);
	case KIND_SITE:
		return row_has_host(r) && is_at_site(r->name, v->text);
	case KIND_TEXT:
	default:
		return text_is(t->field, r, v, t->op != OP_HAS);
	}
}

static bool regex_is(const struct filter *f, const struct node *t,
		     const struct row *r)
{
	const char *list[TEXTS_MAX];
	size_t n = texts_of(t->field, r, list);

	for (size_t i = 0; i < n; i++)
		if (*list[i] &&
		    !regexec(&f->regexes[t->regex], list[i], 0, NULL, 0))
			return true;
	return false;
}

/* Is one of the values there? */
static bool any_is(const struct filter *f, const struct node *t,
		   const struct row *r)
{
	bool any = false;

	if (t->op == OP_REGEX)
		return regex_is(f, t, r);
	for (int i = 0; !any && i < t->n_values; i++)
		any = value_is(t, r, &f->values[t->first_value + i]);
	return any;
}

static bool test_is(const struct filter *f, const struct node *t,
		    const struct row *r)
{
	return any_is(f, t, r) != (t->op == OP_NOT);
}

bool filter_finds(const struct filter *f, int node, const char *text)
{
	const struct node *t = &f->nodes[node];
	struct row r = { .type = ROW_ATTEMPT,
			 .name = "",
			 .ip = "",
			 .comm = "",
			 .exe = "",
			 .cwd = "",
			 .cmd = "",
			 .rule = "",
			 .rule_reason = "" };

	/* of a field with several texts the first: all are looked at alike */
	for (size_t i = 0; i < COUNT(texts); i++)
		if (texts[i].field == t->field) {
			*(const char **)((char *)&r + texts[i].offset) = text;
			break;
		}
	return any_is(f, t, &r);
}

/* The depth of the tree is bounded by the parser. */
static bool node_is(const struct filter *f, int i, const struct row *r)
{
	const struct node *t = &f->nodes[i];

	switch (t->kind) {
	case NODE_AND:
		return node_is(f, t->left, r) && node_is(f, t->right, r);
	case NODE_OR:
		return node_is(f, t->left, r) || node_is(f, t->right, r);
	case NODE_NOT:
		return !node_is(f, t->left, r);
	case NODE_TEST:
		return test_is(f, t, r);
	default:
		return false;
	}
}

bool filter_selects(const struct filter *f, const struct row *r)
{
	return f->root < 0 || (r->type == ROW_ATTEMPT && node_is(f, f->root, r));
}

bool filter_is_empty(const struct filter *f)
{
	return f->root < 0;
}
