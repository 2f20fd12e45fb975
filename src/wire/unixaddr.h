/* SPDX-License-Identifier: MIT */
#ifndef EF_WIRE_UNIXADDR_H
#define EF_WIRE_UNIXADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "wire/addr.h"

/*
 * The address of an AF_UNIX socket: a path, or an abstract name of any bytes
 * (unix(7)). No sockaddr_un bytes go beyond this header. Pure: no I/O.
 */
#define UNIXADDR_NAME_MAX sizeof(((struct sockaddr_un *)0)->sun_path)

struct unixaddr {
	bool is_abstract;
	uint8_t len;			  /* bytes of name */
	char name[UNIXADDR_NAME_MAX + 1]; /* a path, or what follows the NUL of
					     an abstract one; a NUL at the end */
};

/* Longest text: '@', each byte as \xNN, a NUL (struct unix_peer). */
#define UNIXADDR_TEXT_MAX (4 * UNIXADDR_NAME_MAX + 2)

/*
 * Decode the len bytes of a sockaddr as an AF_UNIX socket of this type would
 * take them (net/unix/af_unix.c): a path ends at the first NUL or with the
 * bytes, an abstract name is as long as they are. Returns 0; -EINVAL as Linux
 * would refuse them; 1 when they mean "disconnect" (AF_UNSPEC, connect on a
 * datagram socket), *ret is then empty.
 */
int unixaddr_decode(int type, enum addr_use use, const void *bytes, size_t len,
		    struct unixaddr *ret);

/*
 * Read the name by which the kernel lists a bound socket (UNIX_DIAG_NAME: the
 * bytes of sun_path). Returns 0, or -EINVAL: longer than any name, or empty.
 */
int unixaddr_from_name(const void *name, size_t len, struct unixaddr *ret);

/*
 * Encode *a with explicit family and exact length. Returns the length, or 0
 * when a path does not fit.
 */
socklen_t unixaddr_encode(const struct unixaddr *a, struct sockaddr_un *ret);

/*
 * Write the name as policies and records have it into buf
 * (UNIXADDR_TEXT_MAX) and return buf: a path as it is, but "./@x" for the
 * relative path "@x"; an abstract name as '@' and its bytes, \xNN for all that
 * are not printable ASCII and for the backslash, so that no two names look
 * the same.
 */
char *unixaddr_text(const struct unixaddr *a, char *buf);

/* The same kind and the same bytes. */
bool unixaddr_equal(const struct unixaddr *a, const struct unixaddr *b);

#endif
