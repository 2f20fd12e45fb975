/* SPDX-License-Identifier: MIT */
#ifndef EF_SUPERVISOR_CONTROL_H
#define EF_SUPERVISOR_CONTROL_H

#include "gate/gate.h"
#include "supervisor/children.h"
#include "supervisor/control_peer.h"
#include "supervisor/reload.h"
#include "supervisor/trusted.h"

/*
 * The control socket of a session (egress-filter-control(7)): how a person sees
 * and changes what is in force while the command runs. It carries no record.
 * Driven by the loop; nothing blocks, and a client that is slow, silent or gone
 * costs a place in a small table.
 */
struct control;

/* All are borrowed for as long as it is open. */
struct control_options {
	const char *uuid;	 /* of the session */
	const char *policy_path; /* NULL: the policy is not from a file */
	struct gate *gate;
	struct reload *reload;	 /* NULL: cannot be reloaded */
	struct trusted *trusted; /* NULL: there is no list */
	struct children *children;
	struct control_world world; /* as it was before the command existed */
};

/*
 * Make the socket, named after the session, in the folder of sockets; those of
 * sessions that have ended there are removed. Returns 0 or -errno with *err told.
 */
int control_open(const struct control_options *o, struct control **ret,
		 struct ef_err *err);

/* Readable when control_step() has something to do. */
int control_fd(const struct control *c);

/* Do it. Also to be called when reload_taken_fd() was readable. */
void control_step(struct control *c);

/* Hang up on all, remove the socket and free; NULL is fine. */
void control_close(struct control *c);

#endif
