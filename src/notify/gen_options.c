/* SPDX-License-Identifier: MIT */
/* The part of the filter that is about setsockopt(2). */
#include "notify/gen_options.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "notify/gen.h"

#define NOTIFY	  SCMP_ACT_NOTIFY
#define REFUSE(e) SCMP_ACT_ERRNO(e)
#define LOW32	  0xffffffffu

#define N_OF(a) (sizeof(a) / sizeof((a)[0]))

/*
 * setsockopt(2): for these levels only what is listed passes. What chooses an
 * interface does not (IP_UNICAST_IF, IPV6_UNICAST_IF, IPV6_PKTINFO; below
 * SO_BINDTODEVICE, SO_BINDTOIFINDEX): such a socket sends what is for 127.0.0.1
 * to the next router, and may be told so after its peer was judged.
 */
static const uint32_t ip_allowed[] = { 1,  2,  3,  6,  7,  8,  9,  10, 11,
				       12, 13, 14, 15, 18, 20, 21, 22, 23,
				       24, 25, 26, 32, 33, 34, 36, 37, 38,
				       40, 43, 44, 45, 47, 49, 51 };
static const uint32_t ip_joins[] = { 35, 39, 42, 46 };
static const uint32_t ipv6_allowed[] = { 2,  7,	 8,  11, 16, 17, 18, 19, 21, 23,
					 24, 25, 26, 28, 29, 31, 33, 36, 43, 44,
					 45, 47, 49, 51, 52, 53, 56, 58, 60, 61,
					 62, 66, 67, 70, 72, 73, 74, 77, 78 };
static const uint32_t ipv6_joins[] = { 20, 42, 46 };
static const uint32_t tcp_allowed[] = { 1,  2,	3,  4,	5,  6,	7,  8,	9,  10,
					11, 12, 13, 14, 16, 17, 18, 24, 25, 26,
					27, 28, 32, 35, 36, 37, 43, 44, 45, 46 };
/* Data on a SYN would leave before anybody was asked. */
static const uint32_t tcp_fastopen[] = { 23, 30, 33, 34 };
/* Not UDP_CORK: bytes without an address would be added to a question that the
 * supervisor puts from the target's socket. */
static const uint32_t udp_allowed[] = { 101, 102, 103, 104 };

static void refuse_options(scmp_filter_ctx ctx, uint32_t level,
			   const uint32_t *allowed, size_t n_allowed,
			   const uint32_t *special, size_t n_special,
			   uint32_t special_action)
{
	struct complement c = { .ctx = ctx,
				.name = "setsockopt",
				.action = REFUSE(EPERM),
				.index = 2,
				.bits = 32,
				.n_cmp = 1 };
	uint32_t set[128];

	memcpy(set, allowed, n_allowed * sizeof(*set));
	for (size_t i = 0; i < n_special; i++)
		set[n_allowed + i] = special[i];
	c.set = set;
	c.n_set = n_allowed + n_special;
	c.cmp[0] = gen_masked(1, LOW32, level);
	gen_complement(&c);
	for (size_t i = 0; i < n_special; i++) {
		c.cmp[1] = gen_masked(2, LOW32, special[i]);
		gen_add(ctx, special_action, "setsockopt", 2, c.cmp);
	}
}

/* Options of SOL_SOCKET that are refused; the others pass. */
static const struct {
	uint32_t name, action;
} socket_refused[] = {
	/* The supervisor peeks at queues of the target; see decision 8. */
	{ 42 /* SO_PEEK_OFF */, REFUSE(EPERM) },
	/* Pages handed to the kernel could change after they were copied. */
	{ 60 /* SO_ZEROCOPY */, REFUSE(EOPNOTSUPP) },
	{ 25 /* SO_BINDTODEVICE */, REFUSE(EPERM) },
	{ 62 /* SO_BINDTOIFINDEX */, REFUSE(EPERM) },
};

void gen_options(scmp_filter_ctx ctx)
{
	struct scmp_arg_cmp cmp[2];

	refuse_options(ctx, IPPROTO_IP, ip_allowed, N_OF(ip_allowed), ip_joins,
		       N_OF(ip_joins), NOTIFY);
	refuse_options(ctx, IPPROTO_IPV6, ipv6_allowed, N_OF(ipv6_allowed),
		       ipv6_joins, N_OF(ipv6_joins), NOTIFY);
	refuse_options(ctx, IPPROTO_TCP, tcp_allowed, N_OF(tcp_allowed),
		       tcp_fastopen, N_OF(tcp_fastopen), REFUSE(EOPNOTSUPP));
	/* A UDP socket takes both levels for its own (udp_setsockopt()). */
	refuse_options(ctx, IPPROTO_UDP, udp_allowed, N_OF(udp_allowed), NULL,
		       0, 0);
	refuse_options(ctx, IPPROTO_UDPLITE, udp_allowed, N_OF(udp_allowed),
		       NULL, 0, 0);
	cmp[0] = gen_masked(1, LOW32, SOL_SOCKET);
	for (size_t i = 0; i < N_OF(socket_refused); i++) {
		cmp[1] = gen_masked(2, LOW32, socket_refused[i].name);
		gen_add(ctx, socket_refused[i].action, "setsockopt", 2, cmp);
	}
}
