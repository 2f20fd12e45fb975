/* SPDX-License-Identifier: MIT */
/* Lists and maps in brackets: one more item behind the last one. */
#include <stdint.h>

#include "learn/splice_impl.h"

#define NONE SIZE_MAX

/* The comma between a place and another; only blanks, line ends and comments
 * can stand there besides. */
static size_t find_comma(const struct plan *p, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		if (p->text[i] == ',')
			return i;
		if (p->text[i] == '#')
			i = block_line_end(p, i) - 1;
	}
	return NONE;
}

static bool is_on_one_line(const struct plan *p, size_t from, size_t to)
{
	return block_line_end(p, from) > to;
}

/* Behind what is there, on the same line. */
static int append_inline(struct plan *p, size_t at, bool is_empty,
			 const struct text *pieces, size_t n)
{
	struct text t = { 0 };

	for (size_t i = 0; i < n; i++) {
		if (i || !is_empty)
			text_add(&t, ", ", 2);
		text_add(&t, pieces[i].bytes, pieces[i].len);
	}
	return plan_add(p, at, 0, false, &t);
}

/* A line for each, before the line that begins at a place. */
static int append_lines(struct plan *p, size_t at, size_t indent,
			bool ends_in_comma, const struct text *pieces, size_t n)
{
	const char *eol = block_eol(p, at - 1);
	struct text t = { 0 };

	for (size_t i = 0; i < n; i++) {
		text_indent(&t, indent);
		text_add(&t, pieces[i].bytes, pieces[i].len);
		text_put(&t, "%s%s", i + 1 < n || ends_in_comma ? "," : "", eol);
	}
	return plan_add(p, at, 0, true, &t);
}

static int append_to_empty(struct plan *p, const struct spot *s,
			   const struct text *pieces, size_t n)
{
	size_t close = s->end - 1, line = block_line_start(p, close);

	if (is_on_one_line(p, s->start, close) || !block_is_first(p, close))
		return append_inline(p, close, true, pieces, n);
	return append_lines(p, line, close - line + 2, false, pieces, n);
}

/* Where the last item, or the last key, begins. */
static size_t last_start(const struct spot *s)
{
	const struct spot *i = s->first;
	size_t step = s->kind == SPOT_MAP ? 2 : 1;

	while (step == 1 ? i->next : i->next->next)
		i = step == 1 ? i->next : i->next->next;
	return i->start;
}

int flow_append(struct plan *p, const struct spot *s, const struct text *pieces,
		size_t n)
{
	const struct spot *last = locate_last(s);
	size_t close = s->end - 1, start, comma, line_end;
	struct text t = { 0 };
	int ret;

	if (!last)
		return append_to_empty(p, s, pieces, n);
	start = last_start(s);
	comma = find_comma(p, last->end, close);
	line_end = block_line_end(p, comma == NONE ? last->end : comma);
	if (!block_is_first(p, start) || line_end > close)
		return append_inline(p, last->end, false, pieces, n);
	if (comma == NONE) {
		text_add(&t, ",", 1);
		ret = plan_add(p, last->end, 0, false, &t);
		if (ret < 0)
			return ret;
	}
	return append_lines(p, line_end, start - block_line_start(p, start),
			    comma != NONE, pieces, n);
}
