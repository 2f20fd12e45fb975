/* SPDX-License-Identifier: MIT */
#ifndef EF_SUPERVISOR_SESSION_H
#define EF_SUPERVISOR_SESSION_H

#include <signal.h>
#include <stdbool.h>

#include "base/error.h"
#include "notify/call.h"
#include "notify/listener.h"
#include "supervisor/children.h"
#include "supervisor/control.h"
#include "supervisor/launch.h"
#include "supervisor/reload.h"
#include "supervisor/report.h"
#include "supervisor/supervisor.h"
#include "supervisor/surroundings.h"
#include "supervisor/trusted.h"

/*
 * What a session consists of: opened in an order that is part of the design,
 * then driven by the loop (supervisor.c), then closed.
 */

/* Who the loop hears from. */
enum source {
	SRC_SIGNALS,
	SRC_PENDING,
	SRC_DNS,
	SRC_LISTENER,
	SRC_BUSY,
	SRC_RELOAD,
	SRC_CONTROL,
	SRC_LOST
};

struct session {
	const struct run_options *o;
	struct launch launch;
	struct surroundings around;
	struct mounts mounts;
	struct inherited inherited; /* descriptors it may not have */
	struct store *store;
	struct gate *gate;
	struct policy *followed; /* by follow_policy(); held */
	struct redirect *redirect;
	struct resolver *resolver;
	struct notify_context ctx;
	struct listener *listener;
	struct report *report;
	struct reload *reload;
	struct control *control; /* NULL: there is none */
	struct control_world world;
	struct trusted *trusted;
	struct children children;
	int epoll, signals;
	sigset_t old_mask;
	bool listener_hung_up;
	int record_error; /* the last one told of */
};

/*
 * Open everything up to the point where the command may be let go: it exists,
 * under its filter, and waits. handled are the signals the loop reads. Returns
 * 0 or -errno with *err told; session_close() is due either way.
 */
int session_open(struct session *s, const char *uuid, const sigset_t *handled,
		 struct ef_err *err);

/* Say at the start what a person may want to know. */
void session_tell_start(const struct session *s);

/* Close what is open, also after a failed start. */
void session_close(struct session *s);

#endif
