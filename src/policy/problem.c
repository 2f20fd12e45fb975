/* SPDX-License-Identifier: MIT */
/* The list of what is wrong with a file. */
#include "policy/problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void add(struct problems *ps, bool is_error, struct place at,
		const char *fmt, va_list ap)
	__attribute__((format(printf, 4, 0)));

static void add(struct problems *ps, bool is_error, struct place at,
		const char *fmt, va_list ap)
{
	struct problem *p;

	if (is_error)
		ps->n_errors++;
	else
		ps->n_warnings++;
	if (ps->n == PROBLEMS_MAX)
		return;
	p = &ps->list[ps->n++];
	p->is_error = is_error;
	p->line = at.line;
	p->column = at.column;
	vsnprintf(p->text, sizeof(p->text), fmt, ap);
	for (char *s = p->text; *s; s++)
		if (*s < ' ' || *s > '~')
			*s = '?';
}

void problems_error(struct problems *ps, struct place at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(ps, true, at, fmt, ap);
	va_end(ap);
}

void problems_warn(struct problems *ps, struct place at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(ps, false, at, fmt, ap);
	va_end(ap);
}

static bool is_before(const struct problem *a, const struct problem *b)
{
	return a->line < b->line || (a->line == b->line && a->column < b->column);
}

void problems_sort(struct problems *ps)
{
	for (size_t i = 1; i < ps->n; i++)
		for (size_t k = i;
		     k > 0 && is_before(&ps->list[k], &ps->list[k - 1]); k--) {
			struct problem tmp = ps->list[k];

			ps->list[k] = ps->list[k - 1];
			ps->list[k - 1] = tmp;
		}
}

const char *problem_quote(const char *text, char buf[QUOTE_MAX])
{
	size_t at = 0;

	buf[at++] = '\'';
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		/* The longest way to write a byte, dots, a quote and a NUL. */
		if (at + 4 + 5 > QUOTE_MAX) {
			memcpy(buf + at, "...", 3);
			at += 3;
			break;
		}
		if (c >= ' ' && c <= '~' && c != '\\')
			buf[at++] = (char)c;
		else
			at += (size_t)sprintf(buf + at, "\\x%02x", c);
	}
	buf[at++] = '\'';
	buf[at] = '\0';
	return buf;
}
