/* SPDX-License-Identifier: MIT */
/* Filters by one key: those for a row, and away again. */
#include "app.h"

#include <string.h>

#include "view.h"

void app_toggle_filter(struct app *a, bool *flag)
{
	*flag = !*flag;
	if (app_filter(a) < 0)
		*flag = !*flag;
}

void app_only_this(struct app *a, char *buf, size_t size, const char *field,
		   enum ef_ui_field what)
{
	struct grouping *g = &a->groupings[a->at];
	long group = groups_chosen(a);
	const char *text;

	if (*buf) {
		*buf = '\0';
		app_filter(a);
		return;
	}
	if (group >= 0) {
		snprintf(buf, size, "%s",
			 ef_ui_groups_text(g->groups, (size_t)group, EF_UI_WHERE));
	} else {
		text = feed_text(&a->feed, app_list(a)->cursor, what);
		if (*text && !strpbrk(text, "\"\\"))
			snprintf(buf, size, "%s\"%s\"",
				 what == EF_UI_DESTINATION &&
						 !*feed_text(&a->feed,
							     app_list(a)->cursor,
							     EF_UI_HOST)
					 ? ""
					 : field,
				 text);
	}
	if (!*buf)
		app_say(a, "no filter can tell this from others");
	else if (app_filter(a) < 0)
		*buf = '\0';
}

void app_only_program(struct app *a)
{
	char *buf = a->program;
	const char *name =
		feed_text(&a->feed, app_list(a)->cursor, EF_UI_PROGRAM);

	if (*buf || a->at != AT_LIVE) {
		app_only_this(a, buf, sizeof(a->program), "", EF_UI_PROGRAM);
		return;
	}
	if (!*name ||
	    name[strspn(name, "abcdefghijklmnopqrstuvwxyz_-"
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")]) {
		app_say(a, "no filter can tell this program from others");
		return;
	}
	snprintf(buf, sizeof(a->program), "(exe~/%s$ or comm=%s)", name, name);
	if (app_filter(a) < 0)
		*buf = '\0';
}

void app_clear_filters(struct app *a)
{
	a->filter[0] = a->host[0] = a->program[0] = '\0';
	a->only_denied = a->only_marked = false;
	app_filter(a);
}
