/* SPDX-License-Identifier: MIT */
#ifndef EF_WIRE_ADDR_H
#define EF_WIRE_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/*
 * An internet address with a port. IPv4-mapped IPv6 is folded into IPv4 here
 * and nowhere else; no sockaddr bytes go beyond this header. Pure: no I/O.
 */
enum addr_family { ADDR_NONE = 0, ADDR_IP4 = 4, ADDR_IP6 = 6 };

struct addr {
	uint8_t family; /* enum addr_family */
	uint8_t ip[16]; /* network order; IPv4 in the first 4, the rest 0 */
	uint16_t port;	/* host order; 0: none */
	uint32_t scope; /* interface index of a link-local IPv6, else 0 */
};

#define ADDR_TEXT_MAX 80 /* longest text below, with its final NUL */

/* What the bytes are for: the kernel reads AF_UNSPEC differently. */
enum addr_use {
	ADDR_FOR_CONNECT, /* of a datagram socket */
	ADDR_FOR_STREAM,  /* connect() of a stream socket */
	ADDR_FOR_SEND,
};

/*
 * Decode the len bytes of a sockaddr as a socket of this domain (AF_INET or
 * AF_INET6) would take them, into canonical form: IPv4-mapped becomes IPv4,
 * the unspecified address becomes loopback (127.0.0.1 or ::1) since that is
 * where the kernel sends it. Returns 0; -EINVAL or -EAFNOSUPPORT as Linux
 * itself would refuse the bytes (net/ipv4/af_inet.c, net/ipv6/datagram.c);
 * 1 when they mean "disconnect" (AF_UNSPEC for connect) or, for a send on an
 * AF_INET6 socket, "the peer I have"; *ret is then all zero.
 */
int addr_decode(int domain, enum addr_use use, const void *bytes, size_t len,
		struct addr *ret);

/*
 * Encode *a for a socket of this domain, with explicit family, exact length
 * and no flow label; an IPv4 address for an AF_INET6 socket becomes mapped.
 * Returns the length, or 0 when the domain cannot carry it.
 */
socklen_t addr_encode(const struct addr *a, int domain,
		      struct sockaddr_storage *ret);

/* Read what getsockname() and recvfrom() give; port 0 and families kept. */
void addr_from_sockaddr(const struct sockaddr_storage *ss, struct addr *ret);

/*
 * Read "192.0.2.1", "192.0.2.1:53", "2001:db8::1", "[2001:db8::1]:53" or
 * "fe80::1%2" (numeric scope). IPv4-mapped folds. Returns 0 or -EINVAL.
 */
int addr_parse(const char *text, struct addr *ret);

/* Write the address without its port into buf (ADDR_TEXT_MAX) and return buf. */
char *addr_text(const struct addr *a, char *buf);

/* Write address and port ("192.0.2.1:53", "[::1]:53") and return buf. */
char *addr_port_text(const struct addr *a, char *buf);

/* Same address, ports not compared. */
bool addr_same_ip(const struct addr *a, const struct addr *b);

/* 127.0.0.0/8 or ::1. */
bool addr_is_loopback(const struct addr *a);

/* RFC 1918, 100.64.0.0/10 (RFC 6598), fc00::/7 (RFC 4193), fec0::/10 (RFC
 * 3879) and NAT64 of a site's own, 64:ff9b:1::/48 (RFC 8215). */
bool addr_is_private(const struct addr *a);

/* 169.254.0.0/16, fe80::/10, and the cloud metadata addresses. */
bool addr_is_metadata(const struct addr *a);

/* 224.0.0.0/4, ff00::/8 or 255.255.255.255. */
bool addr_is_multicast(const struct addr *a);

/*
 * An address that no name may be bound to: this network, loopback,
 * link-local, metadata, multicast, reserved, 198.18.0.0/15 (placeholders).
 */
bool addr_never_binds(const struct addr *a);

/*
 * The IPv4 address inside NAT64 (64:ff9b::/96), 6to4 (2002::/16) or the
 * IPv4-compatible ::/96; false when there is none. The port is carried over.
 */
bool addr_embedded4(const struct addr *a, struct addr *ret);

#endif
