/* SPDX-License-Identifier: MIT */
/* Doors: sockets of other families and protocols. */
#include <errno.h>
#include <netinet/ip_icmp.h>
#include <netinet/udp.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "doctor/doors_impl.h"

#define FAMILIES 64 /* more than Linux has */

static const struct {
	int family, type, protocol;
} kinds[N_KINDS] = {
	[KIND_PACKET] = { AF_PACKET, SOCK_RAW, 0 },
	[KIND_UDPLITE] = { AF_INET, SOCK_DGRAM, 136 },
	[KIND_SCTP] = { AF_INET, SOCK_STREAM, 132 },
	[KIND_VSOCK] = { 40 /* AF_VSOCK */, SOCK_STREAM, 0 },
	[KIND_XDP] = { 44 /* AF_XDP */, SOCK_RAW, 0 },
	[KIND_ALG] = { 38 /* AF_ALG */, SOCK_SEQPACKET, 0 },
	[KIND_NETFILTER] = { AF_NETLINK, SOCK_RAW, 12 },
};

/* Having such a socket is enough: no rule is about what it may reach. */
int door_kind(struct attempt *a)
{
	auto_close int fd =
		socket(kinds[a->arg].family, kinds[a->arg].type | SOCK_CLOEXEC,
		       kinds[a->arg].protocol);

	return fd < 0 ? -errno : 0;
}

/* Is there any family that nobody has thought of? */
int door_families(struct attempt *a)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_RAW,
				     SOCK_SEQPACKET };
	int error = -EAFNOSUPPORT;

	(void)a;
	for (int family = 0; family < FAMILIES; family++) {
		if (family == AF_UNIX || family == AF_INET ||
		    family == AF_INET6 || family == AF_NETLINK)
			continue;
		for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
			auto_close int fd =
				socket(family, types[i] | SOCK_CLOEXEC, 0);

			if (fd >= 0)
				return 0;
			if (errno != EAFNOSUPPORT)
				error = -errno;
		}
	}
	return error;
}

int door_mptcp(struct attempt *a)
{
	struct sockaddr_in to = doors_ip4(a->g->closed);
	auto_close int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 262);

	return doors_connect(fd, &to, sizeof(to));
}

/* A UDP packet, made by hand. */
int door_raw(struct attempt *a)
{
	struct sockaddr_in to = doors_ip4(0);
	struct {
		struct udphdr head;
		char byte;
	} __attribute__((packed)) packet = { .byte = 'x' };
	auto_close int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_UDP);

	packet.head.source = htons(9);
	packet.head.dest = htons(a->g->closed);
	packet.head.len = htons(sizeof(packet));
	if (fd < 0 || sendto(fd, &packet, sizeof(packet), 0,
			     (struct sockaddr *)&to, sizeof(to)) < 0)
		return -errno;
	return 0;
}

int door_ping(struct attempt *a)
{
	struct sockaddr_in to = doors_ip4(0);
	struct icmphdr echo = { .type = ICMP_ECHO };
	auto_close int fd =
		socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_ICMP);

	(void)a;
	if (fd < 0 || sendto(fd, &echo, sizeof(echo), 0, (struct sockaddr *)&to,
			     sizeof(to)) < 0)
		return -errno;
	return 0;
}
