/* SPDX-License-Identifier: MIT */
#ifndef TUI_CANVAS_H
#define TUI_CANVAS_H

#include <stdbool.h>
#include <stdio.h>
#include <wchar.h>

/*
 * The picture of a screen: a grid of cells. Everything is drawn on one; a
 * terminal, a file or a test then gets it. Columns and rows count from 0;
 * what lies outside is not drawn. Pure.
 */

/* What a text is, never how it looks; colour carries nothing alone. */
enum role { ROLE_PLAIN, ROLE_TITLE, ROLE_DENY, ROLE_HELD, ROLE_NOTE, N_ROLES };

struct cell {
	wchar_t ch; /* 0: the right half of a wide character */
	unsigned char role;
	bool reverse;
};

struct canvas {
	int w, h;
	bool is_ascii; /* lines and marks are made of ASCII */
	struct cell *cells;
};

/* Give it a size and blank it. False: no memory, and the size is 0 x 0. */
bool canvas_resize(struct canvas *c, int w, int h);

/* Blank rows from y to y + n - 1. */
void canvas_blank(struct canvas *c, int y, int n);

/*
 * Write text at (y, x) into at most max columns, cut with '~'. Returns the
 * columns used. The text is printable (the library escapes); what does not fit
 * the locale is shown as \xNN.
 */
int canvas_text(struct canvas *c, int y, int x, int max, enum role role,
		const char *text);

/* The same for a cell of a list: what is not ASCII is shown as \uNNNN, so that
 * columns stay straight on every terminal. */
int canvas_cell(struct canvas *c, int y, int x, int max, enum role role,
		const char *text);

/* Formatted; cut at the right edge. */
int canvas_printf(struct canvas *c, int y, int x, enum role role,
		  const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* Text that ends at column end (not included). Returns where it begins. */
int canvas_right(struct canvas *c, int y, int end, enum role role,
		 const char *text);

/* A line across row y. */
void canvas_rule(struct canvas *c, int y);

/* Reverse n cells from (y, x). */
void canvas_reverse(struct canvas *c, int y, int x, int n);

/* Columns a text takes when drawn. */
int canvas_width(const char *text);

/* Write it as lines of text, blanks at their ends left out. */
void canvas_write(const struct canvas *c, FILE *f);

/* Free what it holds. */
void canvas_done(struct canvas *c);

#endif
