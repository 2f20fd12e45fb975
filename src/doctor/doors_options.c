/* SPDX-License-Identifier: MIT */
/* Doors: options of a socket, and ancillary data of a message. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "doctor/doors_impl.h"

/* Through 127.0.0.2 to 127.0.0.1: a pointer of 4, one place to go by. */
static const uint8_t source_route[] = { 1, 131, 7, 4, 127, 0, 0, 2 };

/* Segment routing: one segment left, ::1 (RFC 8754). */
static const uint8_t routing_header[24] = { 0, 2, 4, 0, 0, 0, 0, 0, [23] = 1 };

/* struct in6_flowlabel_req: ::1, any label, IPV6_FL_A_GET, may create. */
static const uint8_t flow_label[32] = { [15] = 1, [20] = 0, [21] = 255, [22] = 1 };
static const int one = 1, udp_encap = 2;
static const uint32_t interface = 1 << 24; /* the first, in network order */

static const struct {
	int family, type, level, name;
	const void *value;
	socklen_t len;
} options[N_OPTIONS] = {
	[OPTION_SOURCE_ROUTE] = { AF_INET, SOCK_DGRAM, IPPROTO_IP, 4,
				  source_route, sizeof(source_route) },
	[OPTION_ROUTING_HEADER] = { AF_INET6, SOCK_DGRAM, IPPROTO_IPV6, 57,
				    routing_header, sizeof(routing_header) },
	[OPTION_FLOW_LABEL] = { AF_INET6, SOCK_DGRAM, IPPROTO_IPV6, 32,
				flow_label, sizeof(flow_label) },
	[OPTION_TCP_REPAIR] = { AF_INET, SOCK_STREAM, IPPROTO_TCP, 19, &one,
				sizeof(one) },
	[OPTION_UDP_ENCAP] = { AF_INET, SOCK_DGRAM, IPPROTO_UDP, 100,
			       &udp_encap, sizeof(udp_encap) },
	[OPTION_UDP_ENCAP_LITE] = { AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE, 100,
				    &udp_encap, sizeof(udp_encap) },
	[OPTION_DEVICE] = { AF_INET, SOCK_DGRAM, SOL_SOCKET, 25, "lo", 3 },
	[OPTION_UNICAST_IF] = { AF_INET, SOCK_DGRAM, IPPROTO_IP, 50, &interface,
				sizeof(interface) },
	[OPTION_PEEK_OFF] = { AF_INET, SOCK_DGRAM, SOL_SOCKET, 42, &one,
			      sizeof(one) },
	[OPTION_ZEROCOPY] = { AF_INET, SOCK_STREAM, SOL_SOCKET, 60, &one,
			      sizeof(one) },
};

int door_option(struct attempt *a)
{
	auto_close int fd = socket(options[a->arg].family,
				   options[a->arg].type | SOCK_CLOEXEC, 0);

	if (fd < 0 || setsockopt(fd, options[a->arg].level, options[a->arg].name,
				 options[a->arg].value, options[a->arg].len) < 0)
		return -errno;
	return 0;
}

static const struct {
	int family, level, type;
	const void *value;
	size_t len;
} ancillaries[] = {
	[ANCILLARY_RETOPTS] = { AF_INET, IPPROTO_IP, 7, source_route,
				sizeof(source_route) },
	[ANCILLARY_RTHDR] = { AF_INET6, IPPROTO_IPV6, 57, routing_header,
			      sizeof(routing_header) },
	[ANCILLARY_PKTINFO6] = { AF_INET6, IPPROTO_IPV6, 61 /* 2292PKTOPTIONS */,
				 routing_header, sizeof(routing_header) },
};

/* To where it may go, with words on how to get there. */
int door_ancillary(struct attempt *a)
{
	struct sockaddr_in to = doors_ip4(a->g->allowed);
	struct sockaddr_in6 to6 = doors_ip6(a->g->allowed, 1);
	bool is_ip4 = ancillaries[a->arg].family == AF_INET;
	struct iovec iov = { .iov_base = (char[]){ 'x' }, .iov_len = 1 };
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(32)];
	} control;
	struct msghdr m = { .msg_name = is_ip4 ? (void *)&to : &to6,
			    .msg_namelen = is_ip4 ? sizeof(to) : sizeof(to6),
			    .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = &control };
	auto_close int fd =
		socket(ancillaries[a->arg].family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memset(&control, 0, sizeof(control));
	m.msg_controllen = CMSG_SPACE(ancillaries[a->arg].len);
	control.align.cmsg_level = ancillaries[a->arg].level;
	control.align.cmsg_type = ancillaries[a->arg].type;
	control.align.cmsg_len = CMSG_LEN(ancillaries[a->arg].len);
	memcpy(CMSG_DATA(&control.align), ancillaries[a->arg].value,
	       ancillaries[a->arg].len);
	return fd < 0 || sendmsg(fd, &m, 0) < 0 ? -errno : 0;
}

/* The kernel tells the network which group is wanted: 28 bits of choice. Asked
 * of the loopback interface, where nobody hears. */
int door_join(struct attempt *a)
{
	struct ip_mreq group = { .imr_multiaddr.s_addr = htonl(0xe9fc0001),
				 .imr_interface.s_addr = htonl(INADDR_LOOPBACK) };
	struct group_req any = { .gr_interface = 1 };
	struct ipv6_mreq group6 = { .ipv6mr_interface = 1 };
	struct sockaddr_in6 *in6 = (void *)&any.gr_group;
	auto_close int fd = socket(a->arg == JOIN_IP4 ? AF_INET : AF_INET6,
				   SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int r;

	/* ff11::e9fc:1, of this interface only */
	memcpy(group6.ipv6mr_multiaddr.s6_addr,
	       (uint8_t[]){ 0xff, 0x11, [12] = 0xe9, 0xfc, 0, 1 }, 16);
	in6->sin6_family = AF_INET6;
	in6->sin6_addr = group6.ipv6mr_multiaddr;
	if (fd < 0)
		return -errno;
	if (a->arg == JOIN_IP4)
		r = setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group,
			       sizeof(group));
	else if (a->arg == JOIN_IP6)
		r = setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &group6,
			       sizeof(group6));
	else
		r = setsockopt(fd, IPPROTO_IPV6, MCAST_JOIN_GROUP, &any,
			       sizeof(any));
	return r < 0 ? -errno : 0;
}
