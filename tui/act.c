/* SPDX-License-Identifier: MIT */
/* What is done with rows: copied, exported, edited; and the command line. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "export.h"
#include "view.h"

/* The chosen row in full; the caller frees it. NULL: none, said. */
static struct ef_ui_page *chosen(struct app *a)
{
	long long seq =
		feed_number(&a->feed, a->lists[AT_LIVE].cursor, EF_UI_SEQ);
	struct ef_ui_page *row = NULL;
	struct ef_error err = { 0 };

	if (a->at != AT_LIVE || !seq)
		app_say(a, "no attempt is chosen");
	else if (ef_ui_history_row(a->history, seq, &row, &err) < 0)
		app_say(a, "%s", err.text);
	return row;
}

/* To the terminal's clipboard, and to a file, since not every terminal has
 * one. */
static void copy(struct app *a, const char *text)
{
	char path[4096], folder[4000];
	struct ef_error err = { 0 };
	int fd;

	if (!*text) {
		app_say(a, "nothing to copy: it is no plain name");
		return;
	}
	free(a->copied);
	a->copied = strdup(text);
	a->request = REQUEST_COPY;
	if (ef_ui_folder(folder, sizeof(folder), &err) < 0) {
		app_say(a, "copied to the terminal; no file: %s", err.text);
		return;
	}
	snprintf(path, sizeof(path), "%s/copied", folder);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
		  0600);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		app_say(a, "copied to the terminal; %s: %s", path,
			strerror(errno));
	else
		app_say(a, "copied to the terminal and to %s", path);
	if (fd >= 0)
		close(fd);
}

static void copy_group(struct app *a, int key)
{
	struct grouping *g = &a->groupings[a->at];
	long i = groups_chosen(a);

	if (i < 0 || key != 'h')
		app_say(a, "here only h, the name, can be copied");
	else
		copy(a, ef_ui_groups_text(g->groups, (size_t)i, EF_UI_LABEL));
}

static void copy_session(struct app *a, int key)
{
	struct grouping *g = &a->groupings[AT_SESSIONS];
	struct list *l = app_list(a);

	if (l->cursor >= g->n_shown || (key != 'h' && key != 'c'))
		return;
	copy(a, ef_ui_records_text(a->records, (size_t)g->shown[l->cursor],
				   key == 'h' ? EF_UI_ID : EF_UI_ARGV));
}

void act_copy(struct app *a, int key)
{
	struct ef_ui_page *row;
	char text[1200];

	if (a->at == AT_SESSIONS) {
		copy_session(a, key);
		return;
	}
	if (a->at != AT_LIVE) {
		copy_group(a, key);
		return;
	}
	row = chosen(a);
	if (!row)
		return;
	snprintf(text, sizeof(text), "%s:%.*s",
		 ef_ui_page_text(row, 0, EF_UI_DESTINATION),
		 (int)strcspn(ef_ui_page_text(row, 0, EF_UI_PORT), "/"),
		 ef_ui_page_text(row, 0, EF_UI_PORT));
	if (key == 'h')
		copy(a, ef_ui_page_text(row, 0, EF_UI_DESTINATION));
	else if (key == 'p')
		copy(a, text);
	else if (key == 'r')
		copy(a, ef_ui_page_text(row, 0, EF_UI_YAML));
	else if (key == 'c')
		copy(a, ef_ui_page_text(row, 0, EF_UI_COMMAND));
	else if (key == 'j')
		copy(a, ef_ui_page_text(row, 0, EF_UI_JSON));
	ef_ui_page_free(row);
}

