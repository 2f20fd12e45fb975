/* SPDX-License-Identifier: MIT */
/* Showing a text. */
#include "pager.h"

#include <stdlib.h>
#include <string.h>

void pager_set(struct pager *p, const char *title, const char *text)
{
	free(p->text);
	p->text = strdup(text);
	p->top = 0;
	snprintf(p->title, sizeof(p->title), "%s", title);
}

void pager_done(struct pager *p)
{
	free(p->text);
	p->text = NULL;
}

/* The bytes of a line's beginning that fit the width: whole characters. */
static size_t fitting(const char *line, size_t len, int width)
{
	char ch[8];
	size_t at = 0;
	int used = 0;

	while (at < len) {
		size_t n = 1;

		while (at + n < len && n < 4 && (line[at + n] & 0xc0) == 0x80)
			n++;
		memcpy(ch, line + at, n);
		ch[n] = '\0';
		used += canvas_width(ch);
		if (used > width)
			return at ? at : n;
		at += n;
	}
	return len;
}

/* Go over the lines; those in sight are drawn (c NULL: none). */
static long walk(const struct pager *p, struct canvas *c, int y, int x,
		 int width, int height)
{
	const char *line = p->text ? p->text : "";
	char buf[2048];
	long n = 0;

	while (*line && width > 0) {
		size_t len = strcspn(line, "\n"), fit = fitting(line, len, width);
		long row = n - p->top;

		if (fit >= sizeof(buf))
			fit = sizeof(buf) - 1;
		memcpy(buf, line, fit);
		buf[fit] = '\0';
		if (c && row >= 0 && row < height)
			canvas_text(c, y + (int)row, x, width, ROLE_PLAIN, buf);
		n++;
		line += fit;
		if (fit == len && *line == '\n')
			line++;
	}
	return n;
}

long pager_draw(struct pager *p, struct canvas *c, int y, int x, int width,
		int height)
{
	long n = walk(p, NULL, y, x, width, height);

	if (p->top > n - height)
		p->top = n > height ? n - height : 0;
	return walk(p, c, y, x, width, height);
}

int pager_move(struct pager *p, enum action action, int height)
{
	struct list l = { .n = 1000000, .cursor = p->top, .height = height };

	if (action == ACT_LAST)
		p->top = l.n;
	else if (!list_move(&l, action))
		return 0;
	else
		p->top = l.cursor;
	return 1;
}
