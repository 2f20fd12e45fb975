/* SPDX-License-Identifier: MIT */
/* Local sockets of the forwarder: where redirected questions arrive. */
#include "dns/local.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"

#define BACKLOG 64

static bool is_stream(enum local_socket which)
{
	return which == LOCAL_TCP4 || which == LOCAL_TCP6;
}

static bool is_ip6(enum local_socket which)
{
	return which == LOCAL_UDP6 || which == LOCAL_TCP6;
}

static int set_flag(int fd, int level, int name)
{
	return setsockopt(fd, level, name, &(int){ 1 }, sizeof(int));
}

/* Open one socket on *at; its port is filled in. */
static int open_one(enum local_socket which, struct addr *at, int *ret)
{
	int domain = is_ip6(which) ? AF_INET6 : AF_INET;
	int type = is_stream(which) ? SOCK_STREAM : SOCK_DGRAM;
	struct sockaddr_storage ss;
	socklen_t len = addr_encode(at, domain, &ss);
	auto_close int fd = -1;

	fd = socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (is_ip6(which) && set_flag(fd, IPPROTO_IPV6, IPV6_V6ONLY))
		return -errno;
	/* The listener of a session that has just ended may linger. */
	if (is_stream(which) && set_flag(fd, SOL_SOCKET, SO_REUSEADDR))
		return -errno;
	if (bind(fd, (struct sockaddr *)&ss, len))
		return -errno;
	if (is_stream(which) && listen(fd, BACKLOG))
		return -errno;
	len = sizeof(ss);
	if (getsockname(fd, (struct sockaddr *)&ss, &len))
		return -errno;
	addr_from_sockaddr(&ss, at);
	*ret = STEAL_FD(fd);
	return 0;
}

static struct addr loopback(bool ip6)
{
	struct addr a = { .family = ip6 ? ADDR_IP6 : ADDR_IP4 };

	if (ip6)
		a.ip[15] = 1;
	else
		memcpy(a.ip, (uint8_t[]){ 127, 0, 0, 1 }, 4);
	return a;
}

static struct addr *place_of(struct redirect_server *s, enum local_socket which)
{
	switch (which) {
	case LOCAL_UDP4:
		return &s->udp4;
	case LOCAL_UDP6:
		return &s->udp6;
	case LOCAL_TCP4:
		return &s->tcp4;
	case LOCAL_TCP6:
		return &s->tcp6;
	case N_LOCALS:
	default:
		return NULL;
	}
}

/* IPv6 may be compiled out, switched off, or without ::1. */
static bool is_missing_family(enum local_socket which, int rc)
{
	return is_ip6(which) && (rc == -EAFNOSUPPORT || rc == -EADDRNOTAVAIL);
}

static int open_at(const struct addr *resolver, enum local_socket which,
		   uint16_t port, struct addr *ret_at, int *ret_fd)
{
	struct addr plain = loopback(is_ip6(which)), own = *resolver;
	int rc = -EADDRNOTAVAIL;

	own.port = plain.port = port;
	if (addr_is_loopback(&own) && own.family == plain.family) {
		*ret_at = own;
		rc = open_one(which, ret_at, ret_fd);
	}
	if (rc == -EADDRNOTAVAIL) {
		*ret_at = plain;
		rc = open_one(which, ret_at, ret_fd);
	}
	return rc;
}

int local_open(const struct addr *resolver, uint16_t port, struct local *ret,
	       struct redirect_server *ret_server, struct ef_err *err)
{
	char text[ADDR_TEXT_MAX];

	*ret_server = (struct redirect_server){ .server = *resolver };
	*ret = (struct local){ .fd = { -1, -1, -1, -1 } };
	for (int i = 0; i < N_LOCALS; i++) {
		struct addr *at = place_of(ret_server, (enum local_socket)i);
		int rc = open_at(resolver, (enum local_socket)i, port, at,
				 &ret->fd[i]);

		if (!rc)
			continue;
		if (is_missing_family((enum local_socket)i, rc)) {
			*at = (struct addr){ 0 };
			continue;
		}
		local_close(ret);
		return err_set(err, -rc, "cannot listen on %s for DNS: %s",
			       addr_port_text(at, text), strerror(-rc));
	}
	return 0;
}

void local_close(struct local *l)
{
	for (int i = 0; i < N_LOCALS; i++) {
		if (l->fd[i] >= 0)
			close(l->fd[i]);
		l->fd[i] = -1;
	}
}
