/* SPDX-License-Identifier: MIT */
#ifndef EF_WIRE_CMSG_H
#define EF_WIRE_CMSG_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * Ancillary data of a message that is to be sent: walked exactly as the kernel
 * walks it, and let through by an allow-list. What is on the list can choose a
 * source address, an interface, a priority or a time, never a destination.
 * Pure: no I/O.
 */
enum cmsg_kind {
	CMSG_PLAIN,	  /* bytes to pass on as they are */
	CMSG_INTERFACE,	  /* the same; names an interface (.interface) */
	CMSG_RIGHTS,	  /* descriptors, to be translated */
	CMSG_CREDENTIALS, /* a struct ucred, to be replaced */
};

struct cmsg {
	enum cmsg_kind kind;
	int level, type;
	const uint8_t *data; /* into the walked bytes; any alignment */
	size_t len;
	uint32_t interface; /* CMSG_INTERFACE: its index, 0: none */
};

/* A walk over control bytes. */
struct cmsg_walk {
	const uint8_t *bytes;
	size_t len, at;
};

/* Start a walk over len bytes, which must outlive it. */
struct cmsg_walk cmsg_over(const void *bytes, size_t len);

/*
 * The next message: 1 and *ret, 0 at the end (a rest shorter than a header is
 * ignored, as by the kernel), -EINVAL where the kernel finds it malformed
 * (include/linux/socket.h CMSG_OK), -EPERM when it is not on the list.
 */
int cmsg_next(struct cmsg_walk *w, struct cmsg *ret);

/* The number of descriptors in a CMSG_RIGHTS, as the kernel counts them. */
size_t cmsg_n_fds(const struct cmsg *c);

/* Descriptor i of a CMSG_RIGHTS, i < cmsg_n_fds(). */
int cmsg_fd(const struct cmsg *c, size_t i);

/* Append one message with its padding; sets w->failed when it does not fit. */
void cmsg_put(struct writer *w, int level, int type, const void *data,
	      size_t len);

#endif
