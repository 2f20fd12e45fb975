/* SPDX-License-Identifier: MIT */
/* What a key, or the mouse, does. */
#include "app.h"

#include <errno.h>
#include <stdlib.h>

#include "view.h"

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

void app_sort_by(struct app *a, int column)
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
	app_sort_by(a, a->sort[a->at]);
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
		app_look_anew(a);
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
		app_turn(a, action == ACT_NEXT_VIEW ? 1 : -1);
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
		app_clear_filters(a);
		break;
	case ACT_ONLY_DENIED:
		app_toggle_filter(a, &a->only_denied);
		break;
	case ACT_ONLY_HOST:
		app_only_this(a, a->host, sizeof(a->host),
			      "host=", EF_UI_DESTINATION);
		break;
	case ACT_ONLY_PROGRAM:
		app_only_program(a);
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
		app_sort_by(a,
			    a->sort[a->at] + (action == ACT_SORT_LEFT ? -1 : 1));
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
		app_look_anew(a);
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
		app_toggle_filter(a, &a->only_marked);
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
		app_key_while_asked(a, key);
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
