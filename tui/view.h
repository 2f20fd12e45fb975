/* SPDX-License-Identifier: MIT */
#ifndef TUI_VIEW_H
#define TUI_VIEW_H

#include "app.h"
#include "columns.h"

/* One view: a list with columns. */
struct view {
	int bit;	  /* VIEW_... */
	char key;	  /* that leads to it */
	const char *name; /* of its tab, and for --dump-screen */
	const char *title;
	const struct column *columns;
	int n_columns;
	/* Bring the rows up to date; .lists[].n is right afterwards. */
	void (*refresh)(struct app *a);
	/* What a cell shows, in buf; returns what it is. */
	enum role (*cell)(struct app *a, long row, int column, char *buf,
			  size_t size);
	/* Is the row a denial? */
	bool (*is_denied)(struct app *a, long row);
	/* A line about the rows, for the bottom. */
	void (*status)(struct app *a, char *buf, size_t size);
	/* Enter. */
	void (*open)(struct app *a);
};

/* View i, 0 to N_VIEWS - 1. */
const struct view *view_at(int i);

/* The view that is shown. */
const struct view *view_now(const struct app *a);

/* The view of this name (case ignored), or -1. */
int view_find(const char *name);

extern const struct view view_live, view_sites, view_procs, view_tree,
	view_rules, view_sessions;

/* Groups. */

/* Make the shown rows anew, after sorting, opening or closing. */
void groups_arrange(struct app *a);

/* Forget the groups of all views: another filter, another session. */
void groups_forget(struct app *a);

/* Open (1) or close (0) the chosen group; false when there is nothing. */
bool groups_open(struct app *a, int open);

/* The chosen group's index, or -1. */
long groups_chosen(struct app *a);

/* Count rules and destinations for the title lines. */
void groups_summary(struct app *a);

/* Live. */

/* Look further where the list comes near an end of what is loaded. */
void live_fill(struct app *a);

/* Jump to the row of this number. */
void live_go(struct app *a, long long seq);

/* News, as they come. */
void live_news(struct app *a);

/* Bring the details up to date with the chosen row. */
void details_refresh(struct app *a);

/* Search for a text that was typed. */
void find_search(struct app *a, const char *text);

/* The next one, or the one before. */
void find_next(struct app *a, bool backwards);

/* One more step of a search in the record. True: it is not over. */
bool find_step(struct app *a);

/* The next row that was denied, or the one before. */
void find_denied(struct app *a, bool backwards);

/* Copy what a letter stands for. */
void act_copy(struct app *a, int key);

/* Show the chosen row as JSON. */
void act_json(struct app *a);

/* Show why the chosen row was judged as it was. */
void act_why(struct app *a);

/* Ask for an editor on the policy, at the rule of the chosen row. */
void act_edit(struct app *a);

/* Write the rows of the view to a file. */
void act_export(struct app *a, const char *path, bool overwrite);

/* Do what a command line says. */
void act_command(struct app *a, const char *line);

/* Show the keys of the view. */
void act_help(struct app *a);

/* A time of day ("14:02:07"); returns buf (of 16 bytes). */
char *time_of_day(long long ms, char *buf);

/* A duration ("00:02:41"); returns buf (of 16 bytes). */
char *time_span(long long ms, char *buf);

#endif
