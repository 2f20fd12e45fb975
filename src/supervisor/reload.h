/* SPDX-License-Identifier: MIT */
#ifndef EF_SUPERVISOR_RELOAD_H
#define EF_SUPERVISOR_RELOAD_H

#include <stdbool.h>

#include "gate/gate.h"

/*
 * The policy file while the session runs (decision 11). Renames over it,
 * symbolic links on the way to it and editors' ways of saving are noticed by
 * watching the folders of every link; the file is read by a thread of its
 * own, since a lease or a slow disk may hold it up. What only removes allow
 * entries is taken at once; what widens is taken with is_auto alone and
 * otherwise told; the old policy stays on any error, and that is told too.
 */
struct reload;

/*
 * Watch path. Returns 0, or -errno (no inotify): then nothing is watched and
 * the policy stays as it is.
 */
int reload_start(struct gate *gate, struct store *store, const char *path,
		 bool is_auto, struct reload **ret);

/* Readable, edge by edge, whenever a new policy has become the live one. */
int reload_taken_fd(const struct reload *r);

/* Look at the file now (SIGHUP); never widens by itself. */
void reload_poke(struct reload *r);

/* Stop and free; NULL is fine. */
void reload_stop(struct reload *r);

#endif
