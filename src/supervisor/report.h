/* SPDX-License-Identifier: MIT */
#ifndef EF_SUPERVISOR_REPORT_H
#define EF_SUPERVISOR_REPORT_H

#include <stdbool.h>

#include "gate/gate.h"

/*
 * What the person reads: one line for each denial, at most one in 60 s for
 * each (destination, port, program), and a footer at the end. A thread of its
 * own writes the lines, so that a full pipe holds up nobody else.
 */
struct report;

struct report_options {
	struct gate *gate;
	const char *uuid; /* of the session */
	int fd;		  /* where denial lines go; -1: nowhere */
	bool quiet, verbose;
	bool is_learn; /* what would be denied is not told: it is drafted */
};

/* Start it. Returns 0 or -errno. */
int report_start(const struct report_options *o, struct report **ret);

/* Tell what is left, stop the thread and free; NULL is fine. Then the footer
 * on stderr: when something was denied, or with -v. digest is 64 hex digits. */
void report_finish(struct report *r, int exit_code, const char *digest);

/* Write the words for a destination ("name:443/tcp", a path, a call) into buf
 * and return it: printable, one line. */
char *report_destination(const struct observation *seen,
			 const struct decision *said, char *buf, size_t size);

#endif
