/* SPDX-License-Identifier: MIT */
/*
 * The views that put attempts together: sites, programs, rules. The library
 * makes the groups; here they are sorted, opened and closed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tree.h"
#include "view.h"

/* Making groups takes at most one part in so many of the time. */
#define SHARE 20

enum {
	COL_LABEL,
	COL_PORTS,
	COL_ALLOW,
	COL_DENY,
	COL_WOULD,
	COL_PROGRAMS,
	COL_FIRST,
	COL_COVER,
	COL_NOTE,
	COL_LINE
};

/* What a column of each view is. */
static const struct column site_columns[] = {
	{ "SITE / HOST", 38, 18, 0, 3, false },
	{ "PORTS", 8, 6, 0, 0, false },
	{ "ALLOW", 6, 5, 0, 0, true },
	{ "DENY", 6, 5, 0, 0, true },
	{ "WOULD", 6, 0, 120, 0, true },
	{ "PROCESSES", 13, 9, 60, 1, false },
	{ "FIRST", 5, 0, 80, 0, false },
	{ "COVERED BY", 10, 0, 80, 0, false },
};
static const int site_is[] = { COL_LABEL, COL_PORTS,	COL_ALLOW, COL_DENY,
			       COL_WOULD, COL_PROGRAMS, COL_FIRST, COL_COVER };

static const struct column program_columns[] = {
	{ "PROGRAM / DESTINATION", 36, 16, 0, 3, false },
	{ "PORTS", 9, 6, 0, 0, false },
	{ "ALLOW", 6, 5, 0, 0, true },
	{ "DENY", 6, 5, 0, 0, true },
	{ "WOULD", 6, 0, 120, 0, true },
	{ "FIRST", 5, 0, 60, 0, false },
	{ "COVERED BY", 10, 0, 60, 0, false },
	{ "NOTE", 8, 5, 80, 1, false },
};
static const int program_is[] = { COL_LABEL, COL_PORTS, COL_ALLOW, COL_DENY,
				  COL_WOULD, COL_FIRST, COL_COVER, COL_NOTE };

static const struct column process_columns[] = {
	{ "PROCESS", 30, 14, 0, 1, false },  { "PID", 8, 7, 0, 0, false },
	{ "ALLOW", 6, 5, 0, 0, true },	     { "DENY", 6, 5, 0, 0, true },
	{ "WOULD", 6, 0, 120, 0, true },     { "FIRST", 5, 0, 60, 0, false },
	{ "COMMAND", 20, 10, 60, 3, false },
};
static const int process_is[] = { COL_LABEL, COL_PORTS, COL_ALLOW, COL_DENY,
				  COL_WOULD, COL_FIRST, COL_NOTE };

static const struct column rule_columns[] = {
	{ "LINE", 5, 0, 0, 0, true },
	{ "RULE", 34, 16, 0, 2, false },
	{ "PORTS", 9, 6, 0, 0, false },
	{ "ALLOW", 6, 5, 0, 0, true },
	{ "DENY", 6, 5, 0, 0, true },
	{ "WOULD", 6, 0, 120, 0, true },
	{ "USE", 7, 0, 60, 0, false },
	{ "REASON / PROCESSES", 18, 8, 80, 1, false },
};
static const int rule_is[] = { COL_LINE, COL_LABEL, COL_PORTS, COL_ALLOW,
			       COL_DENY, COL_WOULD, COL_COVER, COL_NOTE };

/* What column i of the view that is shown is. */
static int column_is(const struct app *a, int i)
{
	if (a->at == AT_SITES)
		return site_is[i];
	if (a->at == AT_RULES)
		return rule_is[i];
	return a->tree ? process_is[i] : program_is[i];
}

static struct grouping *grouping(struct app *a)
{
	return &a->groupings[a->at];
}

static enum ef_ui_by by(const struct app *a)
{
	if (a->at == AT_SITES)
		return EF_UI_BY_SITE;
	if (a->at == AT_RULES)
		return EF_UI_BY_RULE;
	return a->tree ? EF_UI_BY_PROCESS : EF_UI_BY_PROGRAM;
}

static long long number(const struct grouping *g, long shown,
			enum ef_ui_group what)
{
	return shown < g->n_shown
		       ? ef_ui_groups_number(g->groups, (size_t)g->shown[shown],
					     what)
		       : 0;
}

