/* SPDX-License-Identifier: MIT */
/* Ancillary data: the kernel's walk over it, and what may be sent. */
#include "wire/cmsg.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#ifndef SOL_UDP
#define SOL_UDP 17
#endif
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef SCM_TXTIME
#define SCM_TXTIME 61
#endif
#ifndef SO_TIMESTAMPING_OLD
#define SO_TIMESTAMPING_OLD 37
#define SO_TIMESTAMPING_NEW 65
#endif

/*
 * What may be sent. Not here, and why: IP_RETOPTS, IPV6_RTHDR, IPV6_HOPOPTS
 * and IPV6_DSTOPTS route the packet elsewhere or carry bytes of the target's
 * beside the judged ones; IPV6_FLOWINFO may name a stored routing header;
 * SO_MARK and SCM_DEVMEM_DMABUF choose another route and other memory.
 */
static const struct {
	int level, type;
	enum cmsg_kind kind;
} allowed[] = {
	{ SOL_SOCKET, SCM_RIGHTS, CMSG_RIGHTS },
	{ SOL_SOCKET, SCM_CREDENTIALS, CMSG_CREDENTIALS },
	{ SOL_SOCKET, SCM_TXTIME, CMSG_PLAIN },
	{ SOL_SOCKET, SO_TIMESTAMPING_OLD, CMSG_PLAIN },
	{ SOL_SOCKET, SO_TIMESTAMPING_NEW, CMSG_PLAIN },
	{ IPPROTO_IP, IP_TOS, CMSG_PLAIN },
	{ IPPROTO_IP, IP_TTL, CMSG_PLAIN },
	{ IPPROTO_IP, IP_PKTINFO, CMSG_INTERFACE },
	{ IPPROTO_IPV6, IPV6_TCLASS, CMSG_PLAIN },
	{ IPPROTO_IPV6, IPV6_HOPLIMIT, CMSG_PLAIN },
	{ IPPROTO_IPV6, IPV6_PKTINFO, CMSG_INTERFACE },
	{ SOL_UDP, UDP_SEGMENT, CMSG_PLAIN },
};

struct cmsg_walk cmsg_over(const void *bytes, size_t len)
{
	return (struct cmsg_walk){ .bytes = bytes, .len = len };
}

/* Too short a structure names no interface: the kernel refuses it itself. */
static uint32_t interface_of(const struct cmsg *c)
{
	struct in_pktinfo v4;
	struct in6_pktinfo v6;

	if (c->level == IPPROTO_IP && c->len >= sizeof(v4)) {
		memcpy(&v4, c->data, sizeof(v4));
		return (uint32_t)v4.ipi_ifindex;
	}
	if (c->level == IPPROTO_IPV6 && c->len >= sizeof(v6)) {
		memcpy(&v6, c->data, sizeof(v6));
		return v6.ipi6_ifindex;
	}
	return 0;
}

static int classify(struct cmsg *c)
{
	for (size_t i = 0; i < sizeof(allowed) / sizeof(*allowed); i++) {
		if (allowed[i].level != c->level || allowed[i].type != c->type)
			continue;
		c->kind = allowed[i].kind;
		if (c->kind == CMSG_INTERFACE)
			c->interface = interface_of(c);
		return 1;
	}
	return -EPERM;
}

int cmsg_next(struct cmsg_walk *w, struct cmsg *ret)
{
	struct cmsghdr h;
	size_t left = w->len - w->at;

	memset(ret, 0, sizeof(*ret));
	if (left < sizeof(h))
		return 0;
	memcpy(&h, w->bytes + w->at, sizeof(h));
	if (h.cmsg_len < sizeof(h) || h.cmsg_len > left)
		return -EINVAL;
	ret->level = h.cmsg_level;
	ret->type = h.cmsg_type;
	ret->data = w->bytes + w->at + sizeof(h);
	ret->len = h.cmsg_len - sizeof(h);
	/* The last one may lack its padding. */
	w->at += CMSG_ALIGN(h.cmsg_len) < left ? CMSG_ALIGN(h.cmsg_len) : left;
	return classify(ret);
}

size_t cmsg_n_fds(const struct cmsg *c)
{
	return c->len / sizeof(int);
}

int cmsg_fd(const struct cmsg *c, size_t i)
{
	int fd;

	memcpy(&fd, c->data + i * sizeof(fd), sizeof(fd));
	return fd;
}

void cmsg_put(struct writer *w, int level, int type, const void *data, size_t len)
{
	static const uint8_t zero[sizeof(size_t)];
	struct cmsghdr h = { .cmsg_len = CMSG_LEN(len),
			     .cmsg_level = level,
			     .cmsg_type = type };

	if (CMSG_SPACE(len) > w->cap - w->len)
		w->failed = true;
	write_bytes(w, &h, sizeof(h));
	write_bytes(w, data, len);
	write_bytes(w, zero, CMSG_SPACE(len) - CMSG_LEN(len));
}
