/* SPDX-License-Identifier: MIT */
/* The picture: title, tabs, list, details, hints. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "view.h"

#define LEAST_W	  40
#define LEAST_H	  10
#define SIDE_FROM 140 /* columns from which details stand beside the list */
#define SMALL_W	  80
#define SMALL_H	  20

char *time_of_day(long long ms, char *buf)
{
	time_t t = (time_t)(ms / 1000);
	struct tm tm;

	localtime_r(&t, &tm);
	if (!ms || !strftime(buf, 16, "%H:%M:%S", &tm))
		strcpy(buf, "--:--:--");
	return buf;
}

char *time_span(long long ms, char *buf)
{
	long long s = ms > 0 ? ms / 1000 : 0;

	snprintf(buf, 16, "%02lld:%02lld:%02lld", s / 3600 % 1000, s / 60 % 60,
		 s % 60);
	return buf;
}

static bool is_small(const struct app *a)
{
	return a->canvas.w < SMALL_W || a->canvas.h < SMALL_H;
}

static bool has_side(const struct app *a)
{
	return a->at == AT_LIVE && a->has_details && !a->has_zoom &&
	       a->canvas.w >= SIDE_FROM;
}

/* "running 00:02:41", "ended 00:03:12  exit 1" */
static void state_text(struct app *a, char *buf, size_t size)
{
	struct ef_ui_history *h = a->history;
	const char *state = ef_ui_history_text(h, EF_UI_STATE);
	long long start = ef_ui_history_number(h, EF_UI_STARTED_MS);
	long long end = ef_ui_history_number(h, EF_UI_ENDED_MS);
	long long signal = ef_ui_history_number(h, EF_UI_SIGNAL);
	char span[16];

	time_span((end ? end : a->wall_ms) - start, span);
	if (!strcmp(state, "running") && is_small(a))
		snprintf(buf, size, "%s", span);
	else if (!strcmp(state, "running"))
		snprintf(buf, size, "running %s  pid %lld", span,
			 ef_ui_history_number(h, EF_UI_SUPERVISOR));
	else if (strcmp(state, "ended") != 0)
		snprintf(buf, size, "%s", state);
	else if (signal > 0)
		snprintf(buf, size, "ended %s  signal %lld", span, signal);
	else
		snprintf(buf, size, "ended %s  exit %lld", span,
			 ef_ui_history_number(h, EF_UI_EXIT_CODE));
}

