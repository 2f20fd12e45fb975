// SPDX-License-Identifier: MIT
// Outside text made printable. One decoder says what a character is; each form
// of output has one function that says how it is written there.
#include "audit/escape.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct span {
	uint32_t first, last;
};

/*
 * Characters that show nothing, or that change how others are shown: C1,
 * fillers, joiners, directional and zero-width characters, variation
 * selectors, tags, line separators (Unicode 15, Default_Ignorable_Code_Point,
 * and general categories Cc, Cf, Zl, Zp).
 */
static const struct span invisible[] = {
	{ 0x0000, 0x001f },   { 0x007f, 0x009f },   { 0x00ad, 0x00ad },
	{ 0x034f, 0x034f },   { 0x0600, 0x0605 },   { 0x061c, 0x061c },
	{ 0x06dd, 0x06dd },   { 0x070f, 0x070f },   { 0x0890, 0x0891 },
	{ 0x08e2, 0x08e2 },   { 0x115f, 0x1160 },   { 0x17b4, 0x17b5 },
	{ 0x180b, 0x180f },   { 0x200b, 0x200f },   { 0x2028, 0x202e },
	{ 0x2060, 0x206f },   { 0x3164, 0x3164 },   { 0xfe00, 0xfe0f },
	{ 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },   { 0xfff0, 0xfffb },
	{ 0xfffe, 0xffff },   { 0x110bd, 0x110bd }, { 0x110cd, 0x110cd },
	{ 0x13430, 0x1343f }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
	{ 0xe0000, 0xe0fff },
};

static bool is_invisible(uint32_t c)
{
	for (size_t i = 0; i < sizeof(invisible) / sizeof(*invisible); i++)
		if (c <= invisible[i].last)
			return c >= invisible[i].first;
	return (c & 0xfffe) == 0xfffe; /* no characters (Unicode 23.7) */
}

struct glyph {
	const unsigned char *bytes;
	size_t len;    /* bytes it takes */
	uint32_t code; /* its number; the byte when it is no UTF-8 */
	bool is_valid;
	bool is_plain; /* may be shown as it is */
};

/* The bytes after the first of a well-formed sequence (RFC 3629); 0: none. */
static size_t tail_bytes(unsigned char first)
{
	if (first >= 0xc2 && first <= 0xdf)
		return 1;
	if (first >= 0xe0 && first <= 0xef)
		return 2;
	if (first >= 0xf0 && first <= 0xf4)
		return 3;
	return 0;
}

static bool decode(const unsigned char *p, size_t len, struct glyph *g)
{
	size_t tail = tail_bytes(*p);
	uint32_t c = *p;

	if (c < 0x80)
		return true;
	if (!tail || tail >= len)
		return false;
	c &= 0x3fu >> tail;
	for (size_t i = 1; i <= tail; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return false;
		c = c << 6 | (p[i] & 0x3f);
	}
	if ((tail == 2 && c < 0x800) || (tail == 3 && c < 0x10000) ||
	    (c >= 0xd800 && c <= 0xdfff) || c > 0x10ffff)
		return false;
	g->len = tail + 1;
	g->code = c;
	return true;
}

static struct glyph next_glyph(const unsigned char *p, size_t len)
{
	struct glyph g = { .bytes = p, .len = 1, .code = *p };

	g.is_valid = decode(p, len, &g);
	g.is_plain = g.is_valid && !is_invisible(g.code);
	return g;
}

#define PIECE_MAX 16

/* The text of one glyph; its length. */
static size_t piece_text(const struct glyph *g, char *out)
{
	if (g->code == '\\' && g->is_plain)
		return (size_t)snprintf(out, PIECE_MAX, "\\\\");
	if (g->is_plain) {
		memcpy(out, g->bytes, g->len);
		return g->len;
	}
	if (!g->is_valid || g->code < 0x80)
		return (size_t)snprintf(out, PIECE_MAX, "\\x%02x", g->code);
	return (size_t)snprintf(out, PIECE_MAX,
				g->code > 0xffff ? "\\U%08x" : "\\u%04x",
				g->code);
}

/* A line being built; it ends in "..." once something did not fit. */
struct line {
	char *buf;
	size_t size, len;
	size_t keep; /* where "..." would still fit */
	bool is_cut;
};

static struct line line_into(char *buf, size_t size)
{
	struct line l = { .buf = buf, .size = size, .is_cut = size == 0 };

	if (size)
		buf[0] = '\0';
	return l;
}

static void line_add(struct line *l, const char *piece, size_t len)
{
	if (l->is_cut)
		return;
	if (len >= l->size - l->len) {
		size_t room = l->size - 1 - l->keep;

		memcpy(l->buf + l->keep, "...", room < 3 ? room : 3);
		l->buf[l->keep + (room < 3 ? room : 3)] = '\0';
		l->is_cut = true;
		return;
	}
	memcpy(l->buf + l->len, piece, len);
	l->len += len;
	l->buf[l->len] = '\0';
	if (l->len + 3 < l->size)
		l->keep = l->len;
}

