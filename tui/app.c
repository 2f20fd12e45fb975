/* SPDX-License-Identifier: MIT */
/* What keys and time do. */
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

/* Everything that was read of the session, anew. */
static void look_anew(struct app *a)
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
	look_anew(a);
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

static void go_on(struct app *a, int step)
{
	app_go(a, (a->at + step + N_VIEWS) % N_VIEWS);
}

static void toggle_filter(struct app *a, bool *flag)
{
	*flag = !*flag;
	if (app_filter(a) < 0)
		*flag = !*flag;
}

/* "host=...", "exe~/node$": of the chosen row, or away. */
static void only_this(struct app *a, char *buf, size_t size, const char *field,
		      enum ef_ui_field what)
{
	struct grouping *g = &a->groupings[a->at];
	long group = groups_chosen(a);
	const char *text;

	if (*buf) {
		*buf = '\0';
		app_filter(a);
		return;
	}
	if (group >= 0) {
		snprintf(buf, size, "%s",
			 ef_ui_groups_text(g->groups, (size_t)group, EF_UI_WHERE));
	} else {
		text = feed_text(&a->feed, app_list(a)->cursor, what);
		if (*text && !strpbrk(text, "\"\\"))
			snprintf(buf, size, "%s\"%s\"",
				 what == EF_UI_DESTINATION &&
						 !*feed_text(&a->feed,
							     app_list(a)->cursor,
							     EF_UI_HOST)
					 ? ""
					 : field,
				 text);
	}
	if (!*buf)
		app_say(a, "no filter can tell this from others");
	else if (app_filter(a) < 0)
		*buf = '\0';
}

