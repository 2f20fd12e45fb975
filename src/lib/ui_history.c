/* SPDX-License-Identifier: MIT */
/* One session: what is new in it, its pages, its counts. */
#include "lib/ui_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "audit/browse.h"
#include "audit/filter.h"
#include "base/cleanup.h"
#include "base/clock.h"

#define COUNT_NS    20000000 /* how long a call counts */
#define COUNT_ROWS  256     /* ... and how much before it looks at the clock */
#define PAGES_TRIED 16	     /* pages a call looks into under a filter */

AUTO(ef_ui_page, ef_ui_page_free)
AUTO(filter, filter_free)

static const struct session_info *info(const struct ef_ui_history *h)
{
	return reader_session(h->reader, h->session);
}

void ef_ui_history_close(struct ef_ui_history *history)
{
	if (!history)
		return;
	reader_close(history->reader);
	filter_free(history->filter);
	tally_free(history->all);
	tally_free(history->some);
	free(history->marks);
	free(history);
}

/* Repeats that came after a row was counted are not in the counts; when the
 * session has ended, they are made again. */
static void count_again(struct ef_ui_history *h)
{
	struct tally *all = tally_new(), *some = h->some ? tally_new() : NULL;

	if (all) {
		tally_free(h->all);
		h->all = all;
	}
	if (some) {
		tally_free(h->some);
		h->some = some;
	}
}

int ef_ui_history_refresh(struct ef_ui_history *history, struct ef_error *err)
{
	int64_t last = info(history)->last_seq;
	enum session_state state = info(history)->state;
	struct ef_err why = { 0 };
	int r = reader_refresh(history->reader, history->session, &why);

	if (r < 0)
		return handle_error(err, &why, r);
	if (info(history)->state != state)
		count_again(history);
	return handle_error(err, NULL, 0)
		       ? 0
		       : info(history)->last_seq != last ||
				 info(history)->state != state;
}

const char *ef_ui_history_text(struct ef_ui_history *history,
			       enum ef_ui_session what)
{
	return ui_session_text(history->reader, history->session, what,
			       history->text, sizeof(history->text));
}

long long ef_ui_history_number(const struct ef_ui_history *history,
			       enum ef_ui_session what)
{
	const struct tally_totals *t = tally_totals(history->all);
	int64_t n = ui_session_number(info(history), what);

	if ((int)what == EF_UI_COUNTED) {
		n = t->seq;
		if (history->some && tally_totals(history->some)->seq < n)
			n = tally_totals(history->some)->seq;
		return n;
	}
	if (n >= 0)
		return n;
	switch ((int)what) {
	case EF_UI_ALLOWED:
		return t->allowed;
	case EF_UI_DENIED:
		return t->denied;
	case EF_UI_WOULD:
		return t->would;
	case EF_UI_HELD:
		return t->held;
	default:
		return n;
	}
}

int ef_ui_history_filter(struct ef_ui_history *history, const char *text,
			 struct ef_error *err)
{
	auto_of(filter) struct filter *f = NULL;
	struct tally *some = NULL;
	struct ef_err why = { 0 };
	int r = filter_compile(text, clock_wall_ms(), &f, &why);

	if (r < 0)
		return handle_error(err, &why, r);
	if (!filter_is_empty(f)) {
		some = tally_new();
		if (!some)
			return handle_error(err, NULL, -ENOMEM);
	}
	filter_free(history->filter);
	tally_free(history->some);
	history->filter = some ? STEAL(f) : NULL;
	history->some = some;
	return handle_error(err, NULL, 0);
}

void ef_ui_history_collapse(struct ef_ui_history *history, int collapse)
{
	history->is_collapsed = collapse != 0;
}