static void draw_title(struct app *a)
{
	struct canvas *c = &a->canvas;
	char right[128], state[64], mode[16] = "";
	int x, end;

	if (!a->history) {
		canvas_text(c, 0, 1, c->w - 1, ROLE_TITLE,
			    "egress-filter  recorded sessions");
		return;
	}
	snprintf(mode, sizeof(mode), "%s",
		 ef_ui_history_text(a->history, EF_UI_MODE));
	for (char *p = mode; *p; p++)
		*p = (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
	state_text(a, state, sizeof(state));
	snprintf(right, sizeof(right), "%s%s%s", mode, is_small(a) ? " " : "  ",
		 state);
	end = canvas_right(c, 0, c->w, ROLE_TITLE, right);
	x = 1 + canvas_printf(c, 0, 1, ROLE_TITLE, "%s%.8s ",
			      is_small(a) ? "" : "egress-filter  ",
			      ef_ui_history_text(a->history, EF_UI_ID));
	canvas_text(c, 0, x + !is_small(a), end - x - 2, ROLE_TITLE,
		    ef_ui_history_text(a->history, EF_UI_ARGV));
}

/* "FOLLOW", "PAUSED +3", "sorted by DENY, descending" */
static void draw_mood(struct app *a)
{
	const struct view *v = view_now(a);
	long long more = a->history
				 ? ef_ui_history_number(a->history, EF_UI_LAST) -
					   a->paused_at
				 : 0;
	char text[64] = "";

	if (a->at == AT_SESSIONS || (a->at != AT_LIVE && !a->paused))
		snprintf(text, sizeof(text), "sorted by %s, %s",
			 v->columns[a->sort[a->at]].title,
			 a->descending[a->at] ? "descending" : "ascending");
	else if (a->paused)
		snprintf(text, sizeof(text), "PAUSED +%lld", more);
	else if (a->follow)
		snprintf(text, sizeof(text), "FOLLOW");
	canvas_right(&a->canvas, 1, a->canvas.w, ROLE_TITLE, text);
}

/* "12/s |..:-=+*=:-..|", while it runs. */
static int draw_strip(struct app *a, int x)
{
	static const char steps[] = " .:-=+*#";
	char text[STRIP_CELLS + 24];
	unsigned int most = 1;
	int n;

	for (int i = 0; i < STRIP_CELLS; i++)
		most = a->strip[i] > most ? a->strip[i] : most;
	n = snprintf(text, sizeof(text), "%u/s |",
		     a->strip[STRIP_CELLS - 2] * 1000 / STRIP_MS);
	for (int i = 0; i < STRIP_CELLS; i++)
		text[n++] = steps[(a->strip[i] * 7 + most - 1) / most];
	snprintf(text + n, sizeof(text) - (size_t)n, "|");
	return canvas_text(&a->canvas, 1, x, a->canvas.w - x - 12, ROLE_PLAIN,
			   text);
}

static void draw_counts(struct app *a)
{
	struct canvas *c = &a->canvas;
	struct ef_ui_history *h = a->history;
	long long last, counted;
	int x = 1;

	draw_mood(a);
	if (!h)
		return;
	last = ef_ui_history_number(h, EF_UI_LAST);
	counted = ef_ui_history_number(h, EF_UI_COUNTED);
	x += canvas_printf(c, 1, x, ROLE_PLAIN, "allow %lld ",
			   ef_ui_history_number(h, EF_UI_ALLOWED));
	x += canvas_printf(c, 1, x + !is_small(a), ROLE_DENY, "DENY %lld ",
			   ef_ui_history_number(h, EF_UI_DENIED)) +
	     !is_small(a);
	x += canvas_printf(c, 1, x + !is_small(a), ROLE_PLAIN, "held %lld ",
			   ef_ui_history_number(h, EF_UI_HELD)) +
	     !is_small(a);
	if (c->w >= 60)
		x += canvas_printf(c, 1, x + !is_small(a), ROLE_PLAIN,
				   "would %lld ",
				   ef_ui_history_number(h, EF_UI_WOULD));
	if (c->w < SMALL_W)
		return;
	if (a->has_more && last > 0)
		x += canvas_printf(c, 1, x + 2, ROLE_NOTE, "counting: %lld%%  ",
				   counted * 100 / last);
	else if (a->destinations)
		x += canvas_printf(c, 1, x + 2, ROLE_PLAIN,
				   "%ld destinations  ", a->destinations);
	if (c->w >= 100 && a->was_running && a->at == AT_LIVE)
		draw_strip(a, x + 4);
}

static void draw_policy(struct app *a)
{
	struct canvas *c = &a->canvas;
	char rules[96] = "", filter[256];
	const char *path = ef_ui_history_text(a->history, EF_UI_POLICY);
	int end;

	snprintf(filter, sizeof(filter), "filter: %.200s",
		 *a->effective ? a->effective : "none");
	end = canvas_right(c, 2, c->w, *a->effective ? ROLE_NOTE : ROLE_PLAIN,
			   filter);
	if (a->rules)
		snprintf(rules, sizeof(rules), ", %ld rules (%ld unused)",
			 a->rules, a->unused);
	canvas_printf(c, 2, 1, ROLE_PLAIN, "policy %.*s%s",
		      end > 48 ? end - 40 : 8, *path ? path : "none", rules);
	/* what the filter covers is drawn over */
	canvas_right(c, 2, c->w, *a->effective ? ROLE_NOTE : ROLE_PLAIN, filter);
}

static void draw_tabs(struct app *a)
{
	int x = 0;

	for (int i = 0; i < N_VIEWS; i++) {
		const struct view *v = view_at(i);
		bool is_now = i == a->at;

		x += canvas_printf(
			&a->canvas, 3, x, is_now ? ROLE_TITLE : ROLE_PLAIN,
			is_now ? "[%c %s] " : " %c %s  ", v->key, v->name);
	}
}

/* "Enter details"; NULL: this binding has no hint here. */
static const char *hint(const struct binding *b, int view, char *buf, size_t size)
{
	if (!b->hint || !(b->views & view))
		return NULL;
	snprintf(buf, size, "%.*s %s", (int)strcspn(b->keys, " "), b->keys,
		 b->hint);
	return buf;
}

/* Hints, as many as fit, and always the way to the help and out. */
static void draw_hints(struct app *a, int y)
{
	static const char last[] = "? help  q quit";
	struct canvas *c = &a->canvas;
	const struct binding *b;
	char text[64];
	int x = 1, end = c->w - (int)sizeof(last);

	for (int i = 0; (b = keymap_binding(i)); i++) {
		if (!hint(b, view_now(a)->bit, text, sizeof(text)) ||
		    strstr(last, text) || x + canvas_width(text) > end - 1)
			continue;
		x += canvas_text(c, y, x, end - x, ROLE_PLAIN, text) + 2;
	}
	canvas_text(c, y, x, c->w - x, ROLE_PLAIN, last);
}

static void draw_prompt(struct app *a, int y)
{
	struct canvas *c = &a->canvas;
	struct prompt *p = &a->prompt;
	char before[PROMPT_BYTES], shown[4 * PROMPT_BYTES];
	int x = 1 + canvas_text(c, y, 1, c->w - 2, ROLE_TITLE, p->label), room;
	const char *text;

	snprintf(before, sizeof(before), "%.*s", p->at, p->text);
	room = c->w - x - 2;
	/* the end of what stands before the cursor is always in sight */
	text = before;
	while (canvas_width(text) > room && *text)
		text++;
	ef_ui_escape(text, strlen(text), shown, sizeof(shown));
	x += canvas_text(c, y, x, room + 1, ROLE_PLAIN, shown);
	if (a->asked < ASKED_COPY)
		canvas_reverse(c, y, x, 1);
	ef_ui_escape(p->text + p->at, strlen(p->text + p->at), shown,
		     sizeof(shown));
	canvas_text(c, y, x, c->w - x - 1, ROLE_PLAIN, shown);
}

/* The last line: a prompt, a message, or the last event. */
static void draw_message(struct app *a, int y)
{
	if (a->asked)
		draw_prompt(a, y);
	else if (a->message[0])
		canvas_text(&a->canvas, y, 1, a->canvas.w - 1, ROLE_NOTE,
			    a->message);
	else if (a->paused)
		canvas_text(
			&a->canvas, y, 1, a->canvas.w - 1, ROLE_PLAIN,
			"display paused; traffic is not paused.  p resumes");
	else
		canvas_text(&a->canvas, y, 1, a->canvas.w - 1, ROLE_PLAIN,
			    a->last_event);
}

static void draw_row(struct app *a, int y, long row, const struct layout *l,
		     int width)
{
	const struct view *v = view_now(a);
	bool is_chosen = row == app_list(a)->cursor;
	char text[1200];

	if (is_chosen)
		canvas_text(&a->canvas, y, 0, 1, ROLE_TITLE, ">");
	for (int i = 0; i < v->n_columns; i++) {
		enum role role = v->cell(a, row, i, text, sizeof(text));

		columns_cell(&a->canvas, y, v->columns, i, l, role, text);
	}
	if (is_chosen)
		canvas_reverse(&a->canvas, y, 0, width);
}

static void draw_list(struct app *a, int y, int height, int width)
{
	const struct view *v = view_now(a);
	struct list *l = app_list(a);
	struct layout layout;

	columns_lay_out(v->columns, v->n_columns, width, &layout);
	columns_heading(&a->canvas, y, v->columns, v->n_columns, &layout,
			a->at == AT_LIVE ? -1 : a->sort[a->at],
			a->descending[a->at]);
	l->height = height > 1 ? height - 1 : 1;
	if (a->at == AT_LIVE)
		live_fill(a);
	list_fit(l);
	a->list_y = y + 1;
	a->list_rows = l->height;
	for (long row = l->top; row < l->n && row < l->top + l->height; row++)
		draw_row(a, y + 1 + (int)(row - l->top), row, &layout, width);
	if (!l->n)
		canvas_text(&a->canvas, y + 1, 1, width - 1, ROLE_PLAIN,
			    a->feed.is_looking || a->has_more ? "looking .."
			    : *a->effective ? "nothing that the filter selects"
			    : a->at == AT_SESSIONS ? "nothing is recorded yet: "
						     "egress-filter COMMAND"
						   : "nothing yet");
}

static void draw_details(struct app *a, int y, int x, int width, int height)
{
	struct canvas *c = &a->canvas;

	details_refresh(a);
	if (!x) {
		canvas_rule(c, y);
		canvas_printf(c, y, 3, ROLE_TITLE, " %s ", a->details.title);
		canvas_right(c, y, c->w - 2, ROLE_PLAIN, " [ ] scroll ");
	} else {
		canvas_text(c, y, x, width, ROLE_TITLE, a->details.title);
	}
	pager_draw(&a->details, c, y + 1, x + 1, width - 1, height - 1);
}

/* List, and details below or beside it. */
static void draw_body(struct app *a, int y, int height)
{
	struct canvas *c = &a->canvas;
	int list, width = c->w;

	if (a->at != AT_LIVE || !a->has_details) {
		draw_list(a, y, height, width);
	} else if (has_side(a)) {
		width = c->w / 2 + 8;
		draw_list(a, y, height, width);
		for (int i = 0; i < height; i++)
			canvas_text(c, y + i, width, 1, ROLE_PLAIN,
				    c->is_ascii ? "|" : "\u2502");
		draw_details(a, y, width + 1, c->w - width - 1, height);
	} else {
		list = height / 3 - a->details_more;
		if (list < 3)
			list = 3;
		if (list > height - 3)
			list = height - 3;
		draw_list(a, y, list, width);
		draw_details(a, y + list, 0, width, height - list);
	}
}

static void draw_too_small(struct app *a)
{
	struct canvas *c = &a->canvas;
	int x = c->w > 30 ? 2 : 0, y = c->h > 6 ? 1 : 0;

	canvas_printf(c, y, x, ROLE_TITLE, "Window is %d x %d.", c->w, c->h);
	canvas_printf(c, y + 1, x, ROLE_PLAIN, "This view needs %d x %d.",
		      LEAST_W, LEAST_H);
	if (a->history && a->was_running)
		canvas_printf(c, y + 3, x, ROLE_PLAIN,
			      "Still recording: %lld allow, %lld DENY",
			      ef_ui_history_number(a->history, EF_UI_ALLOWED),
			      ef_ui_history_number(a->history, EF_UI_DENIED));
	canvas_text(c, y + 4, x, c->w - x, ROLE_PLAIN,
		    "Enlarge it, or press q to leave;");
	canvas_text(c, y + 5, x, c->w - x, ROLE_PLAIN,
		    "the command keeps running.");
}

/* A text that covers the screen. */
static void draw_text(struct app *a, struct pager *p)
{
	struct canvas *c = &a->canvas;

	canvas_text(c, 0, 1, c->w - 1, ROLE_TITLE, p->title);
	canvas_rule(c, 1);
	pager_draw(p, c, 2, 1, c->w - 1, c->h - 3);
	if (a->asked || a->message[0])
		draw_message(a, c->h - 1);
	else
		canvas_text(c, c->h - 1, 1, c->w - 1, ROLE_PLAIN,
			    a->is_help && a->has_text
				    ? "any key closes this, j k scroll"
				    : "j k scroll   Esc or q back");
}

void app_draw(struct app *a)
{
	struct canvas *c = &a->canvas;
	char status[512] = "";

	canvas_blank(c, 0, c->h);
	if (c->w < LEAST_W || c->h < LEAST_H) {
		draw_too_small(a);
		return;
	}
	if (a->has_text) {
		draw_text(a, &a->text);
		return;
	}
	if (a->has_zoom && a->at == AT_LIVE) {
		details_refresh(a);
		draw_text(a, &a->details);
		return;
	}
	draw_title(a);
	draw_counts(a);
	if (is_small(a)) {
		canvas_rule(c, 2);
		draw_body(a, 3, c->h - 5);
		canvas_rule(c, c->h - 2);
		if (a->asked || a->message[0])
			draw_message(a, c->h - 1);
		else
			draw_hints(a, c->h - 1);
		return;
	}
	if (a->history)
		draw_policy(a);
	draw_tabs(a);
	canvas_rule(c, 4);
	draw_body(a, 5, c->h - 9);
	canvas_rule(c, c->h - 4);
	view_now(a)->status(a, status, sizeof(status));
	canvas_text(c, c->h - 3, 1, c->w - 1, ROLE_PLAIN, status);
	draw_hints(a, c->h - 2);
	draw_message(a, c->h - 1);
}
