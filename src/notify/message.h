/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_MESSAGE_H
#define EF_NOTIFY_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "notify/call.h"

/*
 * A message as the target described it, copied once. Its parts land in the
 * buffers of the call: segments in buffers->iov, ancillary data in
 * buffers->control, data in buffers->data, a piece at a time. The copies are
 * made in the kernel's own order (net/socket.c), so that the first thing the
 * kernel would refuse is the first thing refused here, with its errno.
 */
#define CONTROL_BUFFER	   (64u << 10) /* of struct call_buffers */
#define MESSAGE_LEN_MAX	   0x7ffff000u /* MAX_RW_COUNT with pages of 4 KiB */
#define MESSAGE_NAME_MAX   128	       /* struct sockaddr_storage */
#define MESSAGE_VECTOR_MAX 1024	       /* UIO_MAXIOV: segments, messages */

struct message {
	uint8_t name[MESSAGE_NAME_MAX];
	size_t name_len;
	bool has_name; /* a pointer was given, though perhaps no length */
	size_t n_iov;
	size_t len;	    /* of all segments */
	size_t control_len; /* in buffers->control */
	int flags;	    /* msg_flags: only sendmmsg() looks at them */

	/* The piece at hand, in buffers->data. */
	size_t at;   /* where it starts in the message */
	size_t have; /* bytes of it */
	bool is_cut; /* the byte after it cannot be read */
};

/* Copy what sendto() names: data at buf, and the address. 0 or -errno. */
int message_copy_to(struct call *c, uint64_t buf, uint64_t len, uint64_t name,
		    int name_len, struct message *ret);

/* Copy what a struct msghdr at addr names, all but its data. 0 or -errno. */
int message_copy(struct call *c, uint64_t addr, struct message *ret);

/*
 * Copy up to CALL_BUFFER bytes of data, from byte at on: fills at, have and
 * is_cut. Returns 0, or -EPERM when the target may not be inspected. What was
 * copied may only be believed after call_is_waiting().
 */
int message_load(struct call *c, struct message *m, size_t at);

/* Bytes from the start of the piece at hand to the end of the message. */
size_t message_rest(const struct message *m);

#endif
