/* SPDX-License-Identifier: MIT */
#ifndef EF_SUPERVISOR_LOSS_H
#define EF_SUPERVISOR_LOSS_H

#include <sys/types.h>

#include "base/error.h"

/*
 * Losing control of the tree: any thread can find out, the loop ends the
 * session. A fact of the process, since a signal handler and a callback cannot
 * carry a pointer; one session at a time.
 */

/* Nothing is lost yet. 0, or -errno with *err told; then loss_end(). */
int loss_begin(struct ef_err *err);

/* Give the descriptor back. */
void loss_end(void);

/* Control is lost, for this reason (a string that stays). Any thread; the
 * first reason counts. */
void loss_declare(const char *why);

/* The reason; NULL: all is well. */
const char *loss_reason(void);

/* Readable once control is lost. */
int loss_fd(void);

/*
 * From now on a record that is cut short under our hands (SIGBUS) ends this
 * process with exit code 125, and the command with it.
 */
void loss_catch_sigbus(pid_t command);

#endif
