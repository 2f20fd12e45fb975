/* SPDX-License-Identifier: MIT */
#ifndef EF_SUPERVISOR_ORPHANS_H
#define EF_SUPERVISOR_ORPHANS_H

#include <stddef.h>
#include <sys/types.h>

/*
 * The processes below this one: what is left when the main command has ended.
 * The supervisor is their subreaper, so none can leave (prctl(2)).
 */
#define ORPHANS_MAX 4096

/* The living descendants of the calling process, at most max; their number.
 * Reads /proc. */
size_t orphans_list(pid_t *ret, size_t max);

/*
 * Send them all a signal. Before SIGKILL they are stopped one by one until
 * none is left that runs, so that what forks and exits cannot run ahead. Does
 * not wait for them.
 */
void orphans_signal(int signal);

#endif
