/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_CALL_H
#define EF_NOTIFY_CALL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "gate/gate.h"
#include "gate/redirect.h"
#include "gate/resolve.h"
#include "notify/kernel.h"
#include "notify/thread.h"
#include "policy/observation.h"

/*
 * One intercepted system call on its way from receipt to answer. A call lives
 * on the stack of the thread that received it, or in the pending table once
 * it has to wait. What it owns (descriptors) is given back by call_done().
 *
 * The order in which a call is taken apart is fixed (kernel.md 2): open the
 * thread, duplicate the descriptor, copy memory, open memory for results,
 * then call_is_waiting(). Only after that has been true may anything be
 * believed: before it, the id may have been somebody else's.
 */
struct batch;
struct pending;
struct targets;
struct listen_record;
struct sends;

/* What all notification threads of a session share. */
struct notify_context {
	int listener;
	struct gate *gate;
	struct store *store;
	struct redirect *redirect;
	struct resolver *resolver;     /* NULL: no name service */
	struct pending *pending;       /* calls that wait, owned by the loop */
	struct targets *targets;       /* processes by pid */
	struct listen_record *listens; /* listeners of the tree */
	uint16_t sink_port;	       /* where probes are connected to (R6) */
	struct sends *sends;	       /* what sends share (notify/send.h) */
	uint64_t netns_cookie;	       /* of the supervisor; 0: unknown */
	bool is_root;		       /* effective uid 0: credentials switch */
	void (*lose)(const char *why); /* end the session: control is lost */
};

#define CALL_BUFFER (1u << 20) /* bytes copied from a target at once */

/* What a socket is and stays. */
struct socket_facts {
	uint64_t cookie; /* 0: empty */
	int domain, type, protocol;
	bool is_foreign_netns;
};

#define SOCKETS_KNOWN 64

/* What one thread that handles calls owns. */
struct call_buffers {
	uint8_t *data;				    /* CALL_BUFFER bytes */
	uint8_t *control;			    /* 64 KiB: ancillary data */
	struct iovec *iov;			    /* 1024: UIO_MAXIOV */
	struct threads *threads;		    /* callers of before */
	struct batch *batch;			    /* calls taken at once */
	struct socket_facts sockets[SOCKETS_KNOWN]; /* by cookie */
};

struct call {
	const struct notify_context *ctx;
	struct call_buffers *buffers;
	uint64_t id;
	pid_t tid;
	struct seccomp_data data;
	struct thread *thread;	    /* of the caller; lent by the buffers */
	int sock;		    /* duplicate of its socket, or -1 */
	int memory;		    /* for results, or -1 */
	int domain, type, protocol; /* of sock */
	uint64_t cookie;	    /* of sock */
	struct proc_image seen;	    /* of the caller, when last read */
	bool is_foreign_netns;
	bool is_pending; /* the pending table has it, and watches sock */
	bool is_answered;
};

/* Map them: false when there is no memory. */
bool call_buffers_init(struct call_buffers *ret);

/* Give back what is mapped, also after a failed call_buffers_init(). */
void call_buffers_done(struct call_buffers *b);

/* A call made of a notification; owns nothing yet. */
void call_init(struct call *c, const struct notify_context *ctx,
	       struct call_buffers *buffers, const struct seccomp_notif *n);

/* What it owns and its answer are somebody else's from now on. */
void call_moved(struct call *c);

/* Give back what it owns; answers -EPERM if nobody has answered (P3). */
void call_done(struct call *c);

/*
 * Duplicate descriptor number fd of the target and learn what it is: fills
 * sock, domain, type, protocol and cookie. Returns 0, or the
 * -errno with which the kernel itself would refuse (-EBADF, -ENOTSOCK), or
 * -EPERM when the target may not be inspected.
 */
int call_take_socket(struct call *c, int fd);

/*
 * Duplicate a descriptor that need not be a socket; the caller closes *ret_fd.
 * Returns 0, -EBADF, or -EPERM: may not be inspected, or it is one of our own
 * files (the session is ended then).
 */
int call_take_any(struct call *c, int fd, int *ret_fd);

/*
 * True when the socket is bound to no interface but loopback's, and cannot be
 * any more: what it sends to an address of loopback then stays on this machine.
 */
bool call_stays_here(const struct call *c);

/* True when the socket's O_NONBLOCK is set, as of now. */
bool call_is_nonblocking(const struct call *c);

/* Copy len bytes of the target's memory: 0, -EFAULT (too few), or -EPERM. */
int call_read(const struct call *c, uint64_t addr, void *buf, size_t len);

/* The same for a call that is going to be identified: what is needed for that
 * is read along with it. */
int call_read_name(struct call *c, uint64_t addr, void *buf, size_t len);

/* Open the target's memory for results (before call_is_waiting()). */
int call_open_memory(struct call *c);

/* Write a result: 0 or -EFAULT. call_open_memory() has succeeded. */
int call_write(const struct call *c, uint64_t addr, const void *buf, size_t len);

/* True while the target waits: what was copied was its own. */
bool call_is_waiting(const struct call *c);

/* Give sock back and answer with a value or -errno. Returns 0, or -ENOENT: the
 * target is gone. */
int call_answer(struct call *c, int64_t value, int error);

/* Give sock back and let the kernel go on (see kernel_continue()). */
void call_continue(struct call *c);

/* Fill in what an observation says of the caller: pid, tid, call, netns,
 * protocol by the socket's domain and type. */
void call_observe(const struct call *c, enum stage stage,
		  struct observation *ret);

/*
 * The process behind the call and its row in the record (read from /proc and
 * cached). *ret_who stays valid until the thread's next call. Returns 0 or
 * -errno (no row: deny).
 */
int call_identify(const struct call *c, const struct process **ret_who,
		  int64_t *ret_row);

#endif
