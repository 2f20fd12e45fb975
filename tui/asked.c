/* SPDX-License-Identifier: MIT */
/* Keys while a line, or one key, is asked for. */
#include "app.h"

#include <string.h>
#include <strings.h>

#include "view.h"

/* A column by the beginning of its title. */
static void sort_by_name(struct app *a, const char *name)
{
	const struct view *v = view_now(a);

	for (int i = 0; i < v->n_columns; i++) {
		if (strncasecmp(v->columns[i].title, name, strlen(name)) != 0)
			continue;
		app_sort_by(a, i);
		return;
	}
	app_say(a, "no column begins with %s", name);
}

/* A line was typed. */
static void answer(struct app *a, enum asked what, const char *line)
{
	char old[sizeof(a->filter)];

	switch (what) {
	case ASKED_SEARCH:
		find_search(a, line);
		break;
	case ASKED_FILTER:
		memcpy(old, a->filter, sizeof(old));
		snprintf(a->filter, sizeof(a->filter), "%s", line);
		if (app_filter(a) < 0)
			memcpy(a->filter, old, sizeof(old));
		break;
	case ASKED_COMMAND:
		act_command(a, line);
		break;
	case ASKED_EXPORT:
		if (*line)
			act_export(a, line, false);
		break;
	case ASKED_SORT:
		if (*line)
			sort_by_name(a, line);
		break;
	case ASKED_NOTHING:
	case ASKED_COPY:
	case ASKED_OVERWRITE:
	case ASKED_QUIT:
	default:
		break;
	}
}

/* A question that one key answers; any but the right one is no. */
static void answer_key(struct app *a, enum asked what, int key)
{
	if (what == ASKED_COPY)
		act_copy(a, key);
	else if (what == ASKED_OVERWRITE && key == 'y')
		act_export(a, a->export_path, true);
	else if (what == ASKED_QUIT && (key == 'y' || key == 'q'))
		a->request = REQUEST_LEAVE;
}

void app_key_while_asked(struct app *a, int key)
{
	enum asked what = a->asked;

	if (what >= ASKED_COPY) {
		a->asked = ASKED_NOTHING;
		answer_key(a, what, key);
		return;
	}
	switch (prompt_key(&a->prompt, key)) {
	case PROMPT_DONE:
		a->asked = ASKED_NOTHING;
		answer(a, what, a->prompt.text);
		break;
	case PROMPT_GIVEN_UP:
		a->asked = ASKED_NOTHING;
		break;
	case PROMPT_GOES_ON:
	default:
		break;
	}
}
