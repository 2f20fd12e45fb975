/* SPDX-License-Identifier: MIT */
#ifndef TUI_KEYMAP_H
#define TUI_KEYMAP_H

#include <stdbool.h>
#include <stdio.h>

/*
 * The one table of keys: dispatch, the hint rows, "?", --keys and a test of
 * the manual come from it.
 */

/* Views, as bits. VIEW_TEXT is a page of text that covers the others. */
enum {
	VIEW_LIVE = 1,
	VIEW_SITES = 2,
	VIEW_PROCS = 4,
	VIEW_RULES = 8,
	VIEW_SESSIONS = 16,
	VIEW_TEXT = 32,
	VIEW_GROUPS = VIEW_SITES | VIEW_PROCS | VIEW_RULES,
	VIEW_EVENTS = VIEW_LIVE,
	VIEW_HISTORY = VIEW_LIVE | VIEW_GROUPS,
	VIEW_LISTS = VIEW_HISTORY | VIEW_SESSIONS,
	VIEW_ALL = VIEW_LISTS | VIEW_TEXT
};

/* A key: a character, or one of these. */
enum key {
	KEYC_NONE = 0,
	KEYC_TAB = 9,
	KEYC_ENTER = 13,
	KEYC_ESC = 27,
	KEYC_UP = 0x200000,
	KEYC_DOWN,
	KEYC_LEFT,
	KEYC_RIGHT,
	KEYC_HOME,
	KEYC_END,
	KEYC_PGUP,
	KEYC_PGDN,
	KEYC_BACKSPACE,
	KEYC_DELETE,
	KEYC_BACKTAB,
	KEYC_F1,
	KEYC_F4,
	KEYC_RESIZE,
	KEYC_MOUSE
};

#define KEYC_CTRL(letter) ((letter)&0x1f)

/* What a key does. */
enum action {
	ACT_NONE,
	ACT_DOWN,
	ACT_UP,
	ACT_HALF_DOWN,
	ACT_HALF_UP,
	ACT_PAGE_DOWN,
	ACT_PAGE_UP,
	ACT_FIRST,
	ACT_LAST,
	ACT_NEXT_DENY,
	ACT_PREV_DENY,
	ACT_LIVE,
	ACT_SITES,
	ACT_PROCS,
	ACT_RULES,
	ACT_SESSIONS,
	ACT_NEXT_VIEW,
	ACT_PREV_VIEW,
	ACT_OPEN,
	ACT_CLOSE,
	ACT_SEARCH,
	ACT_SEARCH_NEXT,
	ACT_SEARCH_PREV,
	ACT_FILTER,
	ACT_CLEAR,
	ACT_ONLY_DENIED,
	ACT_ONLY_HOST,
	ACT_ONLY_PROGRAM,
	ACT_FOLLOW,
	ACT_PAUSE,
	ACT_SORT,
	ACT_SORT_LEFT,
	ACT_SORT_RIGHT,
	ACT_INVERT,
	ACT_TREE,
	ACT_COLLAPSE,
	ACT_HIDE_USED,
	ACT_GROW,
	ACT_SHRINK,
	ACT_ZOOM,
	ACT_PANE_UP,
	ACT_PANE_DOWN,
	ACT_MOUSE,
	ACT_WHY,
	ACT_MARK,
	ACT_MARKED_ONLY,
	ACT_UNMARK,
	ACT_COPY,
	ACT_JSON,
	ACT_EXPORT,
	ACT_EDIT,
	ACT_COMMAND,
	ACT_HELP,
	ACT_REDRAW,
	ACT_SUSPEND,
	ACT_QUIT,
	ACT_LEAVE,
	N_ACTIONS
};

/* One row of the table. */
struct binding {
	enum action action;
	int views;
	const char *keys;  /* names, blanks between them */
	const char *group; /* heading of the help it stands under */
	const char *help; /* what it does; '+': on the line of the one before */
	const char *hint; /* a word for the hint row; NULL: not there */
};

/* Row i; NULL behind the last one. */
const struct binding *keymap_binding(int i);

/* What a key does in a view. */
enum action keymap_action(int view, int key);

/* The name of a key as people write it ("Ctrl-d", "PgDn", "j"); returns buf
 * (of 16 bytes). */
char *keymap_name(int key, char *buf);

/* The key of a name; KEYC_NONE when there is none. */
int keymap_parse(const char *name);

/* One line of the help. */
struct keymap_line {
	const char *group;
	char keys[64], help[128];
};

/* The next line for a view; start with *at 0. False: there are no more. */
bool keymap_line(int view, int *at, struct keymap_line *ret);

/* Print the keys of a view, a line each: keys, two blanks, what they do. */
void keymap_print(int view, FILE *f);

#endif
