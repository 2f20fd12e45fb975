/* SPDX-License-Identifier: MIT */
/* What every subcommand needs to speak: error lines, colour, flushing. */
#include "cli/output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/escape.h"

static enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } color;

void output_error(const char *fmt, ...)
{
	char line[1200], shown[2400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	fprintf(stderr, "egress-filter: %s\n",
		escape_text(line, strlen(line), shown, sizeof(shown)));
}

void output_problem(const struct ef_problem *p, void *arg)
{
	char path[1024], place[32] = "";

	(void)arg;
	if (p->line && p->column)
		snprintf(place, sizeof(place), "%u:%u:", p->line, p->column);
	else if (p->line)
		snprintf(place, sizeof(place), "%u:", p->line);
	fprintf(stderr, "%s:%s %s: %s\n",
		escape_text(p->path, strlen(p->path), path, sizeof(path)),
		place, p->is_error ? "error" : "warning", p->text);
}

static bool is_set(const char *name)
{
	const char *value = getenv(name);

	return value && *value;
}

bool output_set_color(const char *when)
{
	const char *term = getenv("TERM");

	if (!when)
		when = getenv("EGRESS_FILTER_COLOR");
	if (!when || !*when || !strcmp(when, "auto")) {
		if (is_set("NO_COLOR") || (term && !strcmp(term, "dumb")))
			color = COLOR_NEVER;
		else if (is_set("FORCE_COLOR") || is_set("CLICOLOR_FORCE"))
			color = COLOR_ALWAYS;
		else
			color = COLOR_AUTO;
		return true;
	}
	color = !strcmp(when, "always") ? COLOR_ALWAYS : COLOR_NEVER;
	return color == COLOR_ALWAYS || !strcmp(when, "never");
}

bool output_has_color(FILE *f)
{
	if (color == COLOR_AUTO)
		return isatty(fileno(f));
	return color == COLOR_ALWAYS;
}

int output_flush(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	if (errno == EPIPE)
		return 0;
	output_error("standard output: %s", strerror(errno));
	return EXIT_USAGE;
}
