/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_PENDING_H
#define EF_NOTIFY_PENDING_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "notify/call.h"

/*
 * Calls that have to wait: a connect in progress, a send into a full buffer,
 * a name that is being looked up. Notification threads put them in, the loop
 * thread owns them from then on: it steps one when its descriptor is ready or
 * its tick comes, and every 20 ms asks of each whether its target is still
 * there, whether its time is up, and whether a signal wants it back
 * (kernel.md 3). No operation here may block.
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
	uint64_t tag;		 /* of the lookup; PENDING_LOOKUP */
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
	uint64_t tag;  /* of our own lookup */
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

/* An empty table with its epoll descriptor; NULL when out of memory. */
struct pending *pending_new(void);

/* Answer what is left with -EINTR and free; NULL is fine. */
void pending_free(struct pending *p);

/*
 * Hand a call over; *op is copied and what it owns belongs to the table when
 * this returns 0. -ENOSPC: full; the caller still owns it and must answer.
 * Any thread.
 */
int pending_add(struct pending *p, const struct pending_op *op);

/* Readable when pending_step() has something to do. */
int pending_fd(const struct pending *p);

/* Stop watching a socket of a waiting call, which is about to be closed. */
void pending_unwatch(struct pending *p, int sock);

/*
 * Step what is ready; sweep when a tick is due. Returns milliseconds until
 * the next tick, -1 when nothing waits. Loop thread only.
 */
int pending_step(struct pending *p);

/* A lookup with this tag has come to its end. Loop thread only. */
void pending_resolved(struct pending *p, const struct resolve_result *r);

/* The same from any other thread, for a lookup that could not be started. */
void pending_post_result(struct pending *p, const struct resolve_result *r);

/* A tag no other lookup of this session has. Any thread. */
uint64_t pending_new_tag(struct pending *p);

#endif
