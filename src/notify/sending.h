/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_SENDING_H
#define EF_NOTIFY_SENDING_H

#include <limits.h>
#include <stdatomic.h>

#include "notify/ancillary.h"
#include "notify/lost.h"
#include "notify/message.h"
#include "notify/repeat.h"
#include "notify/send.h"
#include "notify/sendunix.h"

/*
 * One message on its way out, between the three calls that bring it
 * (send.c), the judging of where it goes (sendto.c), the carrying out
 * (sending.c) and the waiting (sendwait.c). Inside these files only.
 */
struct sends {
	struct repeat *repeat;
	struct lost *lost;	     /* NULL: answers always arrive */
	atomic_size_t waiting_bytes; /* of SEND_WAITING_BYTES_MAX */
};

struct sending {
	struct call *call;
	struct message m;
	struct ancillary anc;
	int flags; /* for the kernel */
	bool wants_signal;
	bool may_wait;	/* unless the socket itself says no */
	bool is_alone;	/* not one of several: the call may be held */
	bool is_astray; /* its interface takes it elsewhere: to be refused */

	struct addr addr; /* the destination judged; family 0: none */
	struct sockaddr_storage to;
	socklen_t to_len;	  /* 0: no name is given to the kernel */
	struct sendunix *unix_to; /* AF_UNIX datagram with an address; owned */

	struct ticket ticket; /* seq 0: no row of its own */
	size_t sent;
};

/* Values of sending_judge() and sending_run() that are no result. */
#define SENDING_WOULD_WAIT INT64_MIN	   /* full, and may block */
#define SENDING_HELD	   (INT64_MIN + 1) /* somebody else answers */
#define SENDING_GO	   (INT64_MIN + 2) /* carry it out */

/*
 * Where the message goes: decoded from its name and encoded anew, not judged
 * yet. 0, or the -errno of the kernel for such a name.
 */
int sending_aim(struct sending *s);

/* What the ancillary data does to the destination: 0, or the -errno of the
 * kernel. Where it would take the message elsewhere than its address says,
 * is_astray is set, and sending_judge() will refuse it. */
int sending_aim_interface(struct sending *s);

/*
 * Judge the destination, if there is one, and commit its row (decision 14).
 * SENDING_GO, SENDING_HELD, or the result: -errno, or the length of a message
 * that counts as sent.
 */
int64_t sending_judge(struct sending *s);

/*
 * Carry it out as far as the socket takes it, loading further pieces of the
 * message on the way. The result, -errno (with SIGPIPE already sent where it
 * is due), or SENDING_WOULD_WAIT.
 */
int64_t sending_run(struct sending *s);

/* One sendmsg() of ours: bytes or -errno. Never blocks. */
ssize_t sending_transmit(int sock, struct msghdr *h, size_t credentials_len,
			 int flags);

/* True when a stream that has taken some bytes would report an error now:
 * asking by poll() leaves the error for the next call of the target. */
bool sending_is_broken(int sock);

/* A stream's EPIPE comes with a signal. */
void sending_signal(const struct call *c);

#define SEND_WAIT_BYTES_MAX    (8u << 20)
#define SEND_WAITING_BYTES_MAX (256u << 20)

/* Where a sendmmsg() stands. */
struct sending_vector {
	uint32_t flags;
	uint32_t n, done; /* messages; of them gone out */
	uint64_t entry;	  /* of the next one, in the target's memory */
};

/*
 * Go on with a sendmmsg(): the number of messages that went out, the -errno of
 * the first one if none did, or SENDING_WOULD_WAIT: *s is the one that waits.
 */
int64_t sending_vector_run(struct call *c, struct sending_vector *v,
			   struct lost_slot **slot, struct sending *s);

/* A message of it has come to its end, with its length or -errno: the same. */
int64_t sending_vector_end(struct call *c, struct sending_vector *v,
			   int64_t value);

/* The outcome of one message, for its row; and what it holds. */
void sending_finish(struct sending *s, int64_t value);

/*
 * Let the call wait for its socket. Returns 0: the pending table owns call and
 * ticket; or the result of the message now, part of it or -ENOBUFS. v: the
 * sendmmsg() it is one of, or NULL; slot: its lost_slot.
 */
int64_t sending_wait(struct sending *s, const struct sending_vector *v,
		     struct lost_slot *slot);

#endif
