/* SPDX-License-Identifier: MIT */
/*
 * Lists and maps in lines: where the next line can stand.
 *
 * The end of such a value is marked at the next token, so the lines from its
 * last certain byte to there are looked at: what is indented deeper than the
 * list belongs to it, and blank lines and other comments to what follows. A
 * literal or folded scalar is such a value itself, and its blank lines may be
 * part of its text.
 */
#include <stdlib.h>
#include <string.h>

#include "learn/splice_impl.h"

size_t block_line_start(const struct plan *p, size_t at)
{
	while (at > 0 && p->text[at - 1] != '\n')
		at--;
	return at;
}

size_t block_line_end(const struct plan *p, size_t at)
{
	const char *lf =
		at < p->len ? memchr(p->text + at, '\n', p->len - at) : NULL;

	return lf ? (size_t)(lf + 1 - p->text) : p->len;
}

bool block_is_first(const struct plan *p, size_t at)
{
	while (at > 0 && p->text[at - 1] == ' ')
		at--;
	return at == 0 || p->text[at - 1] == '\n';
}

const char *block_eol(const struct plan *p, size_t at)
{
	size_t end = block_line_end(p, at);

	if (end == 0 || p->text[end - 1] != '\n')
		end = block_line_end(p, 0);
	return end > 1 && p->text[end - 2] == '\r' && p->text[end - 1] == '\n'
		       ? "\r\n"
		       : "\n";
}

/* The first byte of a line that is not blank; its end when there is none. */
static size_t first_byte(const struct plan *p, size_t line)
{
	while (line < p->len && strchr(" \t\r", p->text[line]) && p->text[line])
		line++;
	return line;
}

static bool is_blank(const struct plan *p, size_t line)
{
	size_t first = first_byte(p, line);

	return first == p->len || p->text[first] == '\n';
}

/* The last thing written within a spot; for a key without a value the key. */
static const struct spot *last_leaf(const struct spot *s)
{
	const struct spot *key = NULL, *last;

	while (s->style == SPOT_BLOCK && (last = locate_last(s))) {
		key = NULL;
		if (s->kind == SPOT_MAP)
			for (key = s->first; key->next != last;)
				key = key->next;
		s = last;
	}
	return s->start == s->end && key ? key : s;
}

static bool is_in_block(const struct spot *leaf)
{
	return leaf->kind == SPOT_SCALAR && leaf->style == SPOT_BLOCK_SCALAR;
}

/* The header of a literal or folded scalar ("|+2") has an indicator. */
static bool has_indicator(const struct plan *p, const struct spot *leaf, char c)
{
	for (size_t i = leaf->start + 1; i < p->len; i++) {
		if (p->text[i] == c)
			return true;
		if (!strchr("+-123456789", p->text[i]) || !p->text[i])
			return false;
	}
	return false;
}

/*
 * Its last line break is missing, and would become part of the text if one
 * were put in.
 */
static bool is_cut_short(const struct plan *p, const struct spot *leaf, size_t at)
{
	return is_in_block(leaf) && at == p->len && at > 0 &&
	       p->text[at - 1] != '\n' && !has_indicator(p, leaf, '-');
}

/* Blank lines that a literal or folded scalar may own: with '+' all of them,
 * else those that are not empty. */
static size_t blank_lines(const struct plan *p, const struct spot *leaf,
			  size_t at, size_t limit)
{
	bool keeps_all = has_indicator(p, leaf, '+');
	size_t owned = at;

	while (at < limit && is_blank(p, at)) {
		bool is_empty = p->text[at] == '\n' || p->text[at] == '\r';

		at = block_line_end(p, at);
		if (keeps_all || !is_empty)
			owned = at;
	}
	return owned;
}

int block_end(struct plan *p, const struct spot *s, size_t column, size_t *ret)
{
	const struct spot *leaf = last_leaf(s);
	size_t from = is_in_block(leaf) ? leaf->start : leaf->end;
	size_t end = block_line_end(p, from);

	for (size_t line = end; line < p->len && first_byte(p, line) < s->end;
	     line = block_line_end(p, line))
		if (!is_blank(p, line) && first_byte(p, line) - line > column)
			end = block_line_end(p, line);
	if (is_in_block(leaf))
		end = blank_lines(p, leaf, end, s->end);
	if (is_cut_short(p, leaf, end))
		return plan_refuse(p, leaf,
				   "the text of '|' or '>' ends without a line "
				   "break");
	*ret = end;
	return 0;
}

int block_document_end(struct plan *p, size_t *ret, bool *ret_blank)
{
	size_t end = p->where.end;
	const struct spot *leaf = p->where.root ? last_leaf(p->where.root) : NULL;

	if (leaf && is_cut_short(p, leaf, end))
		return plan_refuse(p, leaf,
				   "the text of '|' or '>' ends without a line "
				   "break");
	*ret_blank = end > 0 && !is_blank(p, block_line_start(p, end - 1)) &&
		     !(leaf && is_in_block(leaf) && has_indicator(p, leaf, '+'));
	*ret = end;
	return 0;
}

/* Where what follows a value in a map in lines begins. */
static size_t value_limit(const struct spot *map, const struct spot *value)
{
	return value->next ? value->next->start : map->end;
}

/* Take [] or null off the line it stands on. */
static int cut_value(struct plan *p, const struct spot *value)
{
	size_t from = value->start, to = value->end;
	struct text none = { 0 };

	if (from == to)
		return 0;
	if (block_is_first(p, from) && is_blank(p, to)) {
		from = block_line_start(p, from);
		to = block_line_end(p, to);
	} else if (block_is_first(p, from)) {
		to = first_byte(p, to);
	} else {
		while (from > 0 && strchr(" \t", p->text[from - 1]))
			from--;
	}
	return plan_add(p, from, to - from, false, &none);
}

int block_begin(struct plan *p, const struct spot *map, const struct spot *key,
		const struct spot *value, struct text *t)
{
	size_t limit = value_limit(map, value), end, colon = key->end;
	int ret;

	while (colon < p->len && strchr(" \t", p->text[colon]) && p->text[colon])
		colon++;
	if (colon >= p->len || p->text[colon] != ':')
		ret = plan_refuse(p, key, "a key that is written with '?'");
	else
		ret = cut_value(p, value);
	if (ret < 0) {
		free(t->bytes);
		return ret;
	}
	end = block_line_end(p, value->end > colon ? value->end - 1 : colon);
	for (size_t line = end; line < p->len && first_byte(p, line) < limit;
	     line = block_line_end(p, line))
		if (!is_blank(p, line) &&
		    first_byte(p, line) - line >= key->column)
			end = block_line_end(p, line);
	return plan_add(p, end, 0, true, t);
}
