/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_REFUSE_H
#define EF_NOTIFY_REFUSE_H

#include "notify/call.h"

/* Calls that are always refused, and written down (decision 18). */

/* socket() or socketpair() of a family, type or protocol that is not on the list. */
void refuse_socket(struct call *c);

/* io_uring_setup(): ENOSYS, as on a kernel without it. */
void refuse_io_uring(struct call *c);

/* A network call of another architecture: ENOSYS. */
void refuse_foreign(struct call *c);

/* A call on a target that may not be inspected: EPERM. */
void refuse_unreadable(struct call *c, enum stage stage);

/*
 * Record a refusal for this reason and answer with error (-errno). For what
 * is no matter of policy: see gate_refuse().
 */
void refuse_with(struct call *c, struct observation *seen, enum reason reason,
		 int error);

#endif