static void only_program(struct app *a)
{
	char *buf = a->program;
	const char *name =
		feed_text(&a->feed, app_list(a)->cursor, EF_UI_PROGRAM);

	if (*buf || a->at != AT_LIVE) {
		only_this(a, buf, sizeof(a->program), "", EF_UI_PROGRAM);
		return;
	}
	if (!*name ||
	    name[strspn(name, "abcdefghijklmnopqrstuvwxyz_-"
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")]) {
		app_say(a, "no filter can tell this program from others");
		return;
	}
	snprintf(buf, sizeof(a->program), "(exe~/%s$ or comm=%s)", name, name);
	if (app_filter(a) < 0)
		*buf = '\0';
}

static void clear_filters(struct app *a)
{
	a->filter[0] = a->host[0] = a->program[0] = '\0';
	a->only_denied = a->only_marked = false;
	app_filter(a);
}

static void mark(struct app *a)
{
	struct list *l = app_list(a);
	long long seq = feed_number(&a->feed, l->cursor, EF_UI_SEQ);
	int n;

	if (!seq)
		return;
	n = ef_ui_history_mark(a->history, seq,
			       !ef_ui_history_is_marked(a->history, seq));
	if (n == -ENOSPC)
		app_say(a, "too many marks");
	a->follow = false;
	list_move(l, ACT_DOWN);
}

static void unmark(struct app *a)
{
	for (long row = 0; row < a->feed.n_rows; row++)
		ef_ui_history_mark(a->history,
				   feed_number(&a->feed, row, EF_UI_SEQ), 0);
	a->only_marked = false;
	app_filter(a);
}

static void sort_by(struct app *a, int column)
{
	int n = view_now(a)->n_columns;

	a->sort[a->at] = (column + n) % n;
	if (a->at == AT_SESSIONS)
		view_now(a)->refresh(a);
	else
		groups_arrange(a);
	app_say(a, "sorted by %s, %s", view_now(a)->columns[a->sort[a->at]].title,
		a->descending[a->at] ? "descending" : "ascending");
}

static void invert(struct app *a)
{
	a->descending[a->at] = !a->descending[a->at];
	sort_by(a, a->sort[a->at]);
}

static void toggle_tree(struct app *a)
{
	struct grouping *g = &a->groupings[AT_PROCS];

	a->tree = !a->tree;
	a->sort[AT_PROCS] = a->tree ? 1 : 3;
	a->descending[AT_PROCS] = !a->tree;
	ef_ui_groups_free(g->groups);
	free(g->shown);
	free(g->open);
	*g = (struct grouping){ 0 };
	app_list(a)->cursor = 0;
	view_now(a)->refresh(a);
}

static void pause_display(struct app *a)
{
	a->paused = !a->paused;
	a->paused_at = ef_ui_history_number(a->history, EF_UI_LAST);
	if (!a->paused) {
		live_news(a);
		view_now(a)->refresh(a);
	}
}

static void follow(struct app *a)
{
	a->follow = !a->follow;
	if (!a->follow)
		return;
	a->paused = false;
	if (!a->feed.at_end)
		feed_to_end(&a->feed);
	live_news(a);
}

/* One level back. False: there is none. */
static bool back(struct app *a)
{
	if (a->has_text)
		a->has_text = false;
	else if (a->has_zoom)
		a->has_zoom = false;
	else if (a->at == AT_LIVE && a->has_details)
		a->has_details = false;
	else
		return groups_chosen(a) >= 0 && groups_open(a, 0);
	return true;
}

static void quit(struct app *a, bool now)
{
	if (!now && back(a))
		return;
	if (!now && a->history &&
	    ef_ui_history_number(a->history, EF_UI_RUNNING) == 1) {
		app_ask(a, ASKED_QUIT,
			"Leave? The command keeps running. [y/n] ", "");
		return;
	}
	a->request = REQUEST_LEAVE;
}

static void first_or_last(struct app *a, enum action action)
{
	struct list *l = app_list(a);

	if (a->at == AT_LIVE && action == ACT_FIRST && !a->feed.at_start)
		feed_to_seq(&a->feed, 1);
	else if (a->at == AT_LIVE && action == ACT_LAST && !a->feed.at_end)
		feed_to_end(&a->feed);
	if (a->at == AT_LIVE)
		l->n = a->feed.n_rows;
	list_move(l, action);
}

static void move(struct app *a, enum action action)
{
	if (a->has_text) {
		pager_move(&a->text, action, a->canvas.h - 3);
		return;
	}
	if (a->has_zoom) {
		pager_move(&a->details, action, a->canvas.h - 3);
		return;
	}
	if (action == ACT_FIRST || action == ACT_LAST)
		first_or_last(a, action);
	else
		list_move(app_list(a), action);
	if (a->at == AT_LIVE) {
		/* who moves up wants to stay there */
		a->follow = a->follow && action == ACT_LAST;
		live_fill(a);
	}
}

static void redraw(struct app *a)
{
	int r = a->history ? ef_ui_history_refresh(a->history, NULL) : 0;

	if (r >= 0)
		a->is_broken = false;
	if (a->history)
		look_anew(a);
	a->request = REQUEST_REDRAW;
}

static void act(struct app *a, enum action action)
{
	switch (action) {
	case ACT_DOWN:
	case ACT_UP:
	case ACT_HALF_DOWN:
	case ACT_HALF_UP:
	case ACT_PAGE_DOWN:
	case ACT_PAGE_UP:
	case ACT_FIRST:
	case ACT_LAST:
		move(a, action);
		break;
	case ACT_NEXT_DENY:
	case ACT_PREV_DENY:
		find_denied(a, action == ACT_PREV_DENY);
		break;
	case ACT_LIVE:
	case ACT_SITES:
	case ACT_PROCS:
	case ACT_RULES:
	case ACT_SESSIONS:
		app_go(a, AT_LIVE + (int)(action - ACT_LIVE));
		break;
	case ACT_NEXT_VIEW:
	case ACT_PREV_VIEW:
		go_on(a, action == ACT_NEXT_VIEW ? 1 : -1);
		break;
	case ACT_OPEN:
		if (app_list(a)->n)
			view_now(a)->open(a);
		break;
	case ACT_CLOSE:
		back(a);
		break;
	case ACT_SEARCH:
		app_ask(a, ASKED_SEARCH, "/", "");
		break;
	case ACT_SEARCH_NEXT:
	case ACT_SEARCH_PREV:
		find_next(a, action == ACT_SEARCH_PREV);
		break;
	case ACT_FILTER:
		app_ask(a, ASKED_FILTER, "filter: ", a->filter);
		break;
	case ACT_CLEAR:
		clear_filters(a);
		break;
	case ACT_ONLY_DENIED:
		toggle_filter(a, &a->only_denied);
		break;
	case ACT_ONLY_HOST:
		only_this(a, a->host, sizeof(a->host),
			  "host=", EF_UI_DESTINATION);
		break;
	case ACT_ONLY_PROGRAM:
		only_program(a);
		break;
	case ACT_FOLLOW:
		follow(a);
		break;
	case ACT_PAUSE:
		pause_display(a);
		break;
	case ACT_SORT:
		app_ask(a, ASKED_SORT, "sort by: ", "");
		break;
	case ACT_SORT_LEFT:
	case ACT_SORT_RIGHT:
		sort_by(a, a->sort[a->at] + (action == ACT_SORT_LEFT ? -1 : 1));
		break;
	case ACT_INVERT:
		invert(a);
		break;
	case ACT_TREE:
		toggle_tree(a);
		break;
	case ACT_COLLAPSE:
		a->collapse = !a->collapse;
		ef_ui_history_collapse(a->history, a->collapse);
		look_anew(a);
		app_say(a, a->collapse ? "repeats within 2 s share a row"
				       : "each attempt has its own row");
		break;
	case ACT_HIDE_USED:
		a->hide_used = !a->hide_used;
		groups_arrange(a);
		break;
	case ACT_GROW:
	case ACT_SHRINK:
		a->details_more += action == ACT_GROW ? 1 : -1;
		break;
	case ACT_ZOOM:
		a->has_details = true;
		a->has_zoom = !a->has_zoom;
		break;
	case ACT_PANE_UP:
	case ACT_PANE_DOWN:
		pager_move(&a->details,
			   action == ACT_PANE_UP ? ACT_UP : ACT_DOWN, 3);
		break;
	case ACT_MOUSE:
		a->mouse = !a->mouse;
		a->request = REQUEST_MOUSE;
		app_say(a, a->mouse ? "mouse on" : "mouse off");
		break;
	case ACT_WHY:
		act_why(a);
		break;
	case ACT_MARK:
		mark(a);
		break;
	case ACT_MARKED_ONLY:
		toggle_filter(a, &a->only_marked);
		break;
	case ACT_UNMARK:
		unmark(a);
		break;
	case ACT_COPY:
		app_ask(a,
			ASKED_COPY, "copy: h host  p host:port  r rule  c command  j JSON  ",
			"");
		break;
	case ACT_JSON:
		act_json(a);
		break;
	case ACT_EXPORT:
		app_ask(a, ASKED_EXPORT,
			"export to (.ndjson .csv .md .yaml): ", "");
		break;
	case ACT_EDIT:
		act_edit(a);
		break;
	case ACT_COMMAND:
		app_ask(a, ASKED_COMMAND, ":", "");
		break;
	case ACT_HELP:
		act_help(a);
		break;
	case ACT_REDRAW:
		redraw(a);
		break;
	case ACT_SUSPEND:
		a->request = REQUEST_SUSPEND;
		break;
	case ACT_QUIT:
		quit(a, false);
		break;
	case ACT_LEAVE:
		quit(a, true);
		break;
	case ACT_NONE:
	case N_ACTIONS:
	default:
		break;
	}
}

/* A column by the beginning of its title. */
static void sort_by_name(struct app *a, const char *name)
{
	const struct view *v = view_now(a);

	for (int i = 0; i < v->n_columns; i++) {
		if (strncasecmp(v->columns[i].title, name, strlen(name)) != 0)
			continue;
		sort_by(a, i);
		return;
	}
	app_say(a, "no column begins with %s", name);
}

/* A line was typed. */
static void answer(struct app *a, enum asked what, const char *line)
{
	char old[sizeof(a->filter)];

	switch (what) {
	case ASKED_SEARCH:
		find_search(a, line);
		break;
	case ASKED_FILTER:
		memcpy(old, a->filter, sizeof(old));
		snprintf(a->filter, sizeof(a->filter), "%s", line);
		if (app_filter(a) < 0)
			memcpy(a->filter, old, sizeof(old));
		break;
	case ASKED_COMMAND:
		act_command(a, line);
		break;
	case ASKED_EXPORT:
		if (*line)
			act_export(a, line, false);
		break;
	case ASKED_SORT:
		if (*line)
			sort_by_name(a, line);
		break;
	case ASKED_NOTHING:
	case ASKED_COPY:
	case ASKED_OVERWRITE:
	case ASKED_QUIT:
	default:
		break;
	}
}

/* A question that one key answers; any but the right one is no. */
static void answer_key(struct app *a, enum asked what, int key)
{
	if (what == ASKED_COPY)
		act_copy(a, key);
	else if (what == ASKED_OVERWRITE && key == 'y')
		act_export(a, a->export_path, true);
	else if (what == ASKED_QUIT && (key == 'y' || key == 'q'))
		a->request = REQUEST_LEAVE;
}

static void key_while_asked(struct app *a, int key)
{
	enum asked what = a->asked;

	if (what >= ASKED_COPY) {
		a->asked = ASKED_NOTHING;
		answer_key(a, what, key);
		return;
	}
	switch (prompt_key(&a->prompt, key)) {
	case PROMPT_DONE:
		a->asked = ASKED_NOTHING;
		answer(a, what, a->prompt.text);
		break;
	case PROMPT_GIVEN_UP:
		a->asked = ASKED_NOTHING;
		break;
	case PROMPT_GOES_ON:
	default:
		break;
	}
}

static void no_such_key(struct app *a, int key)
{
	char name[16];

	if (key == '5')
		app_say(a,
			"drafts come to the screen later; now: egress-filter "
			"draft");
	else if (key == '7')
		app_say(a, "questions come to the screen with the ask mode, "
			   "later");
	else
		app_say(a, "%s does nothing here; ? lists the keys",
			keymap_name(key, name));
}

void app_key(struct app *a, int key)
{
	enum action action;

	if (a->asked) {
		key_while_asked(a, key);
		return;
	}
	action = keymap_action(a->has_text ? VIEW_TEXT : view_now(a)->bit, key);
	if (a->has_text && a->is_help && action == ACT_NONE)
		a->has_text = false;
	else if (action == ACT_NONE)
		no_such_key(a, key);
	else
		act(a, action);
}

void app_click(struct app *a, int y, int x)
{
	struct list *l = app_list(a);
	long row = l->top + y - a->list_y;

	(void)x;
	if (a->has_text || a->asked || y < a->list_y ||
	    y >= a->list_y + a->list_rows || row >= l->n)
		return;
	a->follow = false;
	l->cursor = row;
}

void app_wheel(struct app *a, int direction)
{
	for (int i = 0; i < 3 && !a->asked; i++)
		move(a, direction < 0 ? ACT_UP : ACT_DOWN);
}

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
