/* SPDX-License-Identifier: MIT */
/*
 * Tries to put bytes for loopback on the wire of interface argv[1]: each way
 * sends a text of its own to port 9 of 127.0.0.1 or ::1, or to the forwarder
 * behind the name server argv[2]. The last datagram, "SECRET-END", goes to
 * argv[3], where it may go.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX 62
#endif

static const char *device;
static int n_tried;

static struct sockaddr_in ip4(const char *text, int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons((uint16_t)port) };

	inet_pton(AF_INET, text, &a.sin_addr);
	return a;
}

static struct sockaddr_in6 ip6(const char *text, int port)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6,
				  .sin6_port = htons((uint16_t)port) };

	inet_pton(AF_INET6, text, &a.sin6_addr);
	return a;
}

static void spill(int s, const void *to, socklen_t len, const char *how)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "SECRET-%d", ++n_tried);
	ssize_t r;

	r = to ? sendto(s, text, (size_t)n, 0, to, len)
	       : send(s, text, (size_t)n, 0);
	printf("%d %s: %s\n", n_tried, how, r < 0 ? strerror(errno) : "sent");
}

/* Sent to, then connected to and sent: with and without an address. */
static void spill_both(int s, const void *to, socklen_t len, const char *how)
{
	spill(s, to, len, how);
	if (connect(s, to, len) == 0)
		spill(s, NULL, 0, how);
}

static void by_option(int domain, int level, int name, const void *value,
		      socklen_t len, const char *how)
{
	struct sockaddr_in a4 = ip4("127.0.0.1", 9);
	struct sockaddr_in6 a6 = ip6("::1", 9);
	int s = socket(domain, SOCK_DGRAM, 0);

	setsockopt(s, level, name, value, len);
	if (domain == AF_INET)
		spill_both(s, &a4, sizeof(a4), how);
	else
		spill_both(s, &a6, sizeof(a6), how);
}

static void by_options(void)
{
	uint32_t index = if_nametoindex(device), wire = htonl(index);
	struct in6_pktinfo info = { .ipi6_ifindex = index };
	socklen_t len = (socklen_t)strlen(device) + 1;

	for (int i = 0; i < 2; i++) {
		int domain = i ? AF_INET6 : AF_INET;

		by_option(domain, SOL_SOCKET, SO_BINDTODEVICE, device, len,
			  "SO_BINDTODEVICE");
		by_option(domain, SOL_SOCKET, SO_BINDTOIFINDEX, &index, 4,
			  "SO_BINDTOIFINDEX");
	}
	by_option(AF_INET, IPPROTO_IP, 50, &wire, 4, "IP_UNICAST_IF");
	by_option(AF_INET6, IPPROTO_IPV6, 76, &wire, 4, "IPV6_UNICAST_IF");
	by_option(AF_INET6, IPPROTO_IPV6, 50, &info, sizeof(info),
		  "IPV6_PKTINFO");
}

/* bind() to a link-local address binds to its interface as well. */
static void by_bind(const char *own)
{
	struct sockaddr_in6 a = ip6(own, 0), to = ip6("::1", 9);
	int s = socket(AF_INET6, SOCK_DGRAM, 0);

	a.sin6_scope_id = if_nametoindex(device);
	if (bind(s, (struct sockaddr *)&a, sizeof(a)) < 0)
		perror(own);
	spill_both(s, &to, sizeof(to), own);
}

/* Bound to the interface after the peer was judged. */
static void after_connect(const char *peer, int port, const char *source)
{
	struct sockaddr_in from = ip4(source, 0), to = ip4(peer, port);
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	if (bind(s, (struct sockaddr *)&from, sizeof(from)) < 0 ||
	    connect(s, (struct sockaddr *)&to, sizeof(to)) < 0)
		perror(peer);
	setsockopt(s, SOL_SOCKET, SO_BINDTODEVICE, device,
		   (socklen_t)strlen(device) + 1);
	spill(s, NULL, 0, peer);
}

int main(int argc, char **argv)
{
	struct sockaddr_in end;
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	if (argc != 5)
		return 2;
	device = argv[1];
	end = ip4(argv[3], 9);
	by_options();
	by_bind("fe80::1");
	by_bind("ff02::5");
	after_connect("127.0.0.1", 9, argv[4]);
	after_connect(argv[2], 53, argv[4]);
	return sendto(s, "SECRET-END", 10, 0, (struct sockaddr *)&end,
		      sizeof(end)) != 10;
}
