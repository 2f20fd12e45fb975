/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_SENDKEEP_H
#define EF_NOTIFY_SENDKEEP_H

#include "notify/sending.h"

/*
 * What a send that waits for room keeps: a copy of what is left of its message,
 * and all that is needed to go on without the target's memory being judged
 * again. Inside sendwait.c and sendkeep.c only.
 */
struct send_wait {
	struct sends *sends;
	struct lost_slot *slot;
	struct ancillary anc; /* control points to the end of data */
	struct sockaddr_storage to;
	socklen_t to_len;
	struct sendunix *unix_to;
	int flags;
	bool is_stream, wants_signal;
	bool is_vector;
	struct sending_vector vector; /* is_vector */
	size_t total;		      /* bytes of the message */
	size_t sent;		      /* of them before data */
	size_t len, at;		      /* of data; sent of it */
	size_t room;		      /* for data */
	size_t reserved;
	struct iovec *iov; /* the whole message, where data is not the rest */
	size_t n_iov;
	uint8_t data[];
};

/*
 * Take what is left of a message into op->send, with its deadline and ticket:
 * 0, or the result of the message now, part of it or -ENOBUFS. v: the
 * sendmmsg() it is one of, or NULL; slot: its lost_slot.
 */
int64_t sendkeep_take(struct sending *s, const struct sending_vector *v,
		      struct lost_slot *slot, struct pending_op *op);

/* Give back what it holds. */
void sendkeep_free(struct send_wait *w);

#endif
