/* SPDX-License-Identifier: MIT */
/* Errors a person reads: a code and one line, on the caller's stack. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

/* A message may quote a path or a key: it must stay one harmless line. */
static void make_plain(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = '?';
}

int err_set(struct ef_err *err, int code, const char *fmt, ...)
{
	va_list ap;

	if (err) {
		err->code = code;
		va_start(ap, fmt);
		vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
		va_end(ap);
		make_plain(err->msg);
	}
	return -code;
}
