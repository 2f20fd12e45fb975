/* SPDX-License-Identifier: MIT */
/* All there is to say of one row. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view.h"

/* Lines that are put together. */
struct lines {
	FILE *f;
	const struct ef_ui_page *row;
};

static const char *text(const struct lines *l, enum ef_ui_field what)
{
	return ef_ui_page_text(l->row, 0, what);
}

static long long number(const struct lines *l, enum ef_ui_field what)
{
	return ef_ui_page_number(l->row, 0, what);
}

/* A line with a name, when there is something behind it. */
static void line(const struct lines *l, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void line(const struct lines *l, const char *name, const char *fmt, ...)
{
	va_list ap;

	fprintf(l->f, "%-12s ", name);
	va_start(ap, fmt);
	vfprintf(l->f, fmt, ap);
	va_end(ap);
	fputc('\n', l->f);
}

static void put_verdict(const struct lines *l)
{
	const char *verdict = text(l, EF_UI_VERDICT);
	long long err = number(l, EF_UI_ERRNO);
	long long ns = number(l, EF_UI_DURATION_NS);
	char told[128] = "", took[64] = "";

	if (err > 0)
		snprintf(told, sizeof(told), "   %s returned %s to %s",
			 text(l, EF_UI_STAGE), strerrorname_np((int)err),
			 text(l, EF_UI_PROGRAM));
	if (ns >= 0)
		snprintf(took, sizeof(took), "   (in %.2f ms)",
			 (double)ns / 1000000);
	line(l, "Verdict", "%s%s%s",
	     !strcmp(verdict, "deny") ? "DENY" : verdict, told, took);
	line(l, "Why", "%s", text(l, EF_UI_REASON));
	if (number(l, EF_UI_LINE))
		line(l, "Rule", "line %lld of %s  %s", number(l, EF_UI_LINE),
		     text(l, EF_UI_FILE), text(l, EF_UI_RULE));
}

static void put_where(const struct lines *l)
{
	const char *site = text(l, EF_UI_SITE);

	line(l, "Destination", "%s%s%s   %s", text(l, EF_UI_DESTINATION),
	     *site ? "   site " : "", site, text(l, EF_UI_PORT));
	if (*text(l, EF_UI_PLACEHOLDER) && !*text(l, EF_UI_ADDRESS))
		line(l, "Address",
		     "not looked up: the program got "
		     "placeholder %s",
		     text(l, EF_UI_PLACEHOLDER));
	else if (*text(l, EF_UI_ADDRESS))
		line(l, "Address", "%s   name from %s", text(l, EF_UI_ADDRESS),
		     text(l, EF_UI_NAME_SOURCE));
	if (*text(l, EF_UI_OTHER_NAMES))
		line(l, "Other names", "%s", text(l, EF_UI_OTHER_NAMES));
	if (strstr(text(l, EF_UI_DESTINATION), "xn--"))
		line(l, "Note",
		     "an international name: this is how it is "
		     "written on the wire");
	if (*text(l, EF_UI_RISKS))
		line(l, "Risk", "%s", text(l, EF_UI_RISKS));
}

static void put_process(const struct lines *l)
{
	if (!number(l, EF_UI_PID))
		return;
	line(l, "Process", "%s (pid %lld, uid %lld)  %s", text(l, EF_UI_PROGRAM),
	     number(l, EF_UI_PID), number(l, EF_UI_UID), text(l, EF_UI_EXE));
	if (*text(l, EF_UI_ANCESTRY))
		line(l, "", "%s", text(l, EF_UI_ANCESTRY));
	line(l, "Command", "%s", text(l, EF_UI_COMMAND));
	line(l, "Directory", "%s", text(l, EF_UI_DIRECTORY));
}

/* Rows of the list may stand for several of the record. */
static void put_seen(const struct lines *l, const struct app *a)
{
	long row = a->lists[AT_LIVE].cursor;
	long long n = feed_number(&a->feed, row, EF_UI_COUNT);
	long long last = feed_number(&a->feed, row, EF_UI_LAST_SEQ);
	char time[16];

	time_of_day(number(l, EF_UI_AT_MS), time);
	if (last > number(l, EF_UI_SEQ))
		line(l, "Seen", "%s   %lld attempts, events %lld to %lld", time,
		     n, number(l, EF_UI_SEQ), last);
	else
		line(l, "Seen", "%s   %lld %s", time, n,
		     n == 1 ? "attempt" : "attempts");
	if (number(l, EF_UI_HELD_MS) > 0)
		line(l, "Held", "%lld ms", number(l, EF_UI_HELD_MS));
}

/* The text of a row. The caller frees it; NULL: none. */
static char *describe(struct app *a, long long seq)
{
	struct lines l = { 0 };
	struct ef_ui_page *row = NULL;
	char *buf = NULL, *story = NULL;
	struct ef_error err = { 0 };
	size_t size;

	l.f = open_memstream(&buf, &size);
	if (!l.f)
		return NULL;
	if (ef_ui_history_row(a->history, seq, &row, &err) < 0) {
		fprintf(l.f, "%s\n", err.text);
	} else if (!strcmp(ef_ui_page_text(row, 0, EF_UI_VERDICT), "note")) {
		l.row = row;
		line(&l, "Event", "%s", text(&l, EF_UI_DESTINATION));
		line(&l, "", "%s", text(&l, EF_UI_REASON));
		put_seen(&l, a);
	} else {
		l.row = row;
		put_verdict(&l);
		put_where(&l);
		put_process(&l);
		put_seen(&l, a);
	}
	if (ef_ui_history_why(a->history, seq, &story, NULL) == 0)
		fprintf(l.f, "\nThe policy of then says:\n%s", story);
	ef_ui_free(story);
	ef_ui_page_free(row);
	fclose(l.f);
	return buf;
}

void details_refresh(struct app *a)
{
	struct list *l = &a->lists[AT_LIVE];
	long long seq = feed_number(&a->feed, l->cursor, EF_UI_SEQ);
	long top = a->details.top;
	char title[64], *buf;

	if (!a->has_details || !a->history || seq == a->details_seq)
		return;
	buf = seq ? describe(a, seq) : NULL;
	snprintf(title, sizeof(title), "Details  event %.8s:%lld",
		 ef_ui_history_text(a->history, EF_UI_ID), seq);
	pager_set(&a->details, title, buf ? buf : "");
	if (a->details_seq == seq)
		a->details.top = top;
	a->details_seq = seq;
	free(buf);
}

void act_why(struct app *a)
{
	long long seq =
		feed_number(&a->feed, a->lists[AT_LIVE].cursor, EF_UI_SEQ);
	struct ef_error err = { 0 };
	char *story = NULL;

	if (!seq)
		return;
	if (ef_ui_history_why(a->history, seq, &story, &err) < 0)
		app_say(a, "%s", err.text);
	else
		app_show(a, "Why, by the policy of then", story);
	ef_ui_free(story);
}
