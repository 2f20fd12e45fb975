/* SPDX-License-Identifier: MIT */
/* Ancillary data: where messages end, and which may be sent. */
#include "wire/cmsg.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "tap.h"

#define HEADER sizeof(struct cmsghdr)

/* What the first step over one message of a kind says. */
static const struct {
	int level, type, ret;
	enum cmsg_kind kind;
} kinds[] = {
	{ SOL_SOCKET, SCM_RIGHTS, 1, CMSG_RIGHTS },
	{ SOL_SOCKET, SCM_CREDENTIALS, 1, CMSG_CREDENTIALS },
	{ SOL_SOCKET, 61 /* SCM_TXTIME */, 1, CMSG_PLAIN },
	{ SOL_SOCKET, 37 /* SO_TIMESTAMPING_OLD */, 1, CMSG_PLAIN },
	{ SOL_SOCKET, 65 /* SO_TIMESTAMPING_NEW */, 1, CMSG_PLAIN },
	{ SOL_SOCKET, SO_MARK, -EPERM, 0 },
	{ SOL_SOCKET, 79 /* SCM_DEVMEM_DMABUF */, -EPERM, 0 },
	{ SOL_SOCKET, 99, -EPERM, 0 },
	{ IPPROTO_IP, IP_TOS, 1, CMSG_PLAIN },
	{ IPPROTO_IP, IP_TTL, 1, CMSG_PLAIN },
	{ IPPROTO_IP, IP_PKTINFO, 1, CMSG_INTERFACE },
	{ IPPROTO_IP, IP_RETOPTS, -EPERM, 0 },
	{ IPPROTO_IPV6, IPV6_TCLASS, 1, CMSG_PLAIN },
	{ IPPROTO_IPV6, IPV6_HOPLIMIT, 1, CMSG_PLAIN },
	{ IPPROTO_IPV6, IPV6_PKTINFO, 1, CMSG_INTERFACE },
	{ IPPROTO_IPV6, IPV6_RTHDR, -EPERM, 0 },
	{ IPPROTO_IPV6, 57 /* IPV6_2292RTHDR */, -EPERM, 0 },
	{ IPPROTO_IPV6, IPV6_HOPOPTS, -EPERM, 0 },
	{ IPPROTO_IPV6, IPV6_DSTOPTS, -EPERM, 0 },
	{ IPPROTO_IPV6, 11 /* IPV6_FLOWINFO */, -EPERM, 0 },
	{ IPPROTO_UDP, 103 /* UDP_SEGMENT */, 1, CMSG_PLAIN },
	{ IPPROTO_UDP, 104 /* UDP_GRO */, -EPERM, 0 },
	{ IPPROTO_SCTP, 1, -EPERM, 0 },
	{ 270 /* SOL_NETLINK */, SCM_RIGHTS, -EPERM, 0 },
	{ -1, -1, -EPERM, 0 },
};

static void test_kinds(void)
{
	static const uint8_t zero[32];

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		uint8_t bytes[64];
		struct writer w = writer_into(bytes, sizeof(bytes));
		struct cmsg_walk walk;
		struct cmsg m;

		cmsg_put(&w, kinds[i].level, kinds[i].type, zero, sizeof(zero));
		walk = cmsg_over(bytes, w.len);
		ok(cmsg_next(&walk, &m) == kinds[i].ret);
		ok(m.kind == kinds[i].kind);
		ok(m.level == kinds[i].level && m.type == kinds[i].type);
	}
}

/* Of a header that says it is cmsg_len long, size bytes are there. */
static int first_step(size_t cmsg_len, size_t size)
{
	struct cmsghdr h = { cmsg_len, IPPROTO_IP, IP_TOS };
	uint8_t bytes[64] = { 0 };
	struct cmsg_walk walk = cmsg_over(bytes, size);
	struct cmsg m;

	memcpy(bytes, &h, sizeof(h));
	return cmsg_next(&walk, &m);
}

static void test_lengths(void)
{
	ok(first_step(20, 0) == 0);
	ok(first_step(20, HEADER - 1) == 0);
	ok(first_step(0, HEADER) == -EINVAL);
	ok(first_step(HEADER - 1, 64) == -EINVAL);
	ok(first_step(HEADER, HEADER) == 1);
	ok(first_step(HEADER + 1, HEADER) == -EINVAL);
	ok(first_step(20, 20) == 1);
	ok(first_step(20, 19) == -EINVAL);
	ok(first_step(65, 64) == -EINVAL);
	ok(first_step((size_t)-1, 64) == -EINVAL);
	ok(first_step((size_t)-7, 64) == -EINVAL);
	ok(first_step((size_t)1 << 63, 64) == -EINVAL);
}