/* Where a mark is, or where it would be. */
static size_t mark_at(const struct ef_ui_history *h, int64_t seq)
{
	size_t low = 0, high = h->n_marks;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (h->marks[mid] < seq)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

int ef_ui_history_is_marked(const struct ef_ui_history *history, long long seq)
{
	size_t i = mark_at(history, seq);

	return i < history->n_marks && history->marks[i] == seq;
}

int ef_ui_history_mark(struct ef_ui_history *history, long long seq, int marked)
{
	size_t i = mark_at(history, seq);
	int64_t *m;

	if (ef_ui_history_is_marked(history, seq) == (marked != 0))
		return (int)history->n_marks;
	if (!history->marks) {
		history->marks = calloc(UI_MARKS_MAX, sizeof(*m));
		if (!history->marks)
			return -ENOMEM;
	}
	if (marked && history->n_marks == UI_MARKS_MAX)
		return -ENOSPC;
	m = history->marks + i;
	if (marked) {
		memmove(m + 1, m, (history->n_marks - i) * sizeof(*m));
		*m = seq;
		history->n_marks++;
	} else {
		history->n_marks--;
		memmove(m, m + 1, (history->n_marks - i) * sizeof(*m));
	}
	return (int)history->n_marks;
}

/* Is a row shown in lists, under a filter (NULL: none)? */
static bool is_listed(struct ef_ui_history *h, const struct filter *f,
		      struct row *r)
{
	if (f) {
		r->is_marked = ef_ui_history_is_marked(h, r->seq) != 0;
		return filter_selects(f, r);
	}
	return r->type == ROW_ATTEMPT || r->type == ROW_EVENT ||
	       r->type == ROW_DECISION;
}

/* The row of a page that this one is alike and near to, or -1. */
static long find_alike(const struct ui_table *t, size_t i)
{
	static const int same[] = { EF_UI_VERDICT, EF_UI_PROGRAM,
				    EF_UI_DESTINATION, EF_UI_PORT, EF_UI_REASON };
	int64_t at = ui_table_number(t, i, EF_UI_AT_MS) / UI_COLLAPSE_MS;

	for (size_t k = i; k-- > 0;) {
		bool is_alike = true;

		if (ui_table_number(t, k, EF_UI_AT_MS) / UI_COLLAPSE_MS != at)
			return -1;
		for (size_t s = 0; s < sizeof(same) / sizeof(same[0]); s++)
			is_alike = is_alike &&
				   !strcmp(ui_table_text(t, k, same[s]),
					   ui_table_text(t, i, same[s]));
		if (is_alike)
			return (long)k;
	}
	return -1;
}

static void add_line(struct ef_ui_history *h, struct ui_table *t,
		     const struct row *r)
{
	long i = ui_table_add(t), k;

	ui_row_fill(t, i, r);
	k = i > 0 && h->is_collapsed && r->type == ROW_ATTEMPT
		    ? find_alike(t, (size_t)i)
		    : -1;
	if (k < 0)
		return;
	ui_table_set(t, k, EF_UI_COUNT,
		     ui_table_number(t, (size_t)k, EF_UI_COUNT) + r->count);
	ui_table_set(t, k, EF_UI_LAST_SEQ, r->seq);
	t->n--;
}

static int load(struct ef_ui_history *h, int64_t after, struct ef_ui_page **ret,
		struct ef_err *err)
{
	auto_of(ef_ui_page) struct ef_ui_page *p = calloc(1, sizeof(*p));
	struct page page = { 0 };
	int r = p ? reader_page(h->reader, h->session, after, &page, err)
		  : err_set(err, ENOMEM, "out of memory");

	if (r < 0)
		return r;
	p->table.columns = EF_UI_HOST + 1;
	p->after = after;
	p->last = after + UI_PAGE_NUMBERS;
	if (p->last > info(h)->last_seq)
		p->last = info(h)->last_seq;
	for (size_t i = 0; i < page.n && page.rows[i].seq <= p->last; i++)
		if (is_listed(h, h->filter, &page.rows[i]))
			add_line(h, &p->table, &page.rows[i]);
	page_done(&page);
	if (p->table.failed)
		return err_set(err, ENOMEM, "out of memory");
	*ret = STEAL(p);
	return 0;
}

/* How a seek that found nothing ended. */
static int nothing(const struct ef_ui_history *h, int64_t seq, bool backwards)
{
	return (backwards ? seq <= 0 : seq >= info(h)->last_seq) ? 0 : -EAGAIN;
}

static int find_page(struct ef_ui_history *h, int64_t seq, bool backwards,
		     struct ef_ui_page **ret, long long *ret_seq,
		     struct ef_err *err)
{
	int64_t found;

	for (int i = 0; i < PAGES_TRIED; i++) {
		int64_t after;
		int r = browse_seek(h->reader, h->session, h->filter, seq,
				    backwards, &found, err);

		if (r < 0)
			return r;
		*ret_seq = found;
		if (r == 0)
			return nothing(h, found, backwards);
		after = (found - 1) / UI_PAGE_NUMBERS * UI_PAGE_NUMBERS;
		r = load(h, after, ret, err);
		if (r < 0 || (*ret)->table.n)
			return r < 0 ? r : 1;
		seq = backwards ? after : (*ret)->last;
		*ret_seq = seq;
		ef_ui_page_free(*ret);
		*ret = NULL;
	}
	return nothing(h, seq, backwards);
}

int ef_ui_history_page(struct ef_ui_history *history, long long seq,
		       int backwards, struct ef_ui_page **ret,
		       long long *ret_seq, struct ef_error *err)
{
	struct ef_err why = { 0 };
	int r;

	*ret = NULL;
	r = find_page(history, seq < 0 ? 0 : seq, backwards != 0, ret, ret_seq,
		      &why);
	if (r == -EAGAIN)
		return r;
	return handle_error(err, &why, r < 0 ? r : 0) < 0 ? r : r;
}

/* The first or last row of a page that both filters select, or 0. */
static int64_t find_in(struct ef_ui_history *h, const struct filter *f,
		       struct page *page, int64_t from, int64_t to,
		       bool backwards)
{
	int64_t found = 0;

	for (size_t i = 0; i < page->n; i++) {
		struct row *r = &page->rows[i];

		if (r->seq < from || r->seq > to || !filter_selects(f, r) ||
		    !is_listed(h, h->filter, r))
			continue;
		found = r->seq;
		if (!backwards)
			break;
	}
	return found;
}

static int search(struct ef_ui_history *h, const struct filter *f, int64_t seq,
		  bool backwards, long long *ret_seq, struct ef_err *err)
{
	struct page page = { 0 };
	int64_t at, found;
	int r = 0;

	for (int i = 0; i < PAGES_TRIED; i++) {
		r = browse_seek(h->reader, h->session, f, seq, backwards, &at,
				err);
		if (r <= 0)
			break;
		found = (at - 1) / UI_PAGE_NUMBERS * UI_PAGE_NUMBERS;
		r = reader_page(h->reader, h->session, found, &page, err);
		if (r < 0)
			break;
		seq = found + UI_PAGE_NUMBERS;
		if (backwards)
			*ret_seq = find_in(h, f, &page, found + 1, at, true);
		else
			*ret_seq = find_in(h, f, &page, at, seq, false);
		page_done(&page);
		if (*ret_seq)
			return 1;
		at = seq = backwards ? found : seq;
	}
	*ret_seq = at;
	return r < 0 ? r : nothing(h, at, backwards);
}

int ef_ui_history_search(struct ef_ui_history *history, const char *text,
			 long long seq, int backwards, long long *ret_seq,
			 struct ef_error *err)
{
	auto_of(filter) struct filter *f = NULL;
	struct ef_err why = { 0 };
	int r = filter_compile(text, clock_wall_ms(), &f, &why);

	if (r == 0)
		r = search(history, f, backwards ? seq - 1 : seq,
			   backwards != 0, ret_seq, &why);
	if (r == -EAGAIN)
		return r;
	handle_error(err, &why, r < 0 ? r : 0);
	return r;
}

int ef_ui_history_row(struct ef_ui_history *history, long long seq,
		      struct ef_ui_page **ret, struct ef_error *err)
{
	auto_of(ef_ui_page) struct ef_ui_page *p = calloc(1, sizeof(*p));
	struct page page = { 0 };
	struct ef_err why = { 0 };
	int r;

	*ret = NULL;
	if (!p)
		return handle_error(err, NULL, -ENOMEM);
	p->table.columns = EF_UI_YAML + 1;
	p->after = seq - 1;
	p->last = seq;
	r = reader_row(history->reader, history->session, seq, &page, &why);
	if (r == 0)
		r = ui_row_fill_all(&p->table, ui_table_add(&p->table), history,
				    page.rows);
	page_done(&page);
	if (r < 0 || p->table.failed)
		return handle_error(err, &why, r < 0 ? r : -ENOMEM);
	*ret = STEAL(p);
	return handle_error(err, NULL, 0);
}

int ef_ui_history_count(struct ef_ui_history *history, struct ef_error *err)
{
	int64_t until = clock_mono_ns() + COUNT_NS;
	struct ef_err why = { 0 };
	int r;

	do {
		r = tally_step(history->all, history->reader, history->session,
			       NULL, COUNT_ROWS, &why);
		if (r == 0 && history->some)
			r = tally_step(history->some, history->reader,
				       history->session, history->filter,
				       COUNT_ROWS, &why);
	} while (r > 0 && clock_mono_ns() < until);
	handle_error(err, &why, r < 0 ? r : 0);
	return r;
}