/* One field a line; every brace and comma in a text is within quotes. */
static char *break_json(const char *json)
{
	char *buf = malloc(strlen(json) * 4 + 4), *at = buf;
	bool is_text = false;
	int depth = 0;

	for (; buf && *json; json++) {
		if (*json == '"')
			is_text = !is_text;
		if (is_text && *json == '\\')
			*at++ = *json++;
		*at++ = *json;
		if (is_text)
			continue;
		depth += *json == '{' || *json == '[';
		depth -= *json == '}' || *json == ']';
		if (depth == 1 && (*json == ',' || *json == '{'))
			at = stpcpy(at, "\n  ");
	}
	if (buf)
		*at = '\0';
	return buf;
}

void act_json(struct app *a)
{
	struct ef_ui_page *row = chosen(a);
	char *broken, *safe;
	size_t size;

	if (!row)
		return;
	/* JSON may hold what no terminal should get: each line is escaped */
	broken = break_json(ef_ui_page_text(row, 0, EF_UI_JSON));
	size = broken ? strlen(broken) * 6 + 2 : 0;
	safe = size ? malloc(size) : NULL;
	if (safe) {
		char *at = safe;

		*at = '\0';
		for (char *line = strtok(broken, "\n"); line;
		     line = strtok(NULL, "\n")) {
			ef_ui_escape(line, strlen(line), at,
				     size - (size_t)(at - safe) - 1);
			at += strlen(at);
			*at++ = '\n';
			*at = '\0';
		}
		app_show(a, "The row as JSON", safe);
	}
	free(safe);
	free(broken);
	ef_ui_page_free(row);
}

/* The path of the policy, seen from the session's folder. */
static bool policy_path(struct app *a, long long seq, char *buf, size_t size)
{
	char *path = NULL, *text = NULL;
	struct ef_error err = { 0 };
	const char *cwd = ef_ui_history_text(a->history, EF_UI_CWD);
	bool is_there;

	if (ef_ui_history_policy(a->history, seq, &path, &text, &err) < 0 ||
	    !*path || !strcmp(path, "-"))
		*buf = '\0';
	else if (*path == '/' || strchr(cwd, '\\'))
		snprintf(buf, size, "%s", path);
	else
		snprintf(buf, size, "%s/%s", cwd, path);
	ef_ui_free(path);
	ef_ui_free(text);
	is_there = *buf && access(buf, F_OK) == 0;
	if (!*buf)
		app_say(a, "no policy file is known");
	else if (!is_there)
		app_say(a, "the policy file is not there any more");
	return is_there;
}

void act_edit(struct app *a)
{
	long group = groups_chosen(a);
	long long seq = 0;

	a->edit_line = 1;
	if (group >= 0) {
		a->edit_line =
			(long)ef_ui_groups_number(a->groupings[a->at].groups,
						  (size_t)group, EF_UI_RULE_LINE);
	} else {
		long row = a->lists[AT_LIVE].cursor;

		seq = feed_number(&a->feed, row, EF_UI_SEQ);
		a->edit_line = (long)feed_number(&a->feed, row, EF_UI_LINE);
	}
	if (a->edit_line < 1)
		a->edit_line = 1;
	if (policy_path(a, seq, a->edit_path, sizeof(a->edit_path)))
		a->request = REQUEST_EDIT;
}

#define CELLS_MAX COLUMNS_MAX

/* The rows of a list that is all there. */
static long export_list(struct app *a, FILE *f, enum export_form form)
{
	const struct view *v = view_now(a);
	const char *names[CELLS_MAX], *cells[CELLS_MAX];
	char texts[CELLS_MAX][1024], lower[CELLS_MAX][40];
	long row;

	for (int i = 0; i < v->n_columns; i++) {
		snprintf(lower[i], sizeof(lower[i]), "%s", v->columns[i].title);
		for (char *p = lower[i]; *p; p++)
			*p = isalnum((unsigned char)*p)
				     ? (char)tolower((unsigned char)*p)
				     : '_';
		names[i] = lower[i];
		cells[i] = texts[i];
	}
	export_heading(f, form, names, v->n_columns);
	for (row = 0; row < app_list(a)->n; row++) {
		for (int i = 0; i < v->n_columns; i++)
			v->cell(a, row, i, texts[i], sizeof(texts[i]));
		export_row(f, form, names, cells, v->n_columns);
	}
	return row;
}

