/* SPDX-License-Identifier: MIT */
/* Doors: one destination, written in several ways. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "doctor/doors_impl.h"

static int udp(void)
{
	return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static int udp6(struct attempt *a)
{
	if (!a->g->has_ip6)
		return doors_skip(a, "no IPv6 on loopback");
	return socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

/* A send of IPv4 takes AF_UNSPEC for AF_INET. */
int door_unspec(struct attempt *a)
{
	struct sockaddr_in to = doors_ip4(a->g->closed);
	auto_close int fd = udp();

	to.sin_family = AF_UNSPEC;
	return doors_send(fd, &to, sizeof(to));
}

int door_any(struct attempt *a)
{
	struct sockaddr_in to = doors_ip4(a->g->closed);
	auto_close int fd = udp();

	to.sin_addr.s_addr = INADDR_ANY;
	return doors_send(fd, &to, sizeof(to));
}

int door_ip6(struct attempt *a)
{
	struct sockaddr_in6 to = doors_ip6(a->g->closed, 0);
	auto_close int fd = udp6(a);

	return doors_send(fd, &to, sizeof(to));
}

int door_mapped(struct attempt *a)
{
	struct sockaddr_in6 to = doors_ip6(a->g->closed, 1);
	auto_close int fd = udp6(a);

	return doors_send(fd, &to, sizeof(to));
}

int door_mapped_any(struct attempt *a)
{
	struct sockaddr_in6 to = doors_ip6(a->g->closed, 1);
	auto_close int fd = udp6(a);

	memset(to.sin6_addr.s6_addr + 12, 0, 4); /* ::ffff:0.0.0.0 */
	return doors_send(fd, &to, sizeof(to));
}

int door_ip4_on_ip6(struct attempt *a)
{
	struct sockaddr_in to = doors_ip4(a->g->closed);
	auto_close int fd = udp6(a);

	return doors_send(fd, &to, sizeof(to));
}

int door_any6(struct attempt *a)
{
	struct sockaddr_in6 to = doors_ip6(a->g->closed, 0);
	auto_close int fd = udp6(a);

	memset(&to.sin6_addr, 0, sizeof(to.sin6_addr));
	return doors_send(fd, &to, sizeof(to));
}

/* Without its scope an IPv6 address is four bytes shorter, and taken. */
int door_short(struct attempt *a)
{
	struct sockaddr_in6 to = doors_ip6(a->g->closed, 1);
	auto_close int fd = udp6(a);

	return doors_send(fd, &to, sizeof(to) - sizeof(to.sin6_scope_id));
}

/* Nowhere means here, and here is where the socket is bound. */
int door_any_bound(struct attempt *a)
{
	struct sockaddr_in at = doors_ip4(0), to = doors_ip4(a->g->allowed);
	auto_close int fd = udp();

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
	to.sin_addr.s_addr = INADDR_ANY;
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		return -errno;
	return doors_send(fd, &to, sizeof(to));
}

/* A socket of IPv6 becomes one of IPv4 with its peer judged already. */
int door_addrform(struct attempt *a)
{
	struct sockaddr_in6 peer = doors_ip6(a->g->allowed, 1);
	struct sockaddr_in to = doors_ip4(a->g->closed);
	auto_close int fd = udp6(a);
	int r = doors_connect(fd, &peer, sizeof(peer)), family = AF_INET;

	if (r)
		return r;
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_ADDRFORM, &family,
		       sizeof(family)) < 0)
		return -errno;
	to.sin_family = AF_UNSPEC;
	return doors_send(fd, &to, sizeof(to));
}
