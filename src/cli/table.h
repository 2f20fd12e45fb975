/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_TABLE_H
#define EF_CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Tables: on a terminal columns of fixed width with a heading, cut to its
 * width; elsewhere one record a line, tabs between, nothing cut, no heading.
 * Cells are printable text already (audit/escape.h).
 */
#define TABLE_COLUMNS_MAX 24

struct column {
	const char *title;
	int width; /* on a terminal; negative: to the right */
};

struct table {
	struct column columns[TABLE_COLUMNS_MAX];
	size_t n;
	bool is_terminal;
	int room; /* columns of the terminal */
	FILE *f;
};

/* A table for this stream. */
struct table table_for(FILE *f);

/* One more column; false when there are too many. */
bool table_add(struct table *t, const char *title, int width);

/* The heading, where there is one. */
void table_heading(const struct table *t);

/*
 * One record: the text of each column, in order. color is an SGR parameter
 * ("31") for the column at color_at where the stream takes colour, or NULL.
 */
void table_row(const struct table *t, const char *const *cells, size_t color_at,
	       const char *color);

#endif
