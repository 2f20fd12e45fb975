/* SPDX-License-Identifier: MIT */
/* Sends on UDP sockets: names, messages, sizes, vectors. */
#include "send_table.h"

#include <string.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static void udp_names(void)
{
	int port, r = bound(AF_INET, SOCK_DGRAM, &port);
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in a = in4("127.0.0.1", port), none = a, zero = a;
	struct sockaddr_in port0 = in4("127.0.0.1", 0),
			   any = in4("0.0.0.0", port);
	struct sockaddr_in6 six = in6("::1", port);
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	static char low[256];
	char buf[256];

	none.sin_family = AF_UNSPEC;
	zero.sin_family = 77;
	memset(buf, 3, sizeof(buf));
	SHOW(sendto(s, buf, 10, 0, SA(a), sizeof(a)));
	SHOW(sendto(s, buf, 0, 0, SA(a), sizeof(a)));
	SHOW(sendto(s, NULL, 0, 0, SA(a), sizeof(a)));
	SHOW(sendto(s, buf, 11, 0, SA(a), 128));
	SHOW(sendto(s, buf, 11, 0, SA(a), 129));
	SHOW(sendto(s, buf, 11, 0, SA(a), 15));
	SHOW(sendto(s, buf, 11, 0, SA(a), 1));
	SHOW(sendto(s, buf, 11, 0, SA(a), 0));
	SHOW(sendto(s, buf, 11, 0, SA(a), -1));
	SHOW(sendto(s, buf, 12, 0, SA(none), sizeof(none)));
	SHOW(sendto(s, buf, 12, 0, SA(zero), sizeof(zero)));
	SHOW(sendto(s, buf, 12, 0, SA(six), sizeof(six)));
	SHOW(sendto(s, buf, 12, 0, SA(un), sizeof(un)));
	SHOW(sendto(s, buf, 12, 0, SA(port0), sizeof(port0)));
	SHOW(sendto(s, buf, 13, 0, SA(any), sizeof(any)));
	SHOW(sendto(s, buf, 14, 0, (void *)1, 16));
	SHOW(sendto(s, (void *)1, 14, 0, SA(a), sizeof(a)));
	SHOW(sendto(s, (void *)1, 70000, 0, SA(a), sizeof(a)));
	/* Not on the stack: that may end where addresses end. */
	SHOW(sendto(s, low, (size_t)-1, 0, SA(a), sizeof(a)));
	SHOW(sendto(s, buf, 10, MSG_OOB, SA(a), sizeof(a)));
	SHOW(sendto(s, buf, 15, MSG_DONTROUTE, SA(a), sizeof(a)));
	SHOW(sendto(s, buf, 15, MSG_CONFIRM, SA(a), sizeof(a)));
	SHOW(sendto(s, buf, 15, MSG_ZEROCOPY, SA(a), sizeof(a)));
	SHOW(sendto(s, buf, 15, MSG_FASTOPEN, SA(a), sizeof(a)));
	SHOW(sendto(s, buf, 15, (int)0x80000000, SA(a), sizeof(a)));
	SHOW(sendto(-1, buf, 10, 0, SA(a), sizeof(a)));
	SHOW(sendto(1, buf, 10, 0, SA(a), sizeof(a)));
	SHOW(syscall(SYS_sendto, s | 7l << 32, buf, 16l, 5l << 32, &a,
		     16l | 9l << 32));
	drain("received", r);
	shutdown(s, SHUT_WR);
	SHOW(sendto(s, buf, 10, 0, SA(a), sizeof(a)));
	close(s);
	close(r);
	s = socket(AF_INET, SOCK_DGRAM, 0);
	connect(s, SA(a), sizeof(a));
	SHOW(sendto(s, buf, 10, 0, SA(a), sizeof(a)));
	SHOW(sendto(s, buf, 10, 0, SA(a), sizeof(a))); /* ECONNREFUSED once */
	SHOW(sendto(s, buf, 10, 0, SA(a), sizeof(a)));
}