static const char *text(const struct grouping *g, long shown,
			enum ef_ui_group what)
{
	return shown < g->n_shown
		       ? ef_ui_groups_text(g->groups, (size_t)g->shown[shown],
					   what)
		       : "";
}

long groups_chosen(struct app *a)
{
	struct grouping *g = grouping(a);
	long cursor = app_list(a)->cursor;

	return a->at != AT_LIVE && a->at != AT_SESSIONS && cursor < g->n_shown
		       ? g->shown[cursor]
		       : -1;
}

static const enum ef_ui_group sort_field[] = {
	[COL_LABEL] = EF_UI_LABEL,    [COL_PORTS] = EF_UI_PORTS,
	[COL_ALLOW] = EF_UI_ALLOW_N,  [COL_DENY] = EF_UI_DENY_N,
	[COL_WOULD] = EF_UI_WOULD_N,  [COL_PROGRAMS] = EF_UI_PROGRAMS,
	[COL_FIRST] = EF_UI_FIRST_MS, [COL_COVER] = EF_UI_COVER,
	[COL_NOTE] = EF_UI_NOTE,      [COL_LINE] = EF_UI_RULE_LINE,
};

static bool is_open(const struct grouping *g, long long key)
{
	for (size_t i = 0; i < g->n_open; i++)
		if (g->open[i] == key)
			return true;
	return false;
}

static bool is_hidden(const struct app *a, const struct grouping *g, size_t i)
{
	return a->at == AT_RULES && a->hide_used &&
	       strcmp(ef_ui_groups_text(g->groups, i, EF_UI_COVER), "unused") !=
		       0;
}

/* The order on the screen: siblings by the sorted column, open groups with
 * their members. */
static void arrange(struct app *a)
{
	struct grouping *g = grouping(a);
	size_t n = ef_ui_groups_n(g->groups), k = 0;
	struct tree_row *rows = calloc(n + 1, sizeof(*rows));
	int what = (int)sort_field[column_is(a, a->sort[a->at])];

	free(g->shown);
	g->shown = calloc(n + 1, sizeof(*g->shown));
	g->n_shown = 0;
	for (size_t i = 0; rows && g->shown && i < n; i++) {
		if (is_hidden(a, g, i))
			continue;
		rows[k++] = (struct tree_row){
			.index = (long)i,
			.level = (int)ef_ui_groups_number(g->groups, i,
							  EF_UI_LEVEL),
			.number = ef_ui_groups_number(g->groups, i,
						      (enum ef_ui_group)what),
			.text = ef_ui_groups_text(g->groups, i,
						  (enum ef_ui_group)what),
			.is_open = is_open(g, ef_ui_groups_number(g->groups, i,
								  EF_UI_KEY)) ||
				   (a->at == AT_PROCS && a->tree),
		};
	}
	if (g->shown)
		g->n_shown = tree_arrange(rows, (long)k, a->descending[a->at],
					  g->shown);
	free(rows);
}

/* Put the cursor back on the group it was on. */
static void keep_chosen(struct app *a)
{
	struct grouping *g = grouping(a);
	struct list *l = app_list(a);

	l->n = g->n_shown;
	for (long i = 0; g->chosen && i < g->n_shown; i++) {
		if (number(g, i, EF_UI_KEY) != g->chosen)
			continue;
		l->top += i - l->cursor;
		l->cursor = i;
		break;
	}
	list_fit(l);
}

static void remember_chosen(struct app *a)
{
	struct grouping *g = grouping(a);

	g->chosen = number(g, app_list(a)->cursor, EF_UI_KEY);
}

void groups_arrange(struct app *a)
{
	if (!grouping(a)->groups)
		return;
	remember_chosen(a);
	arrange(a);
	keep_chosen(a);
}

static long long clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* When something was counted; what takes long, more rarely. */
static bool is_due(const struct app *a, const struct grouping *g)
{
	if (!g->groups)
		return true;
	if (a->paused || ef_ui_history_number(a->history, EF_UI_COUNTED) == g->seq)
		return false;
	return (g->is_part && !a->has_more) ||
	       clock_ms() - g->made_ms >= g->cost_ms * SHARE;
}

static bool make(struct app *a, struct grouping *g, enum ef_ui_by how,
		 bool filtered)
{
	struct ef_ui_groups *groups;
	struct ef_error err = { 0 };
	long long start = clock_ms();

	if (!a->history || !is_due(a, g))
		return false;
	if (ef_ui_history_groups(a->history, how, filtered, &groups, &err) < 0) {
		app_say(a, "%s", err.text);
		return false;
	}
	ef_ui_groups_free(g->groups);
	g->groups = groups;
	g->seq = ef_ui_history_number(a->history, EF_UI_COUNTED);
	g->made_ms = clock_ms();
	g->cost_ms = g->made_ms - start;
	g->is_part = a->has_more;
	return true;
}

