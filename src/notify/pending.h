/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_PENDING_H
#define EF_NOTIFY_PENDING_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "notify/call.h"

/*
 * Calls that have to wait: a connect in progress, a send into a full buffer,
 * a name that is being looked up. Notification threads put them in, the
 * table's own crew (crew.h) has them from then on, each call one thread at a
 * time: it is stepped when its descriptor is ready or its tick comes, and every
 * 20 ms asked whether its target is still there, whether its time is up, and
 * whether a signal wants it back. A step does not wait for the network, but it
 * touches the target's memory, files and socket, and so may get stuck there;
 * that is why the loop has no part in it.
 */
#define PENDING_MAX	4096
#define PENDING_TICK_MS 20

enum pending_kind {
	PENDING_NONE,
	PENDING_CONNECT,      /* TCP: wait for EPOLLOUT, connect() again */
	PENDING_UNIX_CONNECT, /* backlog full: try again each tick */
	PENDING_LOOKUP,	      /* placeholder: wait for the resolver */
	PENDING_SEND,	      /* wait for EPOLLOUT, send the rest */
	PENDING_HOLD,	      /* a question sent from the target's own socket */
	PENDING_RECV,	      /* redirected socket: wait for EPOLLIN */
	N_PENDING_KINDS
};

struct unix_wait; /* of unix_connect.c; owned, on the heap */

/* What connect.c keeps of a connect() that waits. */
struct connect_wait {
	struct sockaddr_storage to; /* where it goes; PENDING_CONNECT */
	socklen_t to_len;
	struct dname name;	 /* looked up */
	uint16_t port;		 /* asked for */
	struct unix_wait *local; /* PENDING_UNIX_CONNECT; owned */
};

/* What dnssend.c keeps of a question that is held. */
#define HOLD_ADDRS_MAX 32
struct hold_wait {
	struct addr server; /* who was asked */
	struct dname name;
	uint16_t qtype, id;
	size_t value;	  /* what the send returns */
	int64_t question; /* row of the question */
	int64_t until_ns;
	bool is_bound; /* it has come to its end */
	bool is_seen;  /* the reply is in the target's queue */
	bool asked_again;
	size_t n_addrs;
	struct addr addrs[HOLD_ADDRS_MAX]; /* what our lookups said */
};

struct send_wait; /* of send.c; owned, on the heap */

struct pending_op {
	enum pending_kind kind;
	struct call call;     /* moved in: its descriptors are the op's */
	uint64_t tag;	      /* of the lookup it waits for, or 0; fixed */
	struct ticket ticket; /* seq 0: nothing to finish */
	int64_t deadline_ns;  /* clock_mono_ns(); 0: none (SO_SNDTIMEO) */
	int timeout_error;    /* -errno to answer with then */
	bool is_restartable;  /* false: a signal ends it with -EINTR */
	struct connect_wait connect;
	struct hold_wait hold;
	struct send_wait *send;
};

/* What a step says. */
enum pending_step {
	STEP_WAIT, /* not yet */
	STEP_DONE, /* answered: drop it */
};

/* An empty table, without its crew; NULL when out of memory. */
struct pending *pending_new(void);

/*
 * Start the crew: once, before the first call is handed over. *ctx must outlive
 * it. Returns 0 or -errno.
 */
int pending_start(struct pending *p, const struct notify_context *ctx);

/* End the crew, answer what is left with -EINTR and free; NULL is fine. False,
 * and nothing is freed, when one of the crew does not come back, or when closing
 * a socket might take as long as a target wants. */
bool pending_free(struct pending *p);

/*
 * Hand a call over; *op is copied and what it owns belongs to the table when
 * this returns 0. -ENOSPC: full; the caller still owns it and must answer.
 * Any thread.
 */
int pending_add(struct pending *p, const struct pending_op *op);

/* Stop watching a socket of a waiting call, which is about to be closed. */
void pending_unwatch(struct pending *p, int sock);

/* A lookup with this tag has come to its end, or could not be begun. Any
 * thread; does not block. */
void pending_resolved(struct pending *p, const struct resolve_result *r);

/* A tag no other lookup of this session has. Any thread. */
uint64_t pending_new_tag(struct pending *p);

/* The watch of the loop over the crew, see crew_tick(). */
bool pending_tick(struct pending *p, int *ret_again_ms);

/* See crew_busy_fd(). */
int pending_busy_fd(const struct pending *p);

#endif