static void udp6_names(void)
{
	int port, r = bound(AF_INET6, SOCK_DGRAM, &port), on = 1;
	int s = socket(AF_INET6, SOCK_DGRAM, 0);
	struct sockaddr_in6 a = in6("::1", port),
			    m = in6("::ffff:127.0.0.1", port);
	struct sockaddr_in6 any = in6("::", port),
			    any4 = in6("::ffff:0.0.0.0", port);
	struct sockaddr_in6 none = a, odd = a;
	struct sockaddr_in v4 = in4("127.0.0.1", port);
	char buf[256];

	none.sin6_family = AF_UNSPEC;
	odd.sin6_family = 77;
	memset(buf, 4, sizeof(buf));
	SHOW(sendto(s, buf, 10, 0, SA(a), sizeof(a)));
	SHOW(sendto(s, buf, 10, 0, SA(a), 24));
	SHOW(sendto(s, buf, 10, 0, SA(a), 23));
	SHOW(sendto(s, buf, 10, 0, SA(a), 2));
	SHOW(sendto(s, buf, 10, 0, SA(a), 1));
	SHOW(sendto(s, buf, 10, 0, SA(a), 0));
	SHOW(sendto(s, buf, 11, 0, SA(m), sizeof(m)));
	SHOW(sendto(s, buf, 12, 0, SA(any), sizeof(any)));
	SHOW(sendto(s, buf, 12, 0, SA(any4), sizeof(any4)));
	SHOW(sendto(s, buf, 13, 0, SA(v4), sizeof(v4)));
	SHOW(sendto(s, buf, 13, 0, SA(v4), 15));
	SHOW(sendto(s, buf, 14, 0, SA(none), sizeof(none)));
	SHOW(sendto(s, buf, 14, 0, SA(none), 2));
	SHOW(sendto(s, buf, 14, 0, SA(odd), sizeof(odd)));
	drain("received", r);
	connect(s, SA(a), sizeof(a));
	SHOW(sendto(s, buf, 15, 0, SA(none), sizeof(none)));
	SHOW(sendto(s, buf, 16, 0, SA(none), 2));
	drain("received", r);
	close(s);
	s = socket(AF_INET6, SOCK_DGRAM, 0);
	setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	SHOW(sendto(s, buf, 17, 0, SA(m), sizeof(m)));
	SHOW(sendto(s, buf, 17, 0, SA(v4), sizeof(v4)));
	SHOW(sendto(s, buf, 17, 0, SA(a), sizeof(a)));
	drain("received", r);
}

static void udp_messages(void)
{
	int port, r = bound(AF_INET, SOCK_DGRAM, &port);
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in a = in4("127.0.0.1", port);
	char buf[256], *e = edge();
	struct iovec iov[3] = { { buf, 5 }, { NULL, 0 }, { buf, 7 } };
	struct iovec many[1025], cut = { e + 4000, 200 },
				 whole = { e + 4000, 96 };
	struct iovec minus = { buf, (size_t)-5 }, wild = { (void *)1, 4 };
	struct iovec mixed[2] = { { buf, 5 }, { (void *)1, 5 } };
	struct msghdr m = msg_of(iov, 3);
	int i;

	memset(buf, 5, sizeof(buf));
	for (i = 0; i < 1025; i++)
		many[i] = (struct iovec){ buf, 1 };
	SHOW(sendmsg(s, &m, 0));
	connect(s, SA(a), sizeof(a));
	SHOW(sendmsg(s, &m, 0));
	m.msg_name = &a;
	SHOW(sendmsg(s, &m, 0)); /* no length: no name */
	m.msg_namelen = sizeof(a);
	SHOW(sendmsg(s, &m, 0));
	m.msg_namelen = 500;
	SHOW(sendmsg(s, &m, 0));
	m.msg_namelen = (socklen_t)-1;
	SHOW(sendmsg(s, &m, 0));
	m.msg_namelen = 5;
	SHOW(sendmsg(s, &m, 0));
	m.msg_name = (void *)1;
	SHOW(sendmsg(s, &m, 0));
	m.msg_name = NULL;
	SHOW(sendmsg(s, &m, 0));
	SHOW(sendmsg(s, NULL, 0));
	SHOW(sendmsg(s, (void *)(e + 4090), 0));
	SHOW(sendmsg(s, &m, (int)0x80000000));
	m = msg_of(many, 1024);
	SHOW(sendmsg(s, &m, 0));
	m.msg_iovlen = 1025;
	SHOW(sendmsg(s, &m, 0));
	m.msg_iovlen = (size_t)-1;
	SHOW(sendmsg(s, &m, 0));
	m = msg_of((void *)1, 2);
	SHOW(sendmsg(s, &m, 0));
	m = msg_of(NULL, 0);
	SHOW(sendmsg(s, &m, 0));
	m = msg_of(&cut, 1);
	SHOW(sendmsg(s, &m, 0));
	m = msg_of(&whole, 1);
	SHOW(sendmsg(s, &m, 0));
	m = msg_of(&minus, 1);
	SHOW(sendmsg(s, &m, 0));
	m = msg_of(&wild, 1);
	SHOW(sendmsg(s, &m, 0));
	m = msg_of(mixed, 2);
	SHOW(sendmsg(s, &m, 0));
	m = msg_of(iov, 1);
	m.msg_controllen = 5;
	SHOW(sendmsg(s, &m, 0));
	m.msg_control = (void *)1;
	SHOW(sendmsg(s, &m, 0));
	m.msg_controllen = (size_t)-1;
	SHOW(sendmsg(s, &m, 0));
	m.msg_controllen = 1 << 20;
	SHOW(sendmsg(s, &m, 0));
	m = msg_of(iov, 1);
	SHOW(sendmsg(s, &m, MSG_MORE));
	SHOW(sendmsg(s, &m, MSG_MORE));
	SHOW(sendmsg(s, &m, 0));
	drain("received", r);
}

