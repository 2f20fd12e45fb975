/* SPDX-License-Identifier: MIT */
/* The table of keys. */
#include "keymap.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define MOVE   "MOVE"
#define VIEWS  "VIEWS"
#define FIND   "FIND"
#define LOOK   "LOOK"
#define ON_ROW "ON THE ROW"
#define OTHER  "OTHER"

static const struct binding table[] = {
	{ ACT_DOWN, VIEW_ALL, "j Down Ctrl-n", MOVE, "row down", NULL },
	{ ACT_UP, VIEW_ALL, "k Up Ctrl-p", MOVE, "+up", NULL },
	{ ACT_HALF_DOWN, VIEW_ALL, "Ctrl-d", MOVE, "half a page down", NULL },
	{ ACT_HALF_UP, VIEW_ALL, "Ctrl-u", MOVE, "+up", NULL },
	{ ACT_PAGE_DOWN, VIEW_ALL, "PgDn Ctrl-f", MOVE, "page down", NULL },
	{ ACT_PAGE_UP, VIEW_ALL, "PgUp Ctrl-b", MOVE, "+up", NULL },
	{ ACT_FIRST, VIEW_ALL, "g Home", MOVE, "first row", NULL },
	{ ACT_LAST, VIEW_ALL, "G End", MOVE, "+last", NULL },
	{ ACT_NEXT_DENY, VIEW_HISTORY, "}", MOVE, "next DENY", NULL },
	{ ACT_PREV_DENY, VIEW_HISTORY, "{", MOVE, "+previous", NULL },

	{ ACT_LIVE, VIEW_LISTS, "1", VIEWS, "the views", NULL },
	{ ACT_SITES, VIEW_LISTS, "2", VIEWS, "+", NULL },
	{ ACT_PROCS, VIEW_LISTS, "3", VIEWS, "+", NULL },
	{ ACT_RULES, VIEW_LISTS, "4", VIEWS, "+", NULL },
	{ ACT_SESSIONS, VIEW_LISTS, "6", VIEWS, "+", NULL },
	{ ACT_NEXT_VIEW, VIEW_LISTS, "Tab", VIEWS, "next view", NULL },
	{ ACT_PREV_VIEW, VIEW_LISTS, "S-Tab", VIEWS, "+previous", NULL },
	{ ACT_OPEN, VIEW_LIVE, "Enter l Right", VIEWS, "details of the row",
	  "details" },
	{ ACT_OPEN, VIEW_SITES | VIEW_PROCS, "Enter l Right", VIEWS,
	  "open the group", "open" },
	{ ACT_OPEN, VIEW_RULES, "Enter l Right", VIEWS, "attempts of the rule",
	  "attempts" },
	{ ACT_OPEN, VIEW_SESSIONS, "Enter l Right", VIEWS, "open the session",
	  "open" },
	{ ACT_CLOSE, VIEW_ALL, "Esc h Left", VIEWS, "close, back", NULL },

	{ ACT_SEARCH, VIEW_LISTS, "/", FIND, "search", "search" },
	{ ACT_SEARCH_NEXT, VIEW_LISTS, "n", FIND, "+next", NULL },
	{ ACT_SEARCH_PREV, VIEW_LISTS, "N", FIND, "+previous", NULL },
	{ ACT_FILTER, VIEW_HISTORY, "& \\ F4", FIND,
	  "filter, such as verdict:deny", "filter" },
	{ ACT_CLEAR, VIEW_HISTORY, "*", FIND, "clear filters", NULL },
	{ ACT_ONLY_DENIED, VIEW_HISTORY, "D", FIND, "only denied, all again",
	  "only denied" },
	{ ACT_ONLY_HOST, VIEW_LIVE | VIEW_SITES, "H", FIND,
	  "only this host, all again", NULL },
	{ ACT_ONLY_PROGRAM, VIEW_LIVE | VIEW_PROCS, "P", FIND,
	  "only this program, all again", NULL },

	{ ACT_FOLLOW, VIEW_LIVE, "F f", LOOK, "follow the newest row", "follow" },
	{ ACT_PAUSE, VIEW_HISTORY, "p", LOOK, "pause the display only", "pause" },
	{ ACT_SORT, VIEW_GROUPS | VIEW_SESSIONS, "s", LOOK, "sort by a column",
	  "sort" },
	{ ACT_SORT_LEFT, VIEW_GROUPS | VIEW_SESSIONS, "<", LOOK,
	  "+by the column to the left", NULL },
	{ ACT_SORT_RIGHT, VIEW_GROUPS | VIEW_SESSIONS, ">", LOOK, "+right", NULL },
	{ ACT_INVERT, VIEW_GROUPS | VIEW_SESSIONS, "I", LOOK, "+invert",
	  "invert" },
	{ ACT_TREE, VIEW_PROCS, "t", LOOK, "tree of processes", "tree" },
	{ ACT_COLLAPSE, VIEW_LIVE, "c", LOOK, "repeats share a row, or not",
	  NULL },
	{ ACT_HIDE_USED, VIEW_RULES, "i", LOOK, "hide rules that were used",
	  "hide used" },
	{ ACT_GROW, VIEW_LIVE, "+", LOOK, "details larger", NULL },
	{ ACT_SHRINK, VIEW_LIVE, "-", LOOK, "+smaller", NULL },
	{ ACT_ZOOM, VIEW_LIVE, "Z", LOOK, "+all", NULL },
	{ ACT_PANE_UP, VIEW_LIVE, "[", LOOK, "details up", NULL },
	{ ACT_PANE_DOWN, VIEW_LIVE, "]", LOOK, "+down", NULL },
	{ ACT_MOUSE, VIEW_LISTS, "%", LOOK, "mouse on, off", NULL },

	{ ACT_WHY, VIEW_LIVE, "w", ON_ROW, "why was it decided so", "why" },
	{ ACT_MARK, VIEW_LIVE, "Space m", ON_ROW, "mark", NULL },
	{ ACT_MARKED_ONLY, VIEW_LIVE, "M", ON_ROW, "+only marked", NULL },
	{ ACT_UNMARK, VIEW_LIVE, "u", ON_ROW, "+unmark", NULL },
	{ ACT_COPY, VIEW_LISTS, "y", ON_ROW, "copy a part of the row", "copy" },
	{ ACT_JSON, VIEW_LIVE, "J", ON_ROW, "the row as JSON", NULL },
	{ ACT_EDIT, VIEW_HISTORY, "e", ON_ROW, "edit the policy at the rule",
	  "edit" },

	{ ACT_EXPORT, VIEW_LISTS, "E", OTHER, "export this view to a file", NULL },
	{ ACT_COMMAND, VIEW_LISTS, ":", OTHER, "command line", NULL },
	{ ACT_HELP, VIEW_LISTS, "? F1", OTHER, "these keys", "help" },
	{ ACT_REDRAW, VIEW_ALL, "Ctrl-l", OTHER, "draw and count anew", NULL },
	{ ACT_SUSPEND, VIEW_ALL, "Ctrl-z", OTHER, "suspend", NULL },
	{ ACT_QUIT, VIEW_ALL, "q", OTHER, "back, or quit", "quit" },
	{ ACT_LEAVE, VIEW_ALL, "Q Ctrl-c", OTHER, "leave at once", NULL },
};

