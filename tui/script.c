/* SPDX-License-Identifier: MIT */
/* Playing a script. */
#include "script.h"

#include <stdlib.h>
#include <string.h>

#define STEP_MS 100

static void settle(struct app *a)
{
	bool is_busy;

	do {
		is_busy = app_tick(a);
		app_draw(a);
	} while (is_busy);
}

void script_settle(struct app *a)
{
	settle(a);
	app_tick(a); /* what was counted last */
	app_draw(a);
}

static void tell_request(struct app *a, FILE *out)
{
	char path[4200];

	switch (a->request) {
	case REQUEST_LEAVE:
		fprintf(out, "request: leave\n");
		return; /* stays, so that the script ends */
	case REQUEST_SUSPEND:
		fprintf(out, "request: suspend\n");
		break;
	case REQUEST_EDIT:
		fprintf(out, "request: edit +%ld %s\n", a->edit_line,
			ef_ui_escape(a->edit_path, strlen(a->edit_path), path,
				     sizeof(path)));
		break;
	case REQUEST_COPY:
		fprintf(out, "request: copy %s\n", a->copied);
		break;
	case REQUEST_MOUSE:
		fprintf(out, "request: mouse %s\n", a->mouse ? "on" : "off");
		break;
	case REQUEST_REDRAW:
	case REQUEST_NONE:
	default:
		break;
	}
	app_done_request(a);
}

static void press(struct app *a, int key, FILE *out)
{
	app_key(a, key);
	app_draw(a);
	tell_request(a, out);
}

static bool press_all(struct app *a, char *names, FILE *out)
{
	for (char *name = strtok(names, " "); name; name = strtok(NULL, " ")) {
		int key = keymap_parse(name);

		if (key == KEYC_NONE)
			return false;
		press(a, key, out);
		script_settle(a);
	}
	return true;
}

static void type(struct app *a, const char *text, FILE *out)
{
	mbstate_t state = { 0 };
	wchar_t ch;
	size_t n;

	while (*text && (n = mbrtowc(&ch, text, MB_CUR_MAX, &state)) > 0 &&
	       n < (size_t)-2) {
		press(a, (int)ch, out);
		text += n;
	}
}

static void tick(struct app *a, long ms)
{
	for (; ms > 0; ms -= STEP_MS) {
		a->now_ms += ms < STEP_MS ? ms : STEP_MS;
		a->wall_ms += ms < STEP_MS ? ms : STEP_MS;
		app_tick(a);
		app_draw(a);
	}
}

static bool step(struct app *a, char *line, FILE *out)
{
	char *rest = strchr(line, ' ');
	int w, h;

	if (rest)
		*rest++ = '\0';
	if (!*line || *line == '#')
		return true;
	if (!strcmp(line, "key") && rest)
		return press_all(a, rest, out);
	if (!strcmp(line, "type") && rest) {
		type(a, rest, out);
	} else if (!strcmp(line, "tick") && rest) {
		tick(a, strtol(rest, NULL, 10));
	} else if (!strcmp(line, "settle")) {
		script_settle(a);
	} else if (!strcmp(line, "size") && rest &&
		   sscanf(rest, "%dx%d", &w, &h) == 2 && w > 0 && h > 0 &&
		   w <= 1000 && h <= 1000) {
		app_resize(a, w, h);
		app_draw(a);
	} else if (!strcmp(line, "dump")) {
		canvas_write(&a->canvas, out);
	} else {
		return false;
	}
	return true;
}

int script_run(struct app *a, FILE *in, FILE *out)
{
	char *line = NULL, *copy;
	size_t size = 0;
	ssize_t n;
	int number = 0, r = 0;

	app_draw(a);
	script_settle(a);
	while (r == 0 && a->request != REQUEST_LEAVE &&
	       (n = getline(&line, &size, in)) > 0) {
		number++;
		line[strcspn(line, "\n")] = '\0';
		copy = strdup(line);
		if (!copy || !step(a, copy, out)) {
			fprintf(stderr,
				"egress-filter: line %d of the script is "
				"none of key, type, tick, settle, size, "
				"dump\n",
				number);
			r = 2;
		}
		free(copy);
	}
	free(line);
	return r;
}
