/* SPDX-License-Identifier: MIT */
#ifndef EF_LIB_STEER_H
#define EF_LIB_STEER_H

#include <stddef.h>

#include "base/error.h"

/*
 * A running session, steered by a person over its control socket
 * (egress-filter-control(7)). Each call waits for the session's answer, at most
 * 10 seconds. Errors are told in *err: -EACCES when the session refuses this
 * process, -EPIPE when it has ended.
 */
#define STEER_ID_MAX	   37 /* with the NUL */
#define STEER_SESSIONS_MAX 256

struct steer;

/*
 * The ids of the sessions whose sockets are there, in order. Returns their
 * number, at most STEER_SESSIONS_MAX, or -errno. Those that were killed may be
 * among them.
 */
int steer_list(char (*ret)[STEER_ID_MAX], struct ef_err *err);

/*
 * Connect to the session whose id begins with prefix; NULL: to the only one that
 * runs. -ENOENT: there is none; -EEXIST: there are several.
 */
int steer_open(const char *prefix, struct steer **ret, struct ef_err *err);

/* Hang up; NULL is fine. */
void steer_close(struct steer *s);

/* Its id. */
const char *steer_id(const struct steer *s);

/* The policy in force and the file it is from, valid until the next call for
 * this session. -ENOENT: it is not from a file. */
int steer_policy(struct steer *s, const char **ret_path, const char **ret_text,
		 size_t *ret_len, struct ef_err *err);

/*
 * Have these bytes loaded in place of the policy with that digest (SHA-256, hex
 * digits). -EAGAIN: another one is in force by now.
 */
int steer_reload(struct steer *s, const char *digest, const char *text,
		 size_t len, struct ef_err *err);

/* Tell that a person has accepted this digest for this path. */
int steer_announce(struct steer *s, const char *digest, const char *path,
		   struct ef_err *err);

/* Tell all running sessions so; those that cannot be reached are left out. */
void steer_announce_to_all(const char *digest, const char *path);

/* Have the command ended: TERM, after 10 s KILL to all it started. */
int steer_stop(struct steer *s, struct ef_err *err);

#endif