static const struct {
	int key;
	const char *name;
} names[] = {
	{ KEYC_TAB, "Tab" },	   { KEYC_ENTER, "Enter" },
	{ KEYC_ESC, "Esc" },	   { KEYC_UP, "Up" },
	{ KEYC_DOWN, "Down" },	   { KEYC_LEFT, "Left" },
	{ KEYC_RIGHT, "Right" },   { KEYC_HOME, "Home" },
	{ KEYC_END, "End" },	   { KEYC_PGUP, "PgUp" },
	{ KEYC_PGDN, "PgDn" },	   { KEYC_BACKSPACE, "Backspace" },
	{ KEYC_DELETE, "Delete" }, { KEYC_BACKTAB, "S-Tab" },
	{ KEYC_F1, "F1" },	   { KEYC_F4, "F4" },
	{ ' ', "Space" },
};

#define N_NAMES (sizeof(names) / sizeof(names[0]))

const struct binding *keymap_binding(int i)
{
	return i >= 0 && (size_t)i < sizeof(table) / sizeof(table[0]) ? &table[i]
								      : NULL;
}

char *keymap_name(int key, char *buf)
{
	for (size_t i = 0; i < N_NAMES; i++)
		if (names[i].key == key)
			return strcpy(buf, names[i].name);
	if (key > 0 && key < ' ')
		snprintf(buf, 16, "Ctrl-%c", key | 0x60);
	else if (key < 127)
		snprintf(buf, 16, "%c", key);
	else
		snprintf(buf, 16, "U+%04X", (unsigned int)key);
	return buf;
}

int keymap_parse(const char *name)
{
	for (size_t i = 0; i < N_NAMES; i++)
		if (!strcmp(names[i].name, name))
			return names[i].key;
	if (!strncmp(name, "Ctrl-", 5) && name[5] && !name[6])
		return KEYC_CTRL(name[5]);
	return name[0] > ' ' && name[0] < 127 && !name[1] ? name[0] : KEYC_NONE;
}

/* Is a key one of a list of names? */
static int has_key(const char *keys, int key)
{
	char name[16];
	size_t n = strlen(keymap_name(key, name));

	for (const char *at = keys; *at; at += strspn(at, " ")) {
		size_t len = strcspn(at, " ");

		if (len == n && !memcmp(at, name, n))
			return 1;
		at += len;
	}
	return 0;
}

enum action keymap_action(int view, int key)
{
	const struct binding *b;

	for (int i = 0; (b = keymap_binding(i)); i++)
		if (b->views & view && has_key(b->keys, key))
			return b->action;
	return ACT_NONE;
}

bool keymap_line(int view, int *at, struct keymap_line *ret)
{
	const struct binding *b;

	*ret = (struct keymap_line){ 0 };
	for (; (b = keymap_binding(*at)); ++*at) {
		bool is_more = b->help[0] == '+';

		if (!(b->views & view))
			continue;
		if (!is_more && *ret->keys)
			break;
		ret->group = b->group;
		snprintf(ret->keys + strlen(ret->keys),
			 sizeof(ret->keys) - strlen(ret->keys), "%s%s",
			 *ret->keys ? " " : "", b->keys);
		snprintf(ret->help + strlen(ret->help),
			 sizeof(ret->help) - strlen(ret->help), "%s%s",
			 *ret->help && b->help[is_more] ? ", " : "",
			 b->help + is_more);
	}
	return *ret->keys != '\0';
}

void keymap_print(int view, FILE *f)
{
	struct keymap_line l;

	for (int at = 0; keymap_line(view, &at, &l);)
		fprintf(f, "%-22s  %s\n", l.keys, l.help);
}
