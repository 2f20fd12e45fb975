/* SPDX-License-Identifier: MIT */
/* Edits as YAML: the only place where outside text becomes part of a policy. */
#include "learn/splice_text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/observation.h"
#include "wire/cidr.h"

/* Room for n more bytes and a NUL. */
static bool make_room(struct text *t, size_t n)
{
	size_t size = t->size ? t->size : 256;
	char *bytes;

	if (t->failed || n > SIZE_MAX / 4 || t->len > SIZE_MAX / 4) {
		t->failed = true;
		return false;
	}
	if (t->bytes && t->len + n < t->size)
		return true;
	while (size <= t->len + n)
		size *= 2;
	bytes = realloc(t->bytes, size);
	if (!bytes) {
		t->failed = true;
		return false;
	}
	t->bytes = bytes;
	t->size = size;
	return true;
}

void text_add(struct text *t, const void *bytes, size_t n)
{
	if (!make_room(t, n))
		return;
	if (n)
		memcpy(t->bytes + t->len, bytes, n);
	t->len += n;
	t->bytes[t->len] = '\0';
}

void text_put(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !make_room(t, (size_t)n + 1)) {
		t->failed = true;
		return;
	}
	va_start(ap, fmt);
	vsnprintf(t->bytes + t->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	t->len += (size_t)n;
}

void text_indent(struct text *t, size_t n)
{
	text_put(t, "%*s", (int)n, "");
}

static bool is_printable(const char *s)
{
	for (; *s; s++)
		if (*s < ' ' || *s > '~')
			return false;
	return true;
}

static int check_dest(const struct edit *e, struct ef_err *err)
{
	const size_t most = sizeof(((struct unix_peer *)0)->name);
	const char *d = e->dest;
	struct dname name;
	struct addr net;
	uint8_t prefix;
	bool host_bits;

	switch (e->kind) {
	case EDIT_NEW_NAME:
		if (dname_from_text(d, &name) == 0)
			return 0;
		return err_set(err, EINVAL, "'%.60s' is no plain name", d);
	case EDIT_NEW_RANGE:
		if (cidr_parse(d, &net, &prefix, &host_bits) == 0 && !host_bits)
			return 0;
		return err_set(err, EINVAL, "'%.60s' is no network", d);
	case EDIT_NEW_UNIX:
		if ((d[0] == '/' || d[0] == '@') && d[1] &&
		    strlen(d) < most / 2 && is_printable(d))
			return 0;
		return err_set(err, EINVAL,
			       "'%.60s' cannot be written as a listener", d);
	case EDIT_ADD_PORTS:
		return 0;
	default:
		return err_set(err, EINVAL, "an edit of no kind");
	}
}

static int check_ports(const struct edit *e, struct ef_err *err)
{
	if (e->kind == EDIT_NEW_UNIX)
		return 0;
	if (e->all_ports ? e->n_ports || e->kind == EDIT_ADD_PORTS
			 : !e->n_ports || e->n_ports > EDIT_PORTS_MAX)
		return err_set(err, EINVAL, "%.60s: ports that make no sense",
			       e->dest);
	for (size_t i = 0; i < e->n_ports; i++)
		if (!e->ports[i].first || e->ports[i].first > e->ports[i].last)
			return err_set(err, EINVAL,
				       "%.60s: %u-%u is no range of ports",
				       e->dest, e->ports[i].first,
				       e->ports[i].last);
	return 0;
}

int text_check(const struct edit *e, struct ef_err *err)
{
	int r;

	if (!e->dest)
		return err_set(err, EINVAL, "an edit without a destination");
	r = check_dest(e, err);
	if (r == 0)
		r = check_ports(e, err);
	if (r == 0 && e->reason && strlen(e->reason) > EDIT_REASON_MAX)
		r = err_set(err, EINVAL, "%.60s: a reason of more than %d bytes",
			    e->dest, EDIT_REASON_MAX);
	return r;
}

/* The value that is meant: a glob that matches one listener, for one. */
static void plain_value(struct text *t, const struct edit *e)
{
	if (e->kind == EDIT_NEW_NAME && e->is_wildcard)
		text_add(t, "*.", 2);
	if (e->kind != EDIT_NEW_UNIX) {
		text_add(t, e->dest, strlen(e->dest));
		return;
	}
	for (const char *s = e->dest; *s; s++) {
		if (strchr("*?\\", *s))
			text_add(t, "\\", 1);
		text_add(t, s, 1);
	}
}

/* The value in quotes; it is printable ASCII (text_check()). */
static void add_value(struct text *t, const struct edit *e, char quote)
{
	struct text value = { 0 };

	plain_value(&value, e);
	t->failed |= value.failed;
	text_add(t, &quote, 1);
	for (size_t i = 0; i < value.len; i++) {
		char c = value.bytes[i];

		if (c == quote)
			text_add(t, quote == '"' ? "\\" : "'", 1);
		else if (c == '\\' && quote == '"')
			text_add(t, "\\", 1);
		text_add(t, &c, 1);
	}
	text_add(t, &quote, 1);
	free(value.bytes);
}

