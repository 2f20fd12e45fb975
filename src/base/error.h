/* SPDX-License-Identifier: MIT */
#ifndef EF_BASE_ERROR_H
#define EF_BASE_ERROR_H

/*
 * What went wrong, for a person to read. It lives on the caller's stack, holds
 * no memory of its own and never needs freeing. Start it as { 0 }.
 */
struct ef_err {
	int code;      /* positive errno value; 0 means no error */
	char msg[512]; /* one line, no newline, cut if longer */
};

/*
 * Fill *err (which may be NULL: the caller wants the code alone) and return
 * -code, so that a failing function ends in: return err_set(err, EINVAL, ...).
 * Control characters in the arguments are replaced by '?'. Never blocks.
 */
int err_set(struct ef_err *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
