/* SPDX-License-Identifier: MIT */
/* notify/listen: the record; notify/netlink: addresses. */
#include "notify/listen.h"

#include <errno.h>
#include <netinet/in.h>

#include "notify/netlink.h"
#include "tap.h"

static struct addr at(const char *text)
{
	struct addr a = { 0 };

	addr_parse(text, &a);
	return a;
}

static bool has(struct listen_record *r, const char *text)
{
	struct addr a = at(text);

	return listen_has_tcp(r, &a);
}

static void add(struct listen_record *r, const char *text)
{
	struct addr a = at(text);

	listen_add_tcp(r, &a);
}

static void test_sockets(void)
{
	struct listen_record *r = listen_record_new();
	uint64_t cookie, n = 0;

	ok(!listen_has_socket(r, 7));
	ok(listen_add_socket(r, 7) && listen_has_socket(r, 7));
	ok(listen_add_socket(r, 7));
	ok(!listen_add_socket(r, 0) && !listen_has_socket(r, 0));
	/* Cookies are given out per CPU in runs (net/core/sock_diag.c). */
	for (cookie = 8; cookie < 8 + 4096 * 8; cookie += 8)
		n += listen_add_socket(r, cookie);
	ok(n == 4096);
	for (cookie = 1u << 31; n < LISTEN_SOCKETS_MAX - 1; cookie++)
		n += listen_add_socket(r, cookie);
	ok(!listen_add_socket(r, 5) && !listen_has_socket(r, 5));
	ok(listen_add_socket(r, 8) && listen_has_socket(r, 8 * 4096));
	ok(!listen_has_socket(r, 9));
	listen_record_free(r);
	listen_record_free(NULL);
}

static void test_tcp(void)
{
	struct listen_record *r = listen_record_new();
	struct addr any6 = at("127.0.0.1:80"), a = at("127.0.0.9:1");

	ok(!has(r, "127.0.0.53:53"));
	add(r, "127.0.0.1:53");
	ok(has(r, "127.0.0.1:53") && !has(r, "127.0.0.53:53"));
	ok(!has(r, "127.0.0.1:54"));
	add(r, "0.0.0.0:5353");
	ok(has(r, "127.0.0.1:5353") && has(r, "[::1]:5353"));
	any6.family = ADDR_IP6;
	memset(any6.ip, 0, sizeof(any6.ip));
	listen_add_tcp(r, &any6);
	ok(has(r, "127.0.0.1:80") && has(r, "[::1]:80"));
	any6.port = 0;
	listen_add_tcp(r, &any6);
	ok(!has(r, "127.0.0.1:0"));
	for (int i = 1; i <= LISTEN_ADDRESSES_MAX; i++) {
		a.port = (uint16_t)(10000 + i);
		listen_add_tcp(r, &a);
	}
	/* Full: the last one counts at every address, the others do not. */
	ok(listen_has_tcp(r, &a));
	ok(has(r, "127.0.0.1:14096") && !has(r, "127.0.0.1:10001"));
	listen_record_free(r);
}

static int netlink(enum addr_use use, sa_family_t family, uint32_t pid,
		   uint32_t groups, size_t len, struct sockaddr_nl *ret)
{
	struct sockaddr_storage ss = { 0 };
	struct sockaddr_nl nl = { .nl_family = family,
				  .nl_pad = 7,
				  .nl_pid = pid,
				  .nl_groups = groups };

	memcpy(&ss, &nl, sizeof(nl));
	return netlink_decode(use, &ss, len, ret);
}

static void test_netlink(void)
{
	const size_t n = sizeof(struct sockaddr_nl);
	struct sockaddr_nl to;

	ok(netlink(ADDR_FOR_SEND, AF_NETLINK, 0, 0, n, &to) == 0);
	ok(to.nl_family == AF_NETLINK && !to.nl_pad && !to.nl_pid);
	ok(netlink(ADDR_FOR_CONNECT, AF_NETLINK, 0, 0, 128, &to) == 0);
	ok(netlink(ADDR_FOR_CONNECT, AF_NETLINK, 0, 0, 129, &to) == -EINVAL);
	ok(netlink(ADDR_FOR_SEND, AF_NETLINK, 0, 0, n - 1, &to) == -EINVAL);
	ok(netlink(ADDR_FOR_SEND, AF_NETLINK, 0, 0, 1, &to) == -EINVAL);
	ok(netlink(ADDR_FOR_SEND, AF_NETLINK, 4711, 0, n, &to) == -EPERM);
	ok(netlink(ADDR_FOR_SEND, AF_NETLINK, 0, 2, n, &to) == -EPERM);
	ok(netlink(ADDR_FOR_SEND, AF_UNSPEC, 0, 0, n, &to) == -EINVAL);
	ok(netlink(ADDR_FOR_SEND, AF_INET, 0, 0, n, &to) == -EINVAL);
	ok(netlink(ADDR_FOR_CONNECT, AF_UNSPEC, 0, 0, 2, &to) == 1);
	ok(to.nl_family == AF_UNSPEC);
}

int main(void)
{
	test_sockets();
	test_tcp();
	test_netlink();
	return done();
}
