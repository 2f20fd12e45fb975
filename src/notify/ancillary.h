/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_ANCILLARY_H
#define EF_NOTIFY_ANCILLARY_H

#include "notify/message.h"

/*
 * Ancillary data on its way through the supervisor: checked against the allow
 * list of wire/cmsg.h and encoded anew. Descriptors are duplicated from the
 * target; credentials are the target's true ones, or none.
 */
#define ANCILLARY_FDS_MAX 253 /* SCM_MAX_FD */

struct ancillary {
	uint8_t *control;	/* encoded; in buffers->control of the call */
	size_t len;		/* 0: nothing to send along */
	size_t credentials_len; /* of len, at the end: a struct ucred of ours */
	uint32_t interface;	/* a packet's interface was chosen; 0: not */
	int fds[ANCILLARY_FDS_MAX]; /* duplicates, owned */
	size_t n_fds;
};

/*
 * Take the ancillary data of m apart for the call's socket. Returns 0; the
 * -errno with which Linux would refuse it; -EPERM for what is not allowed or
 * when a descriptor is one of our own files (the session is ended then).
 * ancillary_release() is due either way.
 */
int ancillary_take(struct call *c, const struct message *m,
		   struct ancillary *ret);

/* Close the duplicates. */
void ancillary_release(struct ancillary *a);

#endif