static void udp_sizes(void)
{
	int port, r = bound(AF_INET, SOCK_DGRAM, &port);
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in a = in4("127.0.0.1", port);
	static char big[3 << 20];

	SHOW(sendto(s, big, 65507, 0, SA(a), sizeof(a)));
	SHOW(sendto(s, big, 65508, 0, SA(a), sizeof(a)));
	SHOW(sendto(s, big, 65536, 0, SA(a), sizeof(a)));
	SHOW(sendto(s, big, sizeof(big), 0, SA(a), sizeof(a)));
	SHOW(sendto(s, NULL, sizeof(big), 0, SA(a), sizeof(a)));
	drain("received", r);
}

static void udp_vectors(void)
{
	int port, r = bound(AF_INET, SOCK_DGRAM, &port), i;
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in a = in4("127.0.0.1", port), bad = in4("127.0.0.1", 0);
	static char data[70000];
	struct iovec iov[4] = {
		{ data, 1 }, { data, 20 }, { data, 0 }, { data, 3 }
	};
	struct iovec large = { data, sizeof(data) };
	struct mmsghdr v[4], *e = (void *)(edge() + 4096 - 2 * sizeof(*v));

	for (i = 0; i < 4; i++) {
		memset(&v[i], 0, sizeof(v[i]));
		v[i].msg_hdr = msg_of(&iov[i], 1);
		v[i].msg_hdr.msg_name = &a;
		v[i].msg_hdr.msg_namelen = sizeof(a);
		v[i].msg_len = 99;
	}
	SHOW(syscall(SYS_sendmmsg, s, v, 4, 0));
	say("lengths %u %u %u %u\n", v[0].msg_len, v[1].msg_len, v[2].msg_len,
	    v[3].msg_len);
	SHOW(syscall(SYS_sendmmsg, s, v, 0, 0));
	SHOW(syscall(SYS_sendmmsg, s, v, 2l | 8l << 32, 0));
	SHOW(syscall(SYS_sendmmsg, -1, v, 4, 0));
	SHOW(syscall(SYS_sendmmsg, s, NULL, 4, 0));
	SHOW(syscall(SYS_sendmmsg, s, v, 4, 0x80000000));
	v[2].msg_hdr.msg_name = &bad;
	SHOW(syscall(SYS_sendmmsg, s, v, 4, 0));
	SHOW(syscall(SYS_sendmmsg, s, v + 2, 2, 0));
	v[1].msg_hdr.msg_iov = &large;
	SHOW(syscall(SYS_sendmmsg, s, v, 4, 0));
	SHOW(syscall(SYS_sendmmsg, s, v + 1, 3, 0));
	v[1].msg_hdr.msg_iov = (void *)1;
	SHOW(syscall(SYS_sendmmsg, s, v, 4, 0));
	e[0] = v[0];
	e[1] = v[3];
	SHOW(syscall(SYS_sendmmsg, s, e, 4, 0)); /* runs off the page */
	SHOW(syscall(SYS_sendmmsg, s, e, (unsigned int)-1, 0));
	drain("received", r);
}

static void udp_huge_vector(void)
{
	int port, r = bound(AF_INET, SOCK_DGRAM, &port), i, size = 4 << 20;
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in a = in4("127.0.0.1", port);
	static struct mmsghdr v[1100];
	struct iovec iov = { (char[]){ "x" }, 1 };

	setsockopt(r, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	connect(s, SA(a), sizeof(a));
	for (i = 0; i < 1100; i++)
		v[i].msg_hdr = msg_of(&iov, 1);
	SHOW(syscall(SYS_sendmmsg, s, v, 1100, 0));
	say("lengths %u %u\n", v[1023].msg_len, v[1024].msg_len);
}

/* An address is free as soon as the call returns and its socket is closed. */
static void bound_again(void)
{
	int port, r = bound(AF_INET, SOCK_DGRAM, &port), own, i;
	struct sockaddr_in to = in4("127.0.0.1", port), a;
	int n_sent = 0, n_connected = 0;

	close(bound(AF_INET, SOCK_DGRAM, &own));
	a = in4("127.0.0.1", own);
	for (i = 0; i < 300; i++) {
		int s = socket(AF_INET, SOCK_DGRAM, 0);

		n_sent += bind(s, SA(a), sizeof(a)) == 0 &&
			  sendto(s, "x", 1, 0, SA(to), sizeof(to)) == 1;
		close(s);
		s = socket(AF_INET, SOCK_DGRAM, 0);
		n_connected += bind(s, SA(a), sizeof(a)) == 0 &&
			       connect(s, SA(to), sizeof(to)) == 0;
		close(s);
	}
	say("bound again: %d sends, %d connects\n", n_sent, n_connected);
	close(r);
}

void cases_inet(void)
{
	play("udp_names", udp_names);
	play("udp6_names", udp6_names);
	play("udp_messages", udp_messages);
	play("udp_sizes", udp_sizes);
	play("udp_vectors", udp_vectors);
	play("udp_huge_vector", udp_huge_vector);
	play("bound_again", bound_again);
}
