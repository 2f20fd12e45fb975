/* SPDX-License-Identifier: MIT */
#ifndef TUI_FEED_H
#define TUI_FEED_H

#include <egressfilter-ui.h>

#include <stdbool.h>

/*
 * A window on the rows of a history: pages that follow each other, at most
 * FEED_PAGES_MAX of them, however many rows there are. Rows are counted from
 * the first one in the window.
 */
#define FEED_PAGES_MAX 48

struct feed {
	struct ef_ui_history *history; /* not owned */
	struct ef_ui_page *pages[FEED_PAGES_MAX];
	int n_pages;
	long n_rows;
	bool at_start, at_end; /* nothing is before, behind */
	long long looked;      /* how far a search for a page has come */
	bool is_looking;       /* ... which is not over */
};

/* Forget all pages. */
void feed_clear(struct feed *f);

/* Begin anew at the end. */
void feed_to_end(struct feed *f);

/* Begin anew at the row of this number, or the first one behind it. */
void feed_to_seq(struct feed *f, long long seq);

/*
 * Load one more page behind (1) or before (-1) the window. Returns how many
 * rows were put in front (before), or taken away there (behind, negative):
 * what list_shift() wants. The rest is told by n_rows, at_start, at_end and
 * is_looking (call again: a filter selects little).
 */
long feed_more(struct feed *f, int direction);

/* Read the last page again, and what is new behind it. As feed_more(). */
long feed_news(struct feed *f);

/* The page of a row and its index in it, or NULL. */
const struct ef_ui_page *feed_at(const struct feed *f, long row, size_t *ret_i);

/* A text of a row. */
const char *feed_text(const struct feed *f, long row, enum ef_ui_field what);

/* A number of a row. */
long long feed_number(const struct feed *f, long row, enum ef_ui_field what);

/* The row that shows this number, or the one before it; -1: none. */
long feed_find(const struct feed *f, long long seq);

#endif