/* The character at *p, which is moved behind it; U+FFFD for a byte that is
 * none (RFC 3629). */
static uint32_t next_character(const char **p)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	const unsigned char *s = (const unsigned char *)(*p)++;
	size_t more = s[0] < 0x80	      ? 0
		      : (s[0] & 0xe0) == 0xc0 ? 1
		      : (s[0] & 0xf0) == 0xe0 ? 2
		      : (s[0] & 0xf8) == 0xf0 ? 3
					      : 4;
	uint32_t c = more > 3 ? 0xfffd : s[0] & (0x7fu >> (more + !!more));

	for (size_t i = 1; i <= more && more <= 3; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0xfffd;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (more > 3 || c < least[more] || c > 0x10ffff ||
	    (c >= 0xd800 && c <= 0xdfff))
		return 0xfffd;
	*p += more;
	return c;
}

static void add_quoted(struct text *t, const char *s)
{
	text_add(t, "\"", 1);
	while (*s) {
		uint32_t c = next_character(&s);

		if (c == '"' || c == '\\')
			text_put(t, "\\%c", (int)c);
		else if (c >= ' ' && c <= '~')
			text_put(t, "%c", (int)c);
		else
			text_put(t, c > 0xffff ? "\\U%08x" : "\\u%04x", c);
	}
	text_add(t, "\"", 1);
}

static void add_utf8(struct text *t, uint32_t c)
{
	unsigned char b[4] = { (unsigned char)c };
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = n; n > 1 && i-- > 1; c >>= 6)
		b[i] = (unsigned char)(0x80 | (c & 0x3f));
	if (n > 1)
		b[0] = (unsigned char)(0xf00u >> n | c);
	text_add(t, b, n);
}

void text_reason(struct text *t, const char *reason)
{
	text_add(t, "", 0);
	while (*reason)
		add_utf8(t, next_character(&reason));
}

void text_comment(struct text *t, const char *comment)
{
	size_t n = 0;

	text_add(t, "# ", 2);
	for (; *comment && n < EDIT_COMMENT_MAX; comment++, n++)
		text_add(t, *comment >= ' ' && *comment <= '~' ? comment : "?",
			 1);
	if (*comment)
		text_add(t, "...", 3);
}

void text_port(struct text *t, const struct port_range *p)
{
	text_put(t, p->first == p->last ? "%u" : "\"%u-%u\"", p->first, p->last);
}

static void add_ports(struct text *t, const struct edit *e)
{
	text_add(t, "[", 1);
	for (size_t i = 0; i < e->n_ports; i++) {
		if (i)
			text_add(t, ", ", 2);
		text_port(t, &e->ports[i]);
	}
	text_add(t, "]", 1);
}

/* What stands between one key and the next. */
static void add_key(struct text *t, const char *key, const struct shape *s)
{
	const char *quote = s->is_flow && s->quotes_keys ? "\"" : "";

	text_put(t, "%s%s%s: ", quote, key, quote);
}

/* The keys of a rule, with a separator (in braces) or a line each. */
static void add_rule(struct text *t, const struct edit *e, const struct shape *s)
{
	struct text between = { 0 };

	if (s->is_flow) {
		text_put(&between, ", ");
	} else {
		text_put(&between, "%s", s->eol);
		text_indent(&between, s->column + s->gap);
	}
	add_key(t, e->kind == EDIT_NEW_NAME ? "pattern" : "cidr", s);
	add_value(t, e, s->quote);
	if (!e->all_ports) {
		text_add(t, between.bytes, between.len);
		add_key(t, "ports", s);
		add_ports(t, e);
	}
	if (e->kind == EDIT_NEW_NAME && e->allow_private) {
		text_add(t, between.bytes, between.len);
		add_key(t, "allow_private", s);
		text_put(t, "true");
	}
	if (e->reason) {
		text_add(t, between.bytes, between.len);
		add_key(t, "reason", s);
		add_quoted(t, e->reason);
	}
	t->failed |= between.failed;
	free(between.bytes);
}

void text_flow_entry(struct text *t, const struct edit *e, const struct shape *s)
{
	struct shape flow = *s;

	flow.is_flow = true;
	if (e->kind == EDIT_NEW_UNIX) {
		add_value(t, e, s->quote);
		return;
	}
	text_add(t, "{", 1);
	add_rule(t, e, &flow);
	text_add(t, "}", 1);
}

void text_block_entry(struct text *t, const struct edit *e, const struct shape *s)
{
	if (e->comment) {
		text_indent(t, s->column);
		text_comment(t, e->comment);
		text_put(t, "%s", s->eol);
	}
	text_indent(t, s->column);
	text_add(t, "-", 1);
	text_indent(t, s->gap - 1);
	if (s->is_flow || e->kind == EDIT_NEW_UNIX)
		text_flow_entry(t, e, s);
	else
		add_rule(t, e, s);
	text_put(t, "%s", s->eol);
}
