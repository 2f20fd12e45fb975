/* SPDX-License-Identifier: MIT */
/* The program as one object: its records, its views, its filters. */
#include "app.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "view.h"

#define SAY_MS 4000

static const struct view *const views[N_VIEWS] = {
	[AT_LIVE] = &view_live,		[AT_SITES] = &view_sites,
	[AT_PROCS] = &view_procs,	[AT_RULES] = &view_rules,
	[AT_SESSIONS] = &view_sessions,
};

const struct view *view_at(int i)
{
	return views[i];
}

const struct view *view_now(const struct app *a)
{
	return a->at == AT_PROCS && a->tree ? &view_tree : views[a->at];
}

int view_find(const char *name)
{
	for (int i = 0; i < N_VIEWS; i++)
		if (!strcasecmp(views[i]->name, name))
			return i;
	return -1;
}

struct list *app_list(struct app *a)
{
	return &a->lists[a->at];
}

void app_say(struct app *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(a->message, sizeof(a->message), fmt, ap);
	va_end(ap);
	a->message_until_ms = a->now_ms + SAY_MS;
}

void app_show(struct app *a, const char *title, const char *text)
{
	pager_set(&a->text, title, text);
	a->has_text = true;
	a->is_help = false;
}

void app_ask(struct app *a, enum asked what, const char *label, const char *text)
{
	a->asked = what;
	prompt_start(&a->prompt, label, text);
}

void app_look_anew(struct app *a)
{
	long long seq = a->follow
				? 0
				: feed_number(&a->feed, a->lists[AT_LIVE].cursor,
					      EF_UI_SEQ);

	feed_clear(&a->feed);
	groups_forget(a);
	a->searching_at = 0;
	a->details_seq = 0;
	a->lists[AT_LIVE].cursor = 0;
	if (seq > 0)
		live_go(a, seq);
	if (seq > 0 && !a->feed.n_rows && !a->feed.is_looking)
		feed_to_end(&a->feed);
}

/* The filters that are on, as one. */
static void put_together(struct app *a, char *buf, size_t size)
{
	bool has_more =
		a->only_denied || a->only_marked || *a->host || *a->program;
	size_t n = 0;

#define PUT(...)                                                               \
	n += (size_t)snprintf(buf + n, n < size ? size - n : 0, __VA_ARGS__)
	*buf = '\0';
	if (*a->filter)
		PUT(has_more ? "(%s)" : "%s", a->filter);
	if (a->only_denied)
		PUT("%sverdict:deny", n ? " " : "");
	if (*a->host)
		PUT("%s%s", n ? " " : "", a->host);
	if (*a->program)
		PUT("%s%s", n ? " " : "", a->program);
	if (a->only_marked)
		PUT("%smarked:yes", n ? " " : "");
#undef PUT
}

int app_filter(struct app *a)
{
	char text[sizeof(a->effective)];
	struct ef_error err = { 0 };
	int r;

	put_together(a, text, sizeof(text));
	r = a->history ? ef_ui_history_filter(a->history, text, &err) : 0;
	if (r < 0) {
		app_say(a, "filter: %s", err.text);
		return r;
	}
	memcpy(a->effective, text, sizeof(text));
	app_look_anew(a);
	return 0;
}

int app_choose(struct app *a, size_t i)
{
	struct ef_ui_history *h;
	struct ef_error err = { 0 };
	int r = ef_ui_history_open(a->records, i, &h, &err);

	if (r < 0) {
		app_say(a, "%s", err.text);
		return r;
	}
	feed_clear(&a->feed);
	groups_forget(a);
	ef_ui_history_close(a->history);
	a->history = a->feed.history = h;
	a->is_broken = false;
	a->was_running = a->follow = ef_ui_history_number(h, EF_UI_RUNNING) == 1;
	a->paused = a->only_denied = a->only_marked = false;
	a->filter[0] = a->host[0] = a->program[0] = a->effective[0] = '\0';
	a->has_details = a->has_zoom = false;
	a->details_seq = 0;
	a->has_more = true;
	a->last_event[0] = '\0';
	memset(a->strip, 0, sizeof(a->strip));
	a->strip_ms = a->now_ms;
	a->strip_seq = ef_ui_history_number(h, EF_UI_LAST);
	a->lists[AT_LIVE] = (struct list){ .height = a->lists[AT_LIVE].height };
	feed_to_end(&a->feed);
	a->lists[AT_LIVE].n = a->feed.n_rows;
	a->lists[AT_LIVE].cursor = a->feed.n_rows - 1;
	return 0;
}

static bool is_running(struct app *a, size_t i, struct ef_error *err)
{
	if (ef_ui_records_number(a->records, i, EF_UI_RUNNING) == 1)
		return true;
	snprintf(err->text, sizeof(err->text),
		 "session %.8s does not run; to look at it: egress-filter tui "
		 "--session %.8s",
		 ef_ui_records_text(a->records, i, EF_UI_ID),
		 ef_ui_records_text(a->records, i, EF_UI_ID));
	return false;
}

int app_open(struct app *a, const struct options *o, struct ef_error *err)
{
	long i = -1;
	int r;

	memset(a, 0, sizeof(*a));
	a->options = *o;
	a->collapse = true;
	a->mouse = o->mouse;
	a->canvas.is_ascii = o->is_ascii;
	a->sort[AT_SITES] = a->sort[AT_PROCS] = 3;
	a->sort[AT_SESSIONS] = 1;
	a->descending[AT_SITES] = a->descending[AT_PROCS] =
		a->descending[AT_SESSIONS] = true;
	r = ef_ui_records_open(o->db, o->n_db, &a->records, err);
	if (r < 0)
		return r;
	if (o->session || o->running) {
		i = ef_ui_records_find(a->records, o->session, o->running, err);
		if (i < 0)
			return (int)i;
		if (o->running && !is_running(a, (size_t)i, err))
			return -ENOENT;
	}
	if (i < 0 && ef_ui_records_n(a->records) == 1)
		i = 0;
	if (i >= 0) {
		r = app_choose(a, (size_t)i);
		if (r < 0)
			snprintf(err->text, sizeof(err->text), "%s", a->message);
	}
	a->at = o->view >= 0 && (a->history || o->view == AT_SESSIONS) ? o->view
		: a->history					       ? AT_LIVE
			     : AT_SESSIONS;
	return r;
}

void app_close(struct app *a)
{
	feed_clear(&a->feed);
	groups_forget(a);
	free(a->groupings[AT_SESSIONS].shown);
	ef_ui_history_close(a->history);
	ef_ui_records_close(a->records);
	pager_done(&a->details);
	pager_done(&a->text);
	free(a->copied);
	canvas_done(&a->canvas);
}

void app_resize(struct app *a, int w, int h)
{
	canvas_resize(&a->canvas, w, h);
}

void app_done_request(struct app *a)
{
	a->request = REQUEST_NONE;
	free(a->copied);
	a->copied = NULL;
}

void app_go(struct app *a, int at)
{
	if (!a->history && at != AT_SESSIONS) {
		app_say(a, "choose a session first: Enter");
		return;
	}
	if (at == AT_SESSIONS && a->at != at) {
		struct ef_ui_records *again;

		/* sessions that began meanwhile */
		if (ef_ui_records_open(a->options.db, a->options.n_db, &again,
				       NULL) == 0) {
			ef_ui_records_close(a->records);
			a->records = again;
		}
	}
	a->at = at;
	view_now(a)->refresh(a);
}

void app_turn(struct app *a, int step)
{
	app_go(a, (a->at + step + N_VIEWS) % N_VIEWS);
}
