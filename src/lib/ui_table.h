/* SPDX-License-Identifier: MIT */
#ifndef EF_LIB_UI_TABLE_H
#define EF_LIB_UI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Rows of numbers and texts: what pages and groups are made of. A cell that
 * was not set is 0 and "". All zero but for .columns is an empty one.
 */
struct ui_table {
	int columns;
	size_t n;
	int64_t *numbers; /* private from here on */
	uint32_t *texts;  /* where in .bytes */
	size_t room;
	char *bytes;
	size_t len, size;
	bool failed; /* out of memory: not all of it is there */
};

/* One more row, empty; its index, or -1 without memory. */
long ui_table_add(struct ui_table *t);

/* Set a number. row may be -1: then nothing happens. */
void ui_table_set(struct ui_table *t, long row, int column, int64_t n);

/* Set a text, which is copied. */
void ui_table_put(struct ui_table *t, long row, int column, const char *text);

/* A number; 0 outside the table. */
int64_t ui_table_number(const struct ui_table *t, size_t row, int column);

/* A text; "" outside the table. */
const char *ui_table_text(const struct ui_table *t, size_t row, int column);

/* Free what it holds. */
void ui_table_done(struct ui_table *t);

#endif
