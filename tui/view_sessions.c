/* SPDX-License-Identifier: MIT */
/* The sessions that were recorded. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tree.h"
#include "view.h"

enum {
	COL_ID,
	COL_STARTED,
	COL_STATE,
	COL_MODE,
	COL_ALLOW,
	COL_DENY,
	COL_WOULD,
	COL_COMMAND,
	N_COLUMNS
};

static const struct column columns[N_COLUMNS] = {
	[COL_ID] = { "SESSION", 8, 0, 0, 0, false },
	[COL_STARTED] = { "STARTED", 16, 0, 60, 0, false },
	[COL_STATE] = { "STATE", 10, 0, 0, 0, false },
	[COL_MODE] = { "MODE", 9, 7, 80, 0, false },
	[COL_ALLOW] = { "ALLOW", 6, 5, 80, 0, true },
	[COL_DENY] = { "DENY", 6, 5, 50, 0, true },
	[COL_WOULD] = { "WOULD", 6, 0, 120, 0, true },
	[COL_COMMAND] = { "COMMAND", 10, 8, 0, 1, false },
};

static long long number(struct app *a, size_t i, int column)
{
	static const enum ef_ui_session fields[N_COLUMNS] = {
		[COL_STARTED] = EF_UI_STARTED_MS,
		[COL_ALLOW] = EF_UI_ALLOWED,
		[COL_DENY] = EF_UI_DENIED,
		[COL_WOULD] = EF_UI_WOULD,
	};

	return fields[column]
		       ? ef_ui_records_number(a->records, i, fields[column])
		       : 0;
}

/* "running", "exit 1", "signal 9", "not closed" */
static void show_state(struct app *a, size_t i, char *buf, size_t size)
{
	const char *state = ef_ui_records_text(a->records, i, EF_UI_STATE);
	long long signal = ef_ui_records_number(a->records, i, EF_UI_SIGNAL);

	if (strcmp(state, "ended") != 0)
		snprintf(buf, size, "%s", state);
	else if (signal > 0)
		snprintf(buf, size, "signal %lld", signal);
	else
		snprintf(buf, size, "exit %lld",
			 ef_ui_records_number(a->records, i, EF_UI_EXIT_CODE));
}

static void show(struct app *a, size_t i, int column, char *buf, size_t size)
{
	static const enum ef_ui_session fields[N_COLUMNS] = {
		[COL_MODE] = EF_UI_MODE,
		[COL_COMMAND] = EF_UI_ARGV,
	};
	long long n = number(a, i, column);
	time_t t = (time_t)(n / 1000);
	struct tm tm;

	if (column == COL_ID) {
		snprintf(buf, size, "%.8s",
			 ef_ui_records_text(a->records, i, EF_UI_ID));
	} else if (column == COL_STARTED) {
		localtime_r(&t, &tm);
		if (!strftime(buf, size, "%Y-%m-%d %H:%M", &tm))
			*buf = '\0';
	} else if (column == COL_STATE) {
		show_state(a, i, buf, size);
	} else if (fields[column]) {
		snprintf(buf, size, "%s",
			 ef_ui_records_text(a->records, i, fields[column]));
	} else if (n < 0) {
		snprintf(buf, size, "-");
	} else {
		snprintf(buf, size, "%lld", n);
	}
}

/* Sorted once, and again when the column or the records change. */
static void refresh(struct app *a)
{
	struct grouping *g = &a->groupings[AT_SESSIONS];
	size_t n = ef_ui_records_n(a->records);
	struct tree_row *rows = calloc(n + 1, sizeof(*rows));
	int column = a->sort[AT_SESSIONS];
	char text[512], **texts = calloc(n + 1, sizeof(*texts));

	free(g->shown);
	g->shown = calloc(n + 1, sizeof(*g->shown));
	for (size_t i = 0; rows && texts && i < n; i++) {
		show(a, i, column, text, sizeof(text));
		texts[i] = strdup(text);
		rows[i] = (struct tree_row){ .index = (long)i,
					     .number = number(a, i, column),
					     .text = texts[i] ? texts[i] : "" };
	}
	g->n_shown = rows && texts && g->shown
			     ? tree_arrange(rows, (long)n,
					    a->descending[AT_SESSIONS], g->shown)
			     : 0;
	for (size_t i = 0; texts && i < n; i++)
		free(texts[i]);
	free(texts);
	free(rows);
	a->lists[AT_SESSIONS].n = g->n_shown;
	list_fit(&a->lists[AT_SESSIONS]);
}

static enum role cell(struct app *a, long row, int column, char *buf, size_t size)
{
	size_t i = (size_t)a->groupings[AT_SESSIONS].shown[row];

	show(a, i, column, buf, size);
	return ef_ui_records_number(a->records, i, EF_UI_RUNNING) == 1
		       ? ROLE_NOTE
		       : ROLE_PLAIN;
}

static bool is_denied(struct app *a, long row)
{
	size_t i = (size_t)a->groupings[AT_SESSIONS].shown[row];

	return ef_ui_records_number(a->records, i, EF_UI_DENIED) > 0;
}

static void status(struct app *a, char *buf, size_t size)
{
	const char *problem = ef_ui_records_problem(a->records, 0);
	size_t n = ef_ui_records_n(a->records);

	snprintf(buf, size, "%zu session%s%s%s", n, n == 1 ? "" : "s",
		 problem ? "; " : "", problem ? problem : "");
}

static void open_row(struct app *a)
{
	struct grouping *g = &a->groupings[AT_SESSIONS];
	long cursor = a->lists[AT_SESSIONS].cursor;

	if (cursor < g->n_shown && app_choose(a, (size_t)g->shown[cursor]) == 0)
		app_go(a, AT_LIVE);
}

const struct view view_sessions = {
	.bit = VIEW_SESSIONS,
	.key = '6',
	.name = "Sessions",
	.title = "Sessions",
	.columns = columns,
	.n_columns = N_COLUMNS,
	.refresh = refresh,
	.cell = cell,
	.is_denied = is_denied,
	.status = status,
	.open = open_row,
};