/* Where the second message is found, whatever stands in the padding. */
static void test_walk(void)
{
	uint8_t bytes[128], tos = 8;
	struct writer w = writer_into(bytes, sizeof(bytes));
	struct cmsg_walk walk;
	struct cmsg m;
	int ttl = 9;

	cmsg_put(&w, IPPROTO_IP, IP_TOS, &tos, 1);
	memset(bytes + HEADER + 1, 0xff, 7);
	cmsg_put(&w, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl));
	ok(!w.failed && w.len == 48);
	walk = cmsg_over(bytes, 48);
	ok(cmsg_next(&walk, &m) == 1);
	ok(m.len == 1 && m.data == bytes + HEADER && *m.data == 8);
	ok(cmsg_next(&walk, &m) == 1);
	ok(m.len == 4 && m.data == bytes + 24 + HEADER);
	ok(cmsg_next(&walk, &m) == 0);
	ok(cmsg_next(&walk, &m) == 0);
	walk = cmsg_over(bytes, 44); /* the last may lack its padding */
	ok(cmsg_next(&walk, &m) == 1);
	ok(cmsg_next(&walk, &m) == 1);
	ok(cmsg_next(&walk, &m) == 0);
	walk = cmsg_over(bytes, 43);
	ok(cmsg_next(&walk, &m) == 1);
	ok(cmsg_next(&walk, &m) == -EINVAL);
	walk = cmsg_over(bytes, 24 + HEADER - 1); /* a rest is ignored */
	ok(cmsg_next(&walk, &m) == 1);
	ok(cmsg_next(&walk, &m) == 0);
}

/* The interface that a message of len bytes of info names. */
static uint32_t interface_in(int level, int type, const void *info, size_t len)
{
	uint8_t bytes[64];
	struct writer w = writer_into(bytes, sizeof(bytes));
	struct cmsg_walk walk;
	struct cmsg m;

	cmsg_put(&w, level, type, info, len);
	walk = cmsg_over(bytes, w.len);
	return cmsg_next(&walk, &m) == 1 ? m.interface : (uint32_t)-1;
}

static void test_interface(void)
{
	struct in_pktinfo v4 = { .ipi_ifindex = 7 };
	struct in6_pktinfo v6 = { .ipi6_ifindex = 0x89abcdef };

	ok(interface_in(IPPROTO_IP, IP_PKTINFO, &v4, sizeof(v4)) == 7);
	ok(interface_in(IPPROTO_IP, IP_PKTINFO, &v4, sizeof(v4) - 1) == 0);
	ok(interface_in(IPPROTO_IPV6, IPV6_PKTINFO, &v6, sizeof(v6)) ==
	   0x89abcdef);
	ok(interface_in(IPPROTO_IPV6, IPV6_PKTINFO, &v6, sizeof(v6) - 1) == 0);
	ok(interface_in(IPPROTO_IP, IP_TTL, &v4, sizeof(v4)) == 0);
}

static void test_descriptors(void)
{
	static const int fds[] = { 3, -1, 0x7fffffff };
	uint8_t bytes[64];

	/* At an address that fits no int: a target may put them anywhere. */
	for (size_t shift = 0; shift < 4; shift++) {
		struct cmsg m = { .kind = CMSG_RIGHTS, .data = bytes + shift };

		memcpy(bytes + shift, fds, sizeof(fds));
		m.len = sizeof(fds);
		ok(cmsg_n_fds(&m) == 3);
		ok(cmsg_fd(&m, 0) == 3 && cmsg_fd(&m, 1) == -1 &&
		   cmsg_fd(&m, 2) == 0x7fffffff);
		m.len = 7;
		ok(cmsg_n_fds(&m) == 1);
		m.len = 3;
		ok(cmsg_n_fds(&m) == 0);
	}
}

/* Written with its padding cleared, whole or not at all. */
static void test_put(void)
{
	uint8_t bytes[32], want[32];
	struct writer w = writer_into(bytes, 23);
	struct cmsghdr h = { 20, 1, 2 };

	cmsg_put(&w, 1, 2, "abcd", 4);
	ok(w.failed && w.len == 0);
	memset(bytes, 0xff, sizeof(bytes));
	memset(want, 0xff, sizeof(want));
	memset(want + 20, 0, 4);
	memcpy(want, &h, sizeof(h));
	memcpy(want + 16, "abcd", 4);
	w = writer_into(bytes, 24);
	cmsg_put(&w, 1, 2, "abcd", 4);
	ok(!w.failed && w.len == 24);
	ok(!memcmp(bytes, want, sizeof(want)));
	cmsg_put(&w, 1, 2, NULL, 0);
	ok(w.failed && w.len == 24);
}

int main(void)
{
	test_kinds();
	test_lengths();
	test_walk();
	test_interface();
	test_descriptors();
	test_put();
	return done();
}
