/* SPDX-License-Identifier: MIT */
/* Addresses: what the kernel would take, folded into one form. */
#include "wire/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>

#include "tap.h"

static const char *shown(const struct addr *a)
{
	static char buf[ADDR_TEXT_MAX];

	return addr_port_text(a, buf);
}

static int decode6(const char *ip, size_t len, struct addr *ret)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
				    .sin6_port = htons(443),
				    .sin6_flowinfo = 7 };

	inet_pton(AF_INET6, ip, &in6.sin6_addr);
	return addr_decode(AF_INET6, ADDR_FOR_CONNECT, &in6, len, ret);
}

static int decode4(int domain, enum addr_use use, sa_family_t family,
		   const char *ip, size_t len, struct addr *ret)
{
	struct sockaddr_in in = { .sin_family = family, .sin_port = htons(80) };

	inet_pton(AF_INET, ip, &in.sin_addr);
	return addr_decode(domain, use, &in, len, ret);
}

static void test_decode(void)
{
	struct addr a;

	ok(!decode4(AF_INET, ADDR_FOR_CONNECT, AF_INET, "192.0.2.1", 16, &a));
	ok_str(shown(&a), "192.0.2.1:80");
	ok(!decode4(AF_INET, ADDR_FOR_CONNECT, AF_INET, "0.0.0.0", 16, &a));
	ok_str(shown(&a), "127.0.0.1:80");
	ok(decode4(AF_INET, ADDR_FOR_CONNECT, AF_INET, "192.0.2.1", 15, &a) ==
	   -EINVAL);
	ok(decode4(AF_INET, ADDR_FOR_CONNECT, AF_UNSPEC, "192.0.2.1", 2, &a) == 1);
	/* A send takes AF_UNSPEC for AF_INET (net/ipv4/udp.c). */
	ok(!decode4(AF_INET, ADDR_FOR_SEND, AF_UNSPEC, "192.0.2.1", 16, &a));
	ok_str(shown(&a), "192.0.2.1:80");
	ok(decode4(AF_INET6, ADDR_FOR_SEND, AF_UNSPEC, "192.0.2.1", 16, &a) == 1);
	ok(!decode4(AF_INET6, ADDR_FOR_SEND, AF_INET, "192.0.2.1", 16, &a));
	ok_str(shown(&a), "192.0.2.1:80");

	ok(!decode6("::ffff:192.0.2.1", 28, &a));
	ok_str(shown(&a), "192.0.2.1:443");
	ok(!decode6("::ffff:0.0.0.0", 28, &a));
	ok_str(shown(&a), "127.0.0.1:443");
	ok(!decode6("::", 28, &a));
	ok_str(shown(&a), "[::1]:443");
	ok(!decode6("2001:db8::1", 24, &a)); /* the RFC 2133 length */
	ok_str(shown(&a), "[2001:db8::1]:443");
	ok(decode6("2001:db8::1", 23, &a) == -EINVAL);
	ok(decode6("2001:db8::1", 4, &a) == -EINVAL);
}

static void test_stream(void)
{
	struct addr a;

	/* A dual-stack datagram socket takes an IPv4 address, a stream not. */
	ok(!decode4(AF_INET6, ADDR_FOR_CONNECT, AF_INET, "192.0.2.1", 16, &a));
	ok(decode4(AF_INET6, ADDR_FOR_STREAM, AF_INET, "192.0.2.1", 16, &a) ==
	   -EINVAL);
	ok(decode4(AF_INET6, ADDR_FOR_STREAM, AF_UNSPEC, "0.0.0.0", 2, &a) == 1);
}

static void test_encode(void)
{
	struct sockaddr_storage ss;
	struct addr a, back;

	addr_parse("192.0.2.1:80", &a);
	ok(addr_encode(&a, AF_INET, &ss) == sizeof(struct sockaddr_in));
	ok(addr_encode(&a, AF_INET6, &ss) == sizeof(struct sockaddr_in6));
	addr_from_sockaddr(&ss, &back);
	ok_str(shown(&back), "192.0.2.1:80");
	addr_parse("[2001:db8::1]:80", &a);
	ok(addr_encode(&a, AF_INET, &ss) == 0);
}

static void test_text(void)
{
	struct addr a;

	ok(!addr_parse("fe80::1%2", &a) && a.scope == 2);
	ok(!addr_parse("::ffff:10.0.0.1", &a) && a.family == ADDR_IP4);
	ok(addr_parse("10.0.0.1:0", &a) == -EINVAL);
	ok(addr_parse("10.0.0.1:65536", &a) == -EINVAL);
	ok(addr_parse("[10.0.0.1]:53", &a) == -EINVAL);
	ok(addr_parse("example", &a) == -EINVAL);
	ok(addr_parse("", &a) == -EINVAL);
}

static bool never(const char *text)
{
	struct addr a;

	return !addr_parse(text, &a) && addr_never_binds(&a);
}

static void test_classes(void)
{
	static const char *const bad[] = { "0.1.2.3",
					   "127.9.9.9",
					   "::1",
					   "::",
					   "169.254.169.254",
					   "fe80::1",
					   "224.0.0.1",
					   "255.255.255.255",
					   "250.0.0.1",
					   "100.100.100.200",
					   "fd00:ec2::254",
					   "fd20:ce::254",
					   "fd00:a9fe:a9fe::1",
					   "fd00:42::42",
					   "192.0.0.192",
					   "198.19.255.1",
					   "64:ff9b::7f00:1",
					   "2002:7f00:1::",
					   "::127.0.0.1" };
	static const char *const good[] = { "192.0.2.1", "10.0.0.1",
					    "2001:db8::1", "64:ff9b::c000:201",
					    "198.20.0.1" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ok(never(bad[i]));
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		ok(!never(good[i]));
}

static void test_private(void)
{
	static const char *const inside[] = { "10.1.2.3",   "100.64.0.1",
					      "172.31.0.1", "192.168.0.1",
					      "fc00::1",    "fdff::1",
					      "fec0::1",    "64:ff9b:1::a00:1" };
	static const char *const outside[] = { "172.32.0.1", "100.128.0.1",
					       "2001:db8::1", "ff02::1",
					       "64:ff9b:2::a00:1" };
	struct addr a;

	for (size_t i = 0; i < sizeof(inside) / sizeof(*inside); i++)
		ok(!addr_parse(inside[i], &a) && addr_is_private(&a));
	for (size_t i = 0; i < sizeof(outside) / sizeof(*outside); i++)
		ok(!addr_parse(outside[i], &a) && !addr_is_private(&a));
}

int main(void)
{
	test_decode();
	test_stream();
	test_encode();
	test_text();
	test_classes();
	test_private();
	return done();
}