static void export_event(struct app *a, const struct ef_ui_page *p, size_t i,
			 FILE *f, enum export_form form)
{
	static const char *const names[] = { "event",	    "time",
					     "verdict",	    "program",
					     "destination", "port",
					     "count",	    "reason" };
	char event[48], time[16], count[24];
	const char *cells[] = { event,
				time_of_day(ef_ui_page_number(p, i, EF_UI_AT_MS),
					    time),
				ef_ui_page_text(p, i, EF_UI_VERDICT),
				ef_ui_page_text(p, i, EF_UI_PROGRAM),
				ef_ui_page_text(p, i, EF_UI_DESTINATION),
				ef_ui_page_text(p, i, EF_UI_PORT),
				count,
				ef_ui_page_text(p, i, EF_UI_REASON) };
	long long seq = ef_ui_page_number(p, i, EF_UI_SEQ);
	struct ef_ui_page *row;

	if (form == EXPORT_NDJSON) {
		if (ef_ui_history_row(a->history, seq, &row, NULL) == 0) {
			fprintf(f, "%s\n", ef_ui_page_text(row, 0, EF_UI_JSON));
			ef_ui_page_free(row);
		}
		return;
	}
	snprintf(event, sizeof(event), "%.8s:%lld",
		 ef_ui_history_text(a->history, EF_UI_ID), seq);
	snprintf(count, sizeof(count), "%lld",
		 ef_ui_page_number(p, i, EF_UI_COUNT));
	if (seq && form != EXPORT_YAML && ftell(f) == 0)
		export_heading(f, form, names, 8);
	export_row(f, form, names, cells, 8);
}

/* Every row that the filter selects, one by one, loaded or not. */
static long export_history(struct app *a, FILE *f, enum export_form form)
{
	long long seq = 0, after, reached;
	struct ef_ui_page *p;
	long n = 0;
	int r;

	ef_ui_history_collapse(a->history, 0);
	do {
		r = ef_ui_history_page(a->history, seq, 0, &p, &reached, NULL);
		seq = reached;
		for (size_t i = 0; r == 1 && i < ef_ui_page_n(p); i++, n++)
			export_event(a, p, i, f, form);
		if (r == 1) {
			ef_ui_page_span(p, &after, &seq);
			ef_ui_page_free(p);
		}
	} while (r == 1 || r == -EAGAIN);
	ef_ui_history_collapse(a->history, a->collapse);
	return r < 0 ? -1 : n;
}

void act_export(struct app *a, const char *path, bool overwrite)
{
	enum export_form form;
	long n;
	int fd;
	FILE *f;

	if (!export_form_of(path, &form)) {
		app_say(a, "the name says how: .ndjson, .csv, .md or .yaml");
		return;
	}
	fd = open(path,
		  O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY |
			  (overwrite ? O_TRUNC : O_EXCL),
		  0666);
	if (fd < 0 && errno == EEXIST && !overwrite) {
		snprintf(a->export_path, sizeof(a->export_path), "%s", path);
		app_ask(a, ASKED_OVERWRITE,
			"it is there already; overwrite? [y/n] ", "");
		return;
	}
	f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f) {
		app_say(a, "%s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return;
	}
	n = a->at == AT_LIVE ? export_history(a, f, form)
			     : export_list(a, f, form);
	if (fclose(f) != 0 || n < 0)
		app_say(a, "%s: not all was written", path);
	else
		app_say(a, "%ld rows written to %s", n, path);
}

static void show_policy(struct app *a)
{
	char *path = NULL, *text = NULL, shown[4096];
	struct ef_error err = { 0 };

	if (ef_ui_history_policy(a->history, 0, &path, &text, &err) < 0)
		app_say(a, "no policy is known");
	else
		app_show(a,
			 ef_ui_escape(path, strlen(path), shown, sizeof(shown)),
			 text);
	ef_ui_free(path);
	ef_ui_free(text);
}

