/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_ESCAPE_H
#define EF_CLI_ESCAPE_H

/*
 * doctor --escape: try every known door (doctor/doors.h) without a session and
 * as the command of one, and print a line for each. Returns 0 when none is
 * open, 1 when one is or no session can be had here, EXIT_NOT_STARTED when
 * there was no trying. Takes some seconds.
 */
int escape_run(void);

/* The part that is the command of that session: args are the words of the
 * ground. Writes its reports to standard output. Returns an exit code. */
int escape_inside(char *const *args, int n);

#endif
