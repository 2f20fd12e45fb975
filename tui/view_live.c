/* SPDX-License-Identifier: MIT */
/* The list of attempts, as they come. */
#include <stdio.h>
#include <string.h>

#include "view.h"

enum {
	COL_TIME,
	COL_VERDICT,
	COL_PROGRAM,
	COL_WHERE,
	COL_PORT,
	COL_COUNT,
	COL_REASON,
	N_COLUMNS
};

static const struct column columns[N_COLUMNS] = {
	[COL_TIME] = { "TIME", 8, 0, 80, 0, false },
	[COL_VERDICT] = { "VERD", 6, 0, 0, 0, false },
	[COL_PROGRAM] = { "PROCESS", 15, 9, 60, 0, false },
	[COL_WHERE] = { "DESTINATION", 27, 10, 0, 3, false },
	[COL_PORT] = { "PORT", 9, 8, 0, 0, false },
	[COL_COUNT] = { "COUNT", 5, 0, 50, 0, true },
	[COL_REASON] = { "RULE / REASON", 10, 4, 80, 2, false },
};

static struct list *list(struct app *a)
{
	return &a->lists[AT_LIVE];
}

/* A page at each end, until the list has what it shows and a page more. */
void live_fill(struct app *a)
{
	struct list *l = list(a);
	int room = l->height > 0 ? l->height : 1;

	for (int i = 0; i < FEED_PAGES_MAX && a->history; i++) {
		bool wants_more = l->top + 2L * room > a->feed.n_rows;

		if (l->top < room && !a->feed.at_start)
			list_shift(l, feed_more(&a->feed, -1));
		else if (wants_more && !a->feed.at_end)
			list_shift(l, feed_more(&a->feed, 1));
		else
			break;
		l->n = a->feed.n_rows;
		if (a->feed.is_looking)
			break;
	}
	l->n = a->feed.n_rows;
	if (a->follow)
		l->cursor = l->n - 1;
	list_fit(l);
}

void live_go(struct app *a, long long seq)
{
	struct list *l = list(a);
	long row = feed_find(&a->feed, seq);

	a->follow = false;
	if (row < 0 || feed_number(&a->feed, row, EF_UI_LAST_SEQ) < seq) {
		feed_to_seq(&a->feed, seq);
		row = feed_find(&a->feed, seq);
		l->top = row > l->height / 2 ? row - l->height / 2 : 0;
	}
	l->n = a->feed.n_rows;
	l->cursor = row;
	list_fit(l);
	live_fill(a);
}

void live_news(struct app *a)
{
	struct list *l = list(a);
	long long seq = feed_number(&a->feed, l->cursor, EF_UI_SEQ);
	long row, offset = l->cursor - l->top;

	list_shift(l, feed_news(&a->feed));
	l->n = a->feed.n_rows;
	row = feed_find(&a->feed, seq);
	if (!a->follow && row >= 0) {
		l->cursor = row;
		l->top = row - offset;
	}
	live_fill(a);
}

static void refresh(struct app *a)
{
	if (!a->feed.n_pages && !a->feed.is_looking)
		feed_to_end(&a->feed);
	live_fill(a);
}

static const char *verdict_word(const char *verdict)
{
	if (!strcmp(verdict, "deny"))
		return "DENY";
	return !strcmp(verdict, "held") ? "HELD" : verdict;
}

static enum role role_of(const char *verdict)
{
	if (!strcmp(verdict, "deny"))
		return ROLE_DENY;
	if (!strcmp(verdict, "held") || !strcmp(verdict, "would"))
		return ROLE_HELD;
	return !strcmp(verdict, "note") ? ROLE_NOTE : ROLE_PLAIN;
}

/* "169.254.169.254 !danger" */
static void show_where(struct app *a, long row, char *buf, size_t size)
{
	const char *risks = feed_text(&a->feed, row, EF_UI_RISKS);
	const char *where = feed_text(&a->feed, row, EF_UI_DESTINATION);

	if (strstr(risks, "danger"))
		snprintf(buf, size, "%s !danger", where);
	else if (strstr(risks, "raw"))
		snprintf(buf, size, "%s !raw", where);
	else
		snprintf(buf, size, "%s", where);
}

static enum role cell(struct app *a, long row, int column, char *buf, size_t size)
{
	const struct feed *f = &a->feed;
	const char *verdict = feed_text(f, row, EF_UI_VERDICT);
	long long seq = feed_number(f, row, EF_UI_SEQ);
	long long n = feed_number(f, row, EF_UI_COUNT);
	char time[16];

	switch (column) {
	case COL_TIME:
		snprintf(buf, size, "%s",
			 time_of_day(feed_number(f, row, EF_UI_AT_MS), time));
		break;
	case COL_VERDICT:
		snprintf(buf, size, "%s%s",
			 ef_ui_history_is_marked(a->history, seq) ? "*" : "",
			 verdict_word(verdict));
		break;
	case COL_PROGRAM:
		snprintf(buf, size, "%s", feed_text(f, row, EF_UI_PROGRAM));
		break;
	case COL_WHERE:
		show_where(a, row, buf, size);
		break;
	case COL_PORT:
		snprintf(buf, size, "%s", feed_text(f, row, EF_UI_PORT));
		break;
	case COL_COUNT:
		snprintf(buf, size, "%.0lld", n);
		break;
	default:
		snprintf(buf, size, "%s", feed_text(f, row, EF_UI_REASON));
	}
	return role_of(verdict);
}

static bool is_denied(struct app *a, long row)
{
	return !strcmp(feed_text(&a->feed, row, EF_UI_VERDICT), "deny");
}

static void status(struct app *a, char *buf, size_t size)
{
	const struct feed *f = &a->feed;
	const struct list *l = list(a);
	long long at = feed_number(f, l->cursor, EF_UI_SEQ);

	if (f->is_looking)
		snprintf(buf, size, "looking: as far as %lld of %lld", f->looked,
			 ef_ui_history_number(a->history, EF_UI_LAST));
	else if (f->at_start && f->at_end)
		snprintf(buf, size, "row %ld of %ld   event %lld",
			 l->n ? l->cursor + 1 : 0, l->n, at);
	else
		snprintf(buf, size, "event %lld of %lld", at,
			 ef_ui_history_number(a->history, EF_UI_LAST));
}

static void open_row(struct app *a)
{
	a->has_details = true;
	a->details.top = 0;
}

const struct view view_live = {
	.bit = VIEW_LIVE,
	.key = '1',
	.name = "Live",
	.title = "Live list",
	.columns = columns,
	.n_columns = N_COLUMNS,
	.refresh = refresh,
	.cell = cell,
	.is_denied = is_denied,
	.status = status,
	.open = open_row,
};
