/* SPDX-License-Identifier: MIT */
/* A window on a history. */
#include "feed.h"

#include <errno.h>
#include <string.h>

static long count(const struct ef_ui_page *p)
{
	return (long)ef_ui_page_n(p);
}

void feed_clear(struct feed *f)
{
	for (int i = 0; i < f->n_pages; i++)
		ef_ui_page_free(f->pages[i]);
	f->n_pages = 0;
	f->n_rows = 0;
	f->at_start = f->at_end = f->is_looking = false;
}

static void drop(struct feed *f, int i)
{
	f->n_rows -= count(f->pages[i]);
	ef_ui_page_free(f->pages[i]);
	f->n_pages--;
	memmove(f->pages + i, f->pages + i + 1,
		(size_t)(f->n_pages - i) * sizeof(f->pages[0]));
}

/* Ask for a page, going on where the last call stopped looking. NULL: none
 * now. */
static struct ef_ui_page *ask(struct feed *f, long long seq, bool backwards,
			      bool *ret_end)
{
	struct ef_ui_page *p;
	int r = ef_ui_history_page(f->history, f->is_looking ? f->looked : seq,
				   backwards, &p, &f->looked, NULL);

	f->is_looking = r == -EAGAIN;
	*ret_end = r == 0 || (r < 0 && r != -EAGAIN);
	return r == 1 ? p : NULL;
}

static long add_behind(struct feed *f)
{
	long long after = 0, last = 0, first = 0, ignored;
	struct ef_ui_page *p;
	long taken = 0;

	if (f->n_pages)
		ef_ui_page_span(f->pages[f->n_pages - 1], &first, &last);
	p = ask(f, last, false, &f->at_end);
	if (!p)
		return 0;
	ef_ui_page_span(p, &after, &ignored);
	if (f->n_pages && after == first) /* the same one, with more rows */
		drop(f, f->n_pages - 1);
	if (f->n_pages == FEED_PAGES_MAX) {
		taken = count(f->pages[0]);
		drop(f, 0);
		f->at_start = false;
	}
	f->pages[f->n_pages++] = p;
	f->n_rows += count(p);
	return -taken;
}

static long add_before(struct feed *f, long long seq)
{
	long long first = seq, last;
	struct ef_ui_page *p;

	if (f->n_pages)
		ef_ui_page_span(f->pages[0], &first, &last);
	p = ask(f, first, true, &f->at_start);
	if (!p)
		return 0;
	if (f->n_pages == FEED_PAGES_MAX) {
		drop(f, f->n_pages - 1);
		f->at_end = false;
	}
	memmove(f->pages + 1, f->pages, (size_t)f->n_pages * sizeof(f->pages[0]));
	f->pages[0] = p;
	f->n_pages++;
	f->n_rows += count(p);
	return count(p);
}

long feed_more(struct feed *f, int direction)
{
	return direction > 0 ? add_behind(f)
			     : add_before(f, ef_ui_history_number(f->history,
								  EF_UI_LAST));
}

void feed_to_end(struct feed *f)
{
	feed_clear(f);
	add_before(f, ef_ui_history_number(f->history, EF_UI_LAST));
	f->at_end = f->n_pages > 0;
}

void feed_to_seq(struct feed *f, long long seq)
{
	struct ef_ui_page *p;
	bool at_end;

	feed_clear(f);
	p = ask(f, seq - 1, false, &at_end);
	if (!p)
		return;
	f->pages[f->n_pages++] = p;
	f->n_rows = count(p);
}

long feed_news(struct feed *f)
{
	long long first, last;
	struct ef_ui_page *p;
	bool ignored;

	if (f->is_looking)
		return 0;
	if (!f->at_end && f->n_pages)
		return 0;
	/* Counts and outcomes of the newest rows change; the page is small. */
	if (f->n_pages) {
		ef_ui_page_span(f->pages[f->n_pages - 1], &first, &last);
		p = ask(f, first, false, &ignored);
		f->is_looking = false;
		if (p) {
			drop(f, f->n_pages - 1);
			f->pages[f->n_pages++] = p;
			f->n_rows += count(p);
		}
	}
	return add_behind(f);
}

const struct ef_ui_page *feed_at(const struct feed *f, long row, size_t *ret_i)
{
	for (int i = 0; i < f->n_pages && row >= 0; i++) {
		if (row < count(f->pages[i])) {
			*ret_i = (size_t)row;
			return f->pages[i];
		}
		row -= count(f->pages[i]);
	}
	return NULL;
}

const char *feed_text(const struct feed *f, long row, enum ef_ui_field what)
{
	size_t i;
	const struct ef_ui_page *p = feed_at(f, row, &i);

	return p ? ef_ui_page_text(p, i, what) : "";
}

long long feed_number(const struct feed *f, long row, enum ef_ui_field what)
{
	size_t i;
	const struct ef_ui_page *p = feed_at(f, row, &i);

	return p ? ef_ui_page_number(p, i, what) : 0;
}

long feed_find(const struct feed *f, long long seq)
{
	long found = -1;

	for (long row = 0; row < f->n_rows; row++) {
		long long first = feed_number(f, row, EF_UI_SEQ);

		if (first > seq)
			break;
		found = row;
		if (first == seq)
			return row;
	}
	/* a row that shares another one's: the nearest that spans it */
	for (long row = found; row >= 0; row--)
		if (feed_number(f, row, EF_UI_LAST_SEQ) >= seq)
			return row;
	return found;
}
