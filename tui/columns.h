/* SPDX-License-Identifier: MIT */
#ifndef TUI_COLUMNS_H
#define TUI_COLUMNS_H

#include <stdbool.h>

#include "canvas.h"

/* The columns of a list: which are shown at a width, and how wide. Pure. */
#define COLUMNS_MAX 10

struct column {
	const char *title;
	int width;     /* at 100 columns and more */
	int narrow;    /* below that; 0: as .width */
	int from;      /* shown on screens of so many columns and more */
	int share;     /* of what is left over, in parts; 0: none */
	bool is_right; /* numbers */
};

struct layout {
	int x[COLUMNS_MAX], width[COLUMNS_MAX]; /* width 0: not shown */
};

/* Lay n columns out on width columns, the first one for the mark. */
void columns_lay_out(const struct column *columns, int n, int width,
		     struct layout *ret);

/* Draw the heading; the sorted column (-1: none) has a mark. */
void columns_heading(struct canvas *c, int y, const struct column *columns,
		     int n, const struct layout *l, int sorted, bool descending);

/* Draw one cell. */
void columns_cell(struct canvas *c, int y, const struct column *columns, int i,
		  const struct layout *l, enum role role, const char *text);

#endif
