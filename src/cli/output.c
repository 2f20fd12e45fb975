/* SPDX-License-Identifier: MIT */
/* What every subcommand needs to speak: error lines, colour, flushing. */
#include "cli/output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

static enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } color;

void output_error(const char *fmt, ...)
{
	char line[900];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	log_line(LOG_ERROR, "%s", line);
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