static void refresh(struct app *a)
{
	struct grouping *g = grouping(a);

	if (g->groups)
		remember_chosen(a);
	if (!make(a, g, by(a), true))
		return;
	arrange(a);
	keep_chosen(a);
}

void groups_forget(struct app *a)
{
	for (int i = 0; i < N_VIEWS; i++) {
		struct grouping *g = &a->groupings[i];

		ef_ui_groups_free(g->groups);
		free(g->shown);
		free(g->open);
		*g = (struct grouping){ 0 };
	}
	ef_ui_groups_free(a->summary.groups);
	a->summary = (struct grouping){ 0 };
	a->rules = a->unused = a->destinations = 0;
}

static bool has_members(const struct grouping *g, long index)
{
	size_t next = (size_t)index + 1;

	return next < ef_ui_groups_n(g->groups) &&
	       ef_ui_groups_number(g->groups, next, EF_UI_LEVEL) >
		       ef_ui_groups_number(g->groups, (size_t)index, EF_UI_LEVEL);
}

static void set_open(struct grouping *g, long long key, bool open)
{
	long long *more;

	for (size_t i = 0; i < g->n_open; i++) {
		if (g->open[i] != key)
			continue;
		if (!open)
			g->open[i] = g->open[--g->n_open];
		return;
	}
	more = open ? reallocarray(g->open, g->n_open + 1, sizeof(*more)) : NULL;
	if (!more)
		return;
	g->open = more;
	g->open[g->n_open++] = key;
}

bool groups_open(struct app *a, int open)
{
	struct grouping *g = grouping(a);
	struct list *l = app_list(a);
	long i = groups_chosen(a);
	long long key;

	if (i < 0)
		return false;
	key = ef_ui_groups_number(g->groups, (size_t)i, EF_UI_KEY);
	if (open && (!has_members(g, i) || is_open(g, key)))
		return false;
	if (!open && !is_open(g, key)) {
		/* a member closes the group it is in */
		long long level = number(g, l->cursor, EF_UI_LEVEL);

		if (!level)
			return false;
		while (l->cursor > 0 && number(g, l->cursor, EF_UI_LEVEL) >= level)
			l->cursor--;
		key = number(g, l->cursor, EF_UI_KEY);
	}
	set_open(g, key, open != 0);
	groups_arrange(a);
	return true;
}

static enum role role_of(const struct grouping *g, long row)
{
	if (number(g, row, EF_UI_DENY_N) && !number(g, row, EF_UI_ALLOW_N))
		return ROLE_DENY;
	return number(g, row, EF_UI_DENY_N) ? ROLE_HELD : ROLE_PLAIN;
}

/* "- github.com", "    api.github.com" */
static void show_label(struct app *a, const struct grouping *g, long row,
		       char *buf, size_t size)
{
	int level = (int)number(g, row, EF_UI_LEVEL);
	const char *mark = " ";
	const char *note = text(g, row, EF_UI_NOTE);

	if (a->at == AT_RULES) {
		snprintf(buf, size, "%s", text(g, row, EF_UI_LABEL));
		return;
	}
	if (has_members(g, g->shown[row]))
		mark = is_open(g, number(g, row, EF_UI_KEY)) ||
				       (a->at == AT_PROCS && a->tree)
			       ? "-"
			       : "+";
	if (level > 20)
		level = 20;
	snprintf(buf, size, "%*s%s %s%s%s", level * 2, "", mark,
		 text(g, row, EF_UI_LABEL),
		 a->at == AT_SITES && *note ? "  " : "",
		 a->at == AT_SITES ? note : "");
}

static enum role cell(struct app *a, long row, int column, char *buf, size_t size)
{
	const struct grouping *g = grouping(a);
	char time[16];
	int is = column_is(a, column);