static void choose_session(struct app *a, const char *id)
{
	struct ef_error err = { 0 };
	long i = ef_ui_records_find(a->records, id, 0, &err);

	if (i < 0)
		app_say(a, "%s", err.text);
	else if (app_choose(a, (size_t)i) == 0)
		app_go(a, AT_LIVE);
}

/* HOST[:PORT], by the policy that was in force last. */
static void why(struct app *a, const char *destination)
{
	char *path = NULL, *text = NULL;
	struct ef_policy *policy = NULL;
	struct ef_decision *decision = NULL;
	struct ef_error err = { 0 };

	if (!a->history ||
	    ef_ui_history_policy(a->history, 0, &path, &text, &err) < 0)
		app_say(a, "no policy is known");
	else if (ef_policy_parse(text, strlen(text), path, NULL, NULL, &policy,
				 &err) < 0 ||
		 ef_decide(policy, destination, &decision, &err) < 0)
		app_say(a, "%s", err.text);
	else
		app_show(a, "Why, by the policy in force",
			 ef_decision_explain(decision));
	ef_decision_free(decision);
	ef_policy_free(policy);
	ef_ui_free(path);
	ef_ui_free(text);
}

void act_command(struct app *a, const char *line)
{
	size_t n = strcspn(line, " ");
	const char *rest = line + n + strspn(line + n, " ");
	char verb[16];

	snprintf(verb, sizeof(verb), "%.*s", n < 15 ? (int)n : 15, line);
	if (!strcmp(verb, "q") || !strcmp(verb, "quit")) {
		a->request = REQUEST_LEAVE;
	} else if (!strcmp(verb, "filter") && a->history) {
		snprintf(a->filter, sizeof(a->filter), "%s", rest);
		app_filter(a);
	} else if (!strcmp(verb, "export") && *rest) {
		act_export(a, rest, false);
	} else if (!strcmp(verb, "session") && *rest) {
		choose_session(a, rest);
	} else if (!strcmp(verb, "policy") && a->history) {
		show_policy(a);
	} else if (!strcmp(verb, "why") && *rest) {
		why(a, rest);
	} else if (*verb) {
		app_say(a, "there are :filter TEXT  :export PATH  :session ID  "
			   ":policy  :why HOST[:PORT]  :q");
	}
}

#define LINE_BYTES 256
#define LINES_MAX  96

/* The lines of the help, headings among them. */
static int help_lines(int view, char lines[][LINE_BYTES], int max)
{
	const char *group = "";
	struct keymap_line l;
	int n = 0;

	for (int at = 0; n + 1 < max && keymap_line(view, &at, &l);) {
		if (strcmp(group, l.group) != 0)
			snprintf(lines[n++], LINE_BYTES, "%s", l.group);
		group = l.group;
		snprintf(lines[n++], LINE_BYTES, "  %-19s %s", l.keys, l.help);
	}
	return n;
}

/* The keys of the view, in two columns where there is room. */
void act_help(struct app *a)
{
	const struct view *v = view_now(a);
	char lines[LINES_MAX][LINE_BYTES], title[64], *buf = NULL;
	int n = help_lines(v->bit, lines, LINES_MAX);
	int half = a->canvas.w >= 100 ? (n + 1) / 2 : n;
	size_t size;
	FILE *f = open_memstream(&buf, &size);

	if (!f)
		return;
	for (int i = 0; i < half; i++)
		fprintf(f, "%-50.50s%s\n", lines[i],
			i + half < n ? lines[i + half] : "");
	fclose(f);
	snprintf(title, sizeof(title), "Help: %s", v->title);
	app_show(a, title, buf);
	a->is_help = true;
	free(buf);
}
