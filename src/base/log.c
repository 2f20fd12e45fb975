/* SPDX-License-Identifier: MIT */
/* Operator lines on stderr, escaped and in one write each. */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const char *const level_names[] = {
	[LOG_ERROR] = "error", [LOG_WARN] = "warn",   [LOG_INFO] = "info",
	[LOG_DEBUG] = "debug", [LOG_TRACE] = "trace",
};
#define N_LEVELS (sizeof(level_names) / sizeof(level_names[0]))

static enum log_level max_level = LOG_WARN;

void log_set_level(enum log_level level)
{
	max_level = level;
}

bool log_enabled(enum log_level level)
{
	return level <= max_level;
}

bool log_level_parse(const char *text, enum log_level *ret_level)
{
	while (*text) {
		size_t n = strcspn(text, ",=");

		for (size_t i = 0; i < N_LEVELS; i++) {
			if (strlen(level_names[i]) == n &&
			    !strncasecmp(level_names[i], text, n)) {
				*ret_level = (enum log_level)i;
				return true;
			}
		}
		text += n;
		text += *text != '\0';
	}
	return false;
}

void log_line(enum log_level level, const char *fmt, ...)
{
	char raw[1024], out[4200];
	size_t n;
	va_list ap;

	if (!log_enabled(level))
		return;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);

	n = (size_t)snprintf(out, sizeof(out), "egress-filter: ");
	for (const char *s = raw; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < 0x20 || c >= 0x7f)
			n += (size_t)snprintf(out + n, 5, "\\x%02x", c);
		else
			out[n++] = *s;
	}
	out[n++] = '\n';
	if (write(STDERR_FILENO, out, n) < 0)
		return; /* nobody is left to be told */
}
