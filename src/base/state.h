/* SPDX-License-Identifier: MIT */
#ifndef EF_BASE_STATE_H
#define EF_BASE_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/*
 * Where sessions are recorded and accepted policies are remembered:
 * $XDG_STATE_HOME/egress-filter, without that ~/.local/state/egress-filter.
 * A relative XDG_STATE_HOME counts as unset (XDG Base Directory).
 */

/*
 * Write the folder's path into buf. Returns 0; -ENOENT when neither variable
 * nor a home directory is there; -ENAMETOOLONG. Reads the user database when
 * HOME is unset, may block on that.
 */
int state_path(char *buf, size_t size, struct ef_err *err);

/*
 * The same, and make the folder (0700) and its parents where they are
 * missing. Further errors are those of mkdir(2), told with the path.
 */
int state_make(char *buf, size_t size, struct ef_err *err);

/*
 * The folder of the sockets of running sessions: $XDG_RUNTIME_DIR/egress-filter,
 * without that "run" in the state folder. Returns 0 or what state_path() gives.
 */
int state_sockets_path(char *buf, size_t size, struct ef_err *err);

/*
 * The same, and make the folder (0700). -EPERM when what is there is not a
 * folder of this user alone; further errors are those of mkdir(2).
 */
int state_sockets_make(char *buf, size_t size, struct ef_err *err);

#endif
