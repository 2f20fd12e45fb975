/* SPDX-License-Identifier: MIT */
/* What the time brings: news of the session, and counting. */
#include "app.h"

#include <string.h>

#include "view.h"

/* How many came in each span of the strip. */
static void move_strip(struct app *a)
{
	long long last = ef_ui_history_number(a->history, EF_UI_LAST);

	if (a->now_ms - a->strip_ms > STRIP_MS * STRIP_CELLS)
		a->strip_ms = a->now_ms - STRIP_MS * STRIP_CELLS;
	while (a->now_ms - a->strip_ms >= STRIP_MS) {
		memmove(a->strip, a->strip + 1,
			sizeof(a->strip) - sizeof(a->strip[0]));
		a->strip[STRIP_CELLS - 1] = 0;
		a->strip_ms += STRIP_MS;
	}
	a->strip[STRIP_CELLS - 1] += (unsigned int)(last - a->strip_seq);
	a->strip_seq = last;
}

static void remember_event(struct app *a)
{
	const struct feed *f = &a->feed;
	long row = f->n_rows - 1;
	const char *verdict = feed_text(f, row, EF_UI_VERDICT);

	if (row < 0 || !f->at_end)
		return;
	snprintf(a->last_event, sizeof(a->last_event), "last: %s %s%s%s %s%s",
		 !strcmp(verdict, "deny") ? "DENY" : verdict,
		 feed_text(f, row, EF_UI_DESTINATION),
		 *feed_text(f, row, EF_UI_PORT) ? " " : "",
		 feed_text(f, row, EF_UI_PORT),
		 *feed_text(f, row, EF_UI_PROGRAM) ? "by " : "",
		 feed_text(f, row, EF_UI_PROGRAM));
}

static void news(struct app *a)
{
	struct ef_error err = { 0 };
	int r = ef_ui_history_refresh(a->history, &err);
	bool is_running;

	if (r < 0) {
		a->is_broken = true;
		app_say(a, "the record cannot be read: %s", err.text);
		return;
	}
	is_running = ef_ui_history_number(a->history, EF_UI_RUNNING) == 1;
	move_strip(a);
	if (r == 0)
		return;
	a->has_more = true;
	if (!a->paused) {
		live_news(a);
		remember_event(a);
	}
	if (a->was_running && !is_running) {
		groups_forget(a);
		app_say(a, "the session %s",
			strcmp(ef_ui_history_text(a->history, EF_UI_STATE),
			       "ended")
				? "is over without a last row: its supervisor "
				  "is gone"
				: "has ended");
	}
	a->was_running = is_running;
}

static void count_on(struct app *a)
{
	struct ef_error err = { 0 };
	int r = ef_ui_history_count(a->history, &err);

	a->has_more = r > 0;
	if (r < 0) {
		a->is_broken = true;
		app_say(a, "counting: %s", err.text);
	}
}

bool app_tick(struct app *a)
{
	bool is_busy = false;

	if (a->history && !a->is_broken) {
		if (a->was_running || !a->last_event[0])
			news(a);
		if (a->has_more && !a->is_broken)
			count_on(a);
		is_busy = a->has_more && !a->is_broken;
	}
	if (a->history && a->feed.is_looking) {
		live_fill(a);
		is_busy |= a->feed.is_looking;
	}
	if (a->searching_at)
		is_busy |= find_step(a);
	if (a->history)
		groups_summary(a);
	if (a->at != AT_SESSIONS || !a->groupings[AT_SESSIONS].shown)
		view_now(a)->refresh(a);
	details_refresh(a);
	if (a->message[0] && a->now_ms >= a->message_until_ms)
		a->message[0] = '\0';
	return is_busy;
}
