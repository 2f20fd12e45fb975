/* SPDX-License-Identifier: MIT */
/* Finding rows: text, and denials. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "view.h"

/* A text as one word of the filter language. */
static void quote(const char *text, char *buf, size_t size)
{
	size_t n = 0;

	buf[n++] = '"';
	for (; *text && n + 4 < size; text++) {
		if (*text == '"' || *text == '\\')
			buf[n++] = '\\';
		buf[n++] = *text;
	}
	buf[n++] = '"';
	buf[n] = '\0';
}

/* One step of a search in the record; false when it is over. */
bool find_step(struct app *a)
{
	char filter[600];
	struct ef_error err = { 0 };
	long long found = 0;
	int r;

	if (!a->searching_at || !a->history)
		return false;
	if (!strcmp(a->search, "\nDENY"))
		snprintf(filter, sizeof(filter), "verdict:deny");
	else
		quote(a->search, filter, sizeof(filter));
	r = ef_ui_history_search(a->history, filter,
				 a->searching_at < 0 ? 0 : a->searching_at,
				 a->search_back, &found, &err);
	if (r == -EAGAIN) {
		a->searching_at = found + (a->search_back ? 1 : 0);
		app_say(a, "searching: as far as %lld", found);
		return true;
	}
	a->searching_at = 0;
	if (r == 1) {
		live_go(a, found);
	} else if (r < 0 || a->search_round) {
		app_say(a, "%s", r < 0 ? err.text : "nothing found");
	} else {
		/* from the other end, once */
		a->search_round = true;
		a->searching_at =
			a->search_back
				? ef_ui_history_number(a->history, EF_UI_LAST) + 1
				: -1;
		app_say(a, "search goes round");
		return true;
	}
	return false;
}

static void start(struct app *a, bool backwards)
{
	long long seq = feed_number(&a->feed, a->lists[AT_LIVE].cursor,
				    backwards ? EF_UI_SEQ : EF_UI_LAST_SEQ);

	a->search_back = backwards;
	a->search_round = false;
	a->searching_at = seq ? seq : -1;
	while (find_step(a) && a->search_round)
		;
}

/* Case counts when the text has a capital letter. */
static bool contains(const char *cell, const char *text)
{
	bool is_exact = false;

	for (const char *p = text; *p; p++)
		is_exact |= *p >= 'A' && *p <= 'Z';
	return is_exact ? strstr(cell, text) != NULL
			: strcasestr(cell, text) != NULL;
}

/* In lists that are all there: from row to row, and round. */
static void find_in_list(struct app *a, bool backwards, bool with_this)
{
	const struct view *v = view_now(a);
	struct list *l = app_list(a);
	char cell[1024];

	for (long i = with_this ? 0 : 1; i <= l->n; i++) {
		long row = (l->cursor + (backwards ? l->n - i : i)) % l->n;

		for (int k = 0; k < v->n_columns; k++) {
			v->cell(a, row, k, cell, sizeof(cell));
			if (!contains(cell, a->search))
				continue;
			if (backwards ? row > l->cursor : row < l->cursor)
				app_say(a, "search went round");
			l->cursor = row;
			list_fit(l);
			return;
		}
	}
	app_say(a, "nothing found");
}

void find_search(struct app *a, const char *text)
{
	snprintf(a->search, sizeof(a->search), "%s", text);
	if (!*text)
		return;
	if (a->at != AT_LIVE) {
		find_in_list(a, false, true);
		return;
	}
	start(a, false);
}

void find_next(struct app *a, bool backwards)
{
	if (!*a->search || *a->search == '\n') {
		app_say(a, "no search yet: / begins one");
		return;
	}
	if (a->at == AT_LIVE)
		start(a, backwards);
	else if (app_list(a)->n)
		find_in_list(a, backwards, false);
}

void find_denied(struct app *a, bool backwards)
{
	const struct view *v = view_now(a);
	struct list *l = app_list(a);
	char old[sizeof(a->search)];

	for (long row = l->cursor + (backwards ? -1 : 1);
	     row >= 0 && row < l->n; row += backwards ? -1 : 1) {
		if (!v->is_denied(a, row))
			continue;
		a->follow = false;
		l->cursor = row;
		list_fit(l);
		return;
	}
	if (a->at != AT_LIVE) {
		app_say(a, "no DENY in this direction");
		return;
	}
	memcpy(old, a->search, sizeof(old));
	snprintf(a->search, sizeof(a->search), "\nDENY");
	start(a, backwards);
	if (!a->searching_at)
		memcpy(a->search, old, sizeof(old));
}
