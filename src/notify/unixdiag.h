/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_UNIXDIAG_H
#define EF_NOTIFY_UNIXDIAG_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/unixaddr.h"

/*
 * The bound AF_UNIX sockets of the supervisor's network namespace, as the
 * kernel lists them (sock_diag(7)): needs no privilege. Nothing here waits
 * for anybody but the kernel.
 */
#define UNIXDIAG_LISTENING (1u << 10) /* TCP_LISTEN: streams, packets */
#define UNIXDIAG_IDLE	   (1u << 7)  /* TCP_CLOSE: datagrams, unlistened */
#define UNIXDIAG_CONNECTED (1u << 1)  /* TCP_ESTABLISHED */

struct unixdiag_socket {
	int type; /* SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET */
	uint64_t cookie;
	struct unixaddr name;
	bool has_file;		/* bound to a path */
	uint32_t file_ino;	/* low 32 bits of its inode number */
	unsigned int dev_major; /* device of its superblock */
	unsigned int dev_minor;
};

struct unixdiag {
	int netlink;
	uint32_t len; /* bytes in the buffer not yet read */
	uint8_t *next;
	bool is_over, was_interrupted;
	uint8_t buffer[16384] __attribute__((aligned(8)));
};

/* Begin a list of the sockets in these states: 0 or -errno. */
int unixdiag_start(struct unixdiag *d, uint32_t states);

/*
 * The next one that is bound: 1 and *ret; 0 at the end of the list; -errno.
 * -EAGAIN at the end: the table changed meanwhile, one may have been missed.
 */
int unixdiag_next(struct unixdiag *d, struct unixdiag_socket *ret);

/* Give back what it owns; also after a failed start. */
void unixdiag_end(struct unixdiag *d);

#endif