static void line_add_text(struct line *l, const unsigned char *p, size_t len,
			  bool in_quotes)
{
	while (len && !l->is_cut) {
		struct glyph g = next_glyph(p, len);
		char piece[PIECE_MAX];

		if (in_quotes && g.code == '\'' && g.is_valid)
			line_add(l, "\\'", 2);
		else
			line_add(l, piece, piece_text(&g, piece));
		p += g.len;
		len -= g.len;
	}
}

char *escape_text(const void *text, size_t len, char *buf, size_t size)
{
	struct line l = line_into(buf, size);

	line_add_text(&l, text, len, false);
	return buf;
}

static bool wants_quotes(const unsigned char *arg, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (arg[i] == ' ' || arg[i] == '\'' || arg[i] == '"')
			return true;
	return len == 0;
}

char *escape_argv(const char *argv, size_t len, char *buf, size_t size)
{
	struct line l = line_into(buf, size);

	for (size_t at = 0; at < len && !l.is_cut;) {
		const unsigned char *arg = (const unsigned char *)argv + at;
		size_t n = strnlen(argv + at, len - at);
		bool quoted = wants_quotes(arg, n);

		if (at)
			line_add(&l, " ", 1);
		if (quoted)
			line_add(&l, "'", 1);
		line_add_text(&l, arg, n, quoted);
		if (quoted)
			line_add(&l, "'", 1);
		at += n + 1;
	}
	return buf;
}

static size_t piece_json(const struct glyph *g, char *out)
{
	uint32_t c = g->code;

	if (!g->is_valid)
		return (size_t)snprintf(out, PIECE_MAX, "\xef\xbf\xbd");
	if (c == '"' || c == '\\')
		return (size_t)snprintf(out, PIECE_MAX, "\\%c", (char)c);
	if (c == '\n')
		return (size_t)snprintf(out, PIECE_MAX, "\\n");
	if (c == '\t')
		return (size_t)snprintf(out, PIECE_MAX, "\\t");
	if (g->is_plain) {
		memcpy(out, g->bytes, g->len);
		return g->len;
	}
	if (c <= 0xffff)
		return (size_t)snprintf(out, PIECE_MAX, "\\u%04x", c);
	c -= 0x10000; /* a pair of surrogates, RFC 8259 section 7 */
	return (size_t)snprintf(out, PIECE_MAX, "\\u%04x\\u%04x",
				0xd800 + (c >> 10), 0xdc00 + (c & 0x3ff));
}

bool escape_json(const void *text, size_t len, char *buf, size_t size,
		 size_t *ret_len)
{
	const unsigned char *p = text;
	size_t at = 0;

	*ret_len = 0;
	if (!size)
		return false;
	buf[0] = '\0';
	while (len) {
		struct glyph g = next_glyph(p, len);
		char piece[PIECE_MAX];
		size_t n = piece_json(&g, piece);

		if (n >= size - at)
			return false;
		memcpy(buf + at, piece, n);
		at += n;
		buf[at] = '\0';
		*ret_len = at;
		p += g.len;
		len -= g.len;
	}
	return true;
}

static bool is_safe_in_shell(const unsigned char *p, size_t len)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789_@%+=:,./-";

	for (size_t i = 0; i < len; i++)
		if (!p[i] || !strchr(safe, p[i]))
			return false;
	return len && *p != '=';
}

static bool is_plain_text(const unsigned char *p, size_t len)
{
	while (len) {
		struct glyph g = next_glyph(p, len);

		if (!g.is_plain)
			return false;
		p += g.len;
		len -= g.len;
	}
	return true;
}

/* Inside $'...' each byte of what may not be shown is \ooo. */
static void add_dollar_quoted(struct line *l, const unsigned char *p, size_t len)
{
	line_add(l, "$'", 2);
	while (len) {
		struct glyph g = next_glyph(p, len);

		for (size_t i = 0; !g.is_plain && i < g.len; i++) {
			char octal[8];

			snprintf(octal, sizeof(octal), "\\%03o", g.bytes[i]);
			line_add(l, octal, 4);
		}
		if (g.is_plain && (g.code == '\'' || g.code == '\\'))
			line_add(l, "\\", 1);
		if (g.is_plain)
			line_add(l, (const char *)g.bytes, g.len);
		p += g.len;
		len -= g.len;
	}
	line_add(l, "'", 1);
}

static void add_quoted(struct line *l, const unsigned char *p, size_t len)
{
	line_add(l, "'", 1);
	for (size_t i = 0; i < len; i++) {
		if (p[i] == '\'')
			line_add(l, "'\\''", 4);
		else
			line_add(l, (const char *)p + i, 1);
	}
	line_add(l, "'", 1);
}

char *escape_shell(const void *text, size_t len, char *buf, size_t size)
{
	struct line l = line_into(buf, size);
	const unsigned char *p = text;

	if (is_safe_in_shell(p, len))
		line_add(&l, text, len);
	else if (is_plain_text(p, len))
		add_quoted(&l, p, len);
	else
		add_dollar_quoted(&l, p, len);
	if (size && (l.is_cut || memchr(text, 0, len)))
		buf[0] = '\0';
	return buf;
}
