/* SPDX-License-Identifier: MIT */
#ifndef TUI_APP_H
#define TUI_APP_H

#include <egressfilter-ui.h>

#include <stdbool.h>

#include "canvas.h"
#include "feed.h"
#include "keymap.h"
#include "list.h"
#include "pager.h"
#include "prompt.h"

/*
 * The program without its terminal: keys and time go in, pictures and requests
 * come out. One thread. Functions block on the disk alone, and not for long.
 */

/* What it was started with. */
struct options {
	const char *db[64];
	size_t n_db;
	const char *session; /* NULL: choose */
	bool running;	     /* attach: the newest running one */
	int view;
	bool mouse, is_ascii, is_mono;
};

/* Views, in the order of their keys. */
enum { AT_LIVE, AT_SITES, AT_PROCS, AT_RULES, AT_SESSIONS, N_VIEWS };

/* A list of groups: sites, programs or rules. */
struct grouping {
	struct ef_ui_groups *groups; /* NULL: not made yet */
	long long seq;		     /* counted up to here when made */
	long long made_ms, cost_ms;  /* when, and how long it took */
	bool is_part;		     /* not everything was counted then */
	long *shown; /* indices of groups, in the order of the screen */
	long n_shown;
	long long *open; /* keys of groups that are open */
	size_t n_open;
	long long chosen; /* key of the row the cursor is on */
};

/* What a prompt is for. */
enum asked {
	ASKED_NOTHING,
	ASKED_SEARCH,
	ASKED_FILTER,
	ASKED_COMMAND,
	ASKED_EXPORT,
	ASKED_SORT,
	ASKED_COPY,	 /* one key */
	ASKED_OVERWRITE, /* one key */
	ASKED_QUIT	 /* one key */
};

/* What only whoever has the terminal can do; app_done_request() ends it. */
enum request {
	REQUEST_NONE,
	REQUEST_LEAVE,
	REQUEST_SUSPEND,
	REQUEST_REDRAW,
	REQUEST_EDIT, /* .edit_path at line .edit_line */
	REQUEST_COPY, /* .copied */
	REQUEST_MOUSE /* .mouse */
};

#define STRIP_CELLS 20
#define STRIP_MS    2000

struct app {
	struct options options;
	struct ef_ui_records *records;
	struct ef_ui_history *history; /* NULL: none is chosen */
	struct canvas canvas;
	long long now_ms;  /* of a clock that never goes back */
	long long wall_ms; /* since 1970 */

	int at; /* which view */
	struct list lists[N_VIEWS];
	int sort[N_VIEWS];
	bool descending[N_VIEWS];
	struct feed feed;
	struct grouping groupings[N_VIEWS];
	struct grouping summary; /* rules, for the title lines */
	long rules, unused, destinations;

	bool follow, paused, collapse, tree, hide_used;
	long long paused_at; /* the newest number then */
	bool has_more;	     /* to count */
	bool is_broken;	     /* the record cannot be read (any more) */
	bool was_running;

	char filter[PROMPT_BYTES]; /* as typed */
	char host[300], program[128];
	bool only_denied, only_marked;
	char effective[2 * PROMPT_BYTES];
	char search[256];
	bool search_back, search_round; /* backwards; once around */
	long long searching_at;		/* goes on from here; 0: no search */

	bool has_details, has_zoom;
	int details_more; /* rows more than usual */
	long long details_seq;
	struct pager details;
	bool has_text, is_help;
	struct pager text;

	enum asked asked;
	struct prompt prompt;
	char export_path[PROMPT_BYTES];

	char message[512];
	long long message_until_ms;
	char last_event[512];

	unsigned int strip[STRIP_CELLS];
	long long strip_ms, strip_seq;

	enum request request;
	char edit_path[4096], *copied;
	long edit_line;
	bool mouse;
	int list_y, list_rows; /* where the list was drawn */
};

/*
 * Open the records and, when one was named or there is no choice, a session.
 * Returns 0, or a negative errno value with *err told.
 */
int app_open(struct app *a, const struct options *o, struct ef_error *err);

/* Another size of the screen. */
void app_resize(struct app *a, int w, int h);

/* A key. */
void app_key(struct app *a, int key);

/* A click at a place of the screen. */
void app_click(struct app *a, int y, int x);

/* A turn of the wheel: up (-1) or down (1). */
void app_wheel(struct app *a, int direction);

/* Time has passed, or there is time: look for news, count. Returns true when
 * there is more to be done at once. */
bool app_tick(struct app *a);

/* Draw everything on .canvas. */
void app_draw(struct app *a);

/* What was requested has been done. */
void app_done_request(struct app *a);

/* Give everything back. */
void app_close(struct app *a);

/* The rest is shared by the files of the program. */

/* Show a line for some seconds. */
void app_say(struct app *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Choose session i of the records. Returns 0 or -errno, said. */
int app_choose(struct app *a, size_t i);

/* Put the filters together and look anew. Returns 0 or -errno, said. */
int app_filter(struct app *a);

/* Go to another view. */
void app_go(struct app *a, int at);

/* The list of the view. */
struct list *app_list(struct app *a);

/* Cover the screen with a text. */
void app_show(struct app *a, const char *title, const char *text);

/* Ask for a line. */
void app_ask(struct app *a, enum asked what, const char *label, const char *text);

/* Everything that was read of the session, anew. */
void app_look_anew(struct app *a);

/* To the next view, or (-1) the one before. */
void app_turn(struct app *a, int step);

/* Turn a filter that a flag stands for on or off, unless it cannot be read. */
void app_toggle_filter(struct app *a, bool *flag);

/* A filter on what the chosen row has in a field ("host=..."), or away again. */
void app_only_this(struct app *a, char *buf, size_t size, const char *field,
		   enum ef_ui_field what);

/* The same, on its program. */
void app_only_program(struct app *a);

/* No filter any more. */
void app_clear_filters(struct app *a);

/* Sort by a column; numbers beyond the last begin anew. */
void app_sort_by(struct app *a, int column);

/* A key while .asked says that one, or a line, is waited for. */
void app_key_while_asked(struct app *a, int key);

#endif