	switch (is) {
	case COL_LABEL:
		show_label(a, g, row, buf, size);
		break;
	case COL_FIRST:
		snprintf(buf, size, "%.5s",
			 time_of_day(number(g, row, EF_UI_FIRST_MS), time));
		break;
	case COL_LINE:
		snprintf(buf, size, "%.0lld", number(g, row, EF_UI_RULE_LINE));
		break;
	case COL_ALLOW:
	case COL_DENY:
	case COL_WOULD:
		snprintf(buf, size, "%lld", number(g, row, sort_field[is]));
		break;
	case COL_NOTE:
		snprintf(buf, size, "%s",
			 a->at == AT_RULES && !*text(g, row, EF_UI_NOTE)
				 ? text(g, row, EF_UI_PROGRAMS)
				 : text(g, row, EF_UI_NOTE));
		break;
	default:
		snprintf(buf, size, "%s", text(g, row, sort_field[is]));
	}
	return role_of(g, row);
}

static bool is_denied(struct app *a, long row)
{
	return number(grouping(a), row, EF_UI_DENY_N) > 0;
}

static void status(struct app *a, char *buf, size_t size)
{
	const struct grouping *g = grouping(a);
	long long left = g->groups ? ef_ui_groups_left_over(g->groups) : 0;
	size_t n = 0;

	for (size_t i = 0; g->groups && i < ef_ui_groups_n(g->groups); i++)
		n += !ef_ui_groups_number(g->groups, i, EF_UI_LEVEL);
	if (left)
		snprintf(buf, size,
			 "%zu %s; too many: %lld attempts are in "
			 "none of them",
			 n, a->at == AT_SITES ? "sites" : "groups", left);
	else if (a->at == AT_SITES)
		snprintf(buf, size, "%zu sites, %zu destinations", n,
			 g->groups ? ef_ui_groups_n(g->groups) - n : 0);
	else if (a->at == AT_RULES)
		snprintf(buf, size, "%ld rules, %ld unused", a->rules, a->unused);
	else
		snprintf(buf, size, a->tree ? "%zu processes" : "%zu programs",
			 a->tree && g->groups ? ef_ui_groups_n(g->groups) : n);
}

/* A rule's attempts are shown as they came, under a filter. */
static void open_row(struct app *a)
{
	struct grouping *g = grouping(a);
	const char *where;

	if (a->at != AT_RULES && groups_open(a, 1))
		return;
	where = text(g, app_list(a)->cursor, EF_UI_WHERE);
	if (!*where) {
		app_say(a, "no filter can tell these attempts from others");
		return;
	}
	snprintf(a->filter, sizeof(a->filter), "%s", where);
	if (app_filter(a) == 0)
		app_go(a, AT_LIVE);
}

void groups_summary(struct app *a)
{
	struct grouping *g = &a->summary;
	struct ef_ui_groups *sites;

	if (!make(a, g, EF_UI_BY_RULE, false))
		return;
	a->rules = a->unused = a->destinations = 0;
	for (size_t i = 0; i < ef_ui_groups_n(g->groups); i++) {
		bool is_rule = ef_ui_groups_number(g->groups, i, EF_UI_RULE_LINE);

		a->rules += is_rule;
		a->unused += is_rule &&
			     !strcmp(ef_ui_groups_text(g->groups, i, EF_UI_COVER),
				     "unused");
	}
	if (ef_ui_history_groups(a->history, EF_UI_BY_SITE, 0, &sites, NULL) < 0)
		return;
	for (size_t i = 0; i < ef_ui_groups_n(sites); i++)
		a->destinations += ef_ui_groups_number(sites, i, EF_UI_LEVEL) > 0;
	ef_ui_groups_free(sites);
	g->cost_ms += clock_ms() - g->made_ms;
}

#define VIEW_OF_GROUPS(bit_, key_, name_, title_, columns_)                    \
	{                                                                      \
		.bit = bit_, .key = key_, .name = name_, .title = title_,      \
		.columns = columns_,                                           \
		.n_columns = sizeof(columns_) / sizeof(columns_[0]),           \
		.refresh = refresh, .cell = cell, .is_denied = is_denied,      \
		.status = status, .open = open_row,                            \
	}

const struct view view_sites =
	VIEW_OF_GROUPS(VIEW_SITES, '2', "Sites", "Sites", site_columns);
const struct view view_procs =
	VIEW_OF_GROUPS(VIEW_PROCS, '3', "Procs", "Programs", program_columns);
const struct view view_tree =
	VIEW_OF_GROUPS(VIEW_PROCS, '3', "Procs", "Processes", process_columns);
const struct view view_rules =
	VIEW_OF_GROUPS(VIEW_RULES, '4', "Rules", "Rules", rule_columns);
