/* SPDX-License-Identifier: MIT */
/*
 * Sends, bare and emulated: the same cases run as an ordinary program and as
 * a target, and what they print must not differ in a single line.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "send_lab.h"
#include "tap.h"

static int to; /* where the cases print */
static volatile sig_atomic_t n_signals;

static void on_signal(int s)
{
	(void)s;
	n_signals++;
}

/* Run a call and print it with its result, errno and signals. */
#define SHOW(call)                                                             \
	({                                                                     \
		n_signals = 0;                                                 \
		errno = 0;                                                     \
		long r_ = (long)(call);                                        \
		int e_ = r_ < 0 ? errno : 0;                                   \
		dprintf(to, "%s = %ld %s%s\n", #call, r_,                      \
			e_ ? strerrorname_np(e_) : "",                         \
			n_signals ? " +signal" : "");                          \
		r_;                                                            \
	})

static struct sockaddr_in in4(const char *ip, int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons((uint16_t)port) };

	inet_pton(AF_INET, ip, &a.sin_addr);
	return a;
}

static struct sockaddr_in6 in6(const char *ip, int port)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6,
				  .sin6_port = htons((uint16_t)port) };

	inet_pton(AF_INET6, ip, &a.sin6_addr);
	return a;
}

#define SA(a) ((struct sockaddr *)&(a))

/* A bound socket and its port. */
static int bound(int domain, int type, int *ret_port)
{
	int s = socket(domain, type, 0);
	struct sockaddr_in6 a = { .sin6_family = (sa_family_t)domain };
	socklen_t len = domain == AF_INET ? sizeof(struct sockaddr_in)
					  : sizeof(a);

	bind(s, SA(a), len);
	getsockname(s, SA(a), &len);
	*ret_port = ntohs(a.sin6_port);
	return s;
}

static void tcp_pair(int sv[2])
{
	int port, l = bound(AF_INET, SOCK_STREAM, &port);
	struct sockaddr_in a = in4("127.0.0.1", port);

	listen(l, 1);
	sv[0] = socket(AF_INET, SOCK_STREAM, 0);
	connect(sv[0], SA(a), sizeof(a));
	sv[1] = accept(l, NULL, NULL);
	close(l);
}

/* What waits on a socket, as lengths and sums. */
static void drain(const char *name, int s)
{
	static uint8_t buf[1 << 20];
	ssize_t n;

	dprintf(to, "%s:", name);
	while ((n = recv(s, buf, sizeof(buf), MSG_DONTWAIT)) >= 0) {
		unsigned long sum = 0;

		for (ssize_t i = 0; i < n; i++)
			sum += buf[i];
		dprintf(to, " %zd/%lu", n, sum);
		if (n == 0)
			break;
	}
	dprintf(to, "\n");
}


static struct msghdr msg_of(struct iovec *iov, size_t n)
{
	return (struct msghdr){ .msg_iov = iov, .msg_iovlen = n };
}

/* Two pages, the second of which cannot be read. */
static char *edge(void)
{
	char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memset(p, 7, 4096);
	mprotect(p + 4096, 4096, PROT_NONE);
	return p;
}

static void udp_names(void)
{
	int port, r = bound(AF_INET, SOCK_DGRAM, &port);
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in a = in4("127.0.0.1", port), none = a, zero = a;
	struct sockaddr_in port0 = in4("127.0.0.1", 0), any = in4("0.0.0.0", port);
	struct sockaddr_in6 six = in6("::1", port);
	struct sockaddr_un un = { .sun_family = AF_UNIX };
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
	SHOW(sendto(s, buf, (size_t)-1, 0, SA(a), sizeof(a)));
	SHOW(sendto(s, buf, 10, MSG_OOB, SA(a), sizeof(a)));
	SHOW(sendto(s, buf, 15, MSG_DONTROUTE, SA(a), sizeof(a)));
	SHOW(sendto(s, buf, 15, MSG_CONFIRM, SA(a), sizeof(a)));
	SHOW(sendto(s, buf, 15, MSG_ZEROCOPY, SA(a), sizeof(a)));
	SHOW(sendto(s, buf, 15, MSG_FASTOPEN, SA(a), sizeof(a)));
	SHOW(sendto(s, buf, 15, (int)0x80000000, SA(a), sizeof(a)));
	SHOW(sendto(-1, buf, 10, 0, SA(a), sizeof(a)));
	SHOW(sendto(to, buf, 10, 0, SA(a), sizeof(a)));
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
	struct sockaddr_in6 a = in6("::1", port), m = in6("::ffff:127.0.0.1", port);
	struct sockaddr_in6 any = in6("::", port), any4 = in6("::ffff:0.0.0.0", port);
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
	struct iovec many[1025], cut = { e + 4000, 200 }, whole = { e + 4000, 96 };
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

/* One control message around len bytes of data, in a buffer of its own. */
static void put_control(struct msghdr *m, char *buf, int level, int type,
			const void *data, size_t len)
{
	struct cmsghdr *c = (struct cmsghdr *)buf;

	memset(buf, 0, CMSG_SPACE(len));
	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), data, len);
	m->msg_control = buf;
	m->msg_controllen = CMSG_SPACE(len);
}

static void udp_controls(void)
{
	int port, r = bound(AF_INET, SOCK_DGRAM, &port), on = 1;
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in a = in4("127.0.0.1", port);
	struct iovec iov = { (char[]){ "control" }, 7 };
	struct msghdr m = msg_of(&iov, 1), got = m;
	struct in_pktinfo info = { .ipi_ifindex = 1 };
	char buf[256], data[64], in[256];
	uint16_t gso = 3;
	int tos = 8, ttl = 9, fd = 1;

	inet_pton(AF_INET, "127.0.0.9", &info.ipi_spec_dst);
	setsockopt(r, IPPROTO_IP, IP_RECVTOS, &on, sizeof(on));
	setsockopt(r, IPPROTO_IP, IP_RECVTTL, &on, sizeof(on));
	connect(s, SA(a), sizeof(a));
	put_control(&m, buf, IPPROTO_IP, IP_TOS, &tos, sizeof(tos));
	SHOW(sendmsg(s, &m, 0));
	put_control(&m, buf, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl));
	SHOW(sendmsg(s, &m, 0));
	put_control(&m, buf, IPPROTO_IP, IP_TTL, &ttl, 2);
	SHOW(sendmsg(s, &m, 0));
	put_control(&m, buf, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
	SHOW(sendmsg(s, &m, 0));
	put_control(&m, buf, IPPROTO_IP, IP_PKTINFO, &info, 4);
	SHOW(sendmsg(s, &m, 0));
	put_control(&m, buf, IPPROTO_UDP, 103, &gso, sizeof(gso));
	SHOW(sendmsg(s, &m, 0));
	put_control(&m, buf, SOL_SOCKET, SCM_RIGHTS, &fd, sizeof(fd));
	SHOW(sendmsg(s, &m, 0));
	put_control(&m, buf, IPPROTO_IP, IP_TOS, &tos, sizeof(tos));
	((struct cmsghdr *)buf)->cmsg_len = 3;
	SHOW(sendmsg(s, &m, 0));
	((struct cmsghdr *)buf)->cmsg_len = 300;
	SHOW(sendmsg(s, &m, 0));
	m.msg_controllen = 15; /* shorter than a header: nothing */
	SHOW(sendmsg(s, &m, 0));
	for (;;) {
		struct cmsghdr *c;
		struct sockaddr_in from = { 0 };

		iov = (struct iovec){ data, sizeof(data) };
		got = msg_of(&iov, 1);
		got.msg_control = in;
		got.msg_controllen = sizeof(in);
		got.msg_name = &from;
		got.msg_namelen = sizeof(from);
		if (recvmsg(r, &got, MSG_DONTWAIT) < 0)
			break;
		dprintf(to, "from %s:", inet_ntoa(from.sin_addr));
		for (c = CMSG_FIRSTHDR(&got); c; c = CMSG_NXTHDR(&got, c))
			dprintf(to, " type %d %d", c->cmsg_type, *CMSG_DATA(c));
		dprintf(to, "\n");
	}
}

static void udp6_controls(void)
{
	int port, r = bound(AF_INET6, SOCK_DGRAM, &port);
	int s = socket(AF_INET6, SOCK_DGRAM, 0), tclass = 4, hops = 3;
	struct sockaddr_in6 a = in6("::1", port);
	struct iovec iov = { (char[]){ "control" }, 7 };
	struct msghdr m = msg_of(&iov, 1);
	struct in6_pktinfo info = { .ipi6_ifindex = 1 };
	char buf[256];

	m.msg_name = &a;
	m.msg_namelen = sizeof(a);
	put_control(&m, buf, IPPROTO_IPV6, IPV6_TCLASS, &tclass, 4);
	SHOW(sendmsg(s, &m, 0));
	put_control(&m, buf, IPPROTO_IPV6, IPV6_HOPLIMIT, &hops, 4);
	SHOW(sendmsg(s, &m, 0));
	put_control(&m, buf, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof(info));
	SHOW(sendmsg(s, &m, 0));
	inet_pton(AF_INET6, "2001:db8::9", &info.ipi6_addr);
	put_control(&m, buf, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof(info));
	SHOW(sendmsg(s, &m, 0));
	drain("received", r);
}

static void udp_vectors(void)
{
	int port, r = bound(AF_INET, SOCK_DGRAM, &port), i;
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in a = in4("127.0.0.1", port), bad = in4("127.0.0.1", 0);
	static char data[70000];
	struct iovec iov[4] = { { data, 1 }, { data, 20 }, { data, 0 }, { data, 3 } };
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
	dprintf(to, "lengths %u %u %u %u\n", v[0].msg_len, v[1].msg_len,
		v[2].msg_len, v[3].msg_len);
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
	dprintf(to, "lengths %u %u\n", v[1023].msg_len, v[1024].msg_len);
}

static void tcp_plain(void)
{
	static char data[70000];
	int sv[2], u = socket(AF_INET, SOCK_STREAM, 0), on = 1;
	struct sockaddr_in a = in4("203.0.113.9", 9);
	struct iovec iov = { data, 100 }, zero = { data, 0 };
	char *e = edge();
	struct iovec cut[2] = { { data, 10 }, { e + 4000, 200 } };
	struct iovec wild = { (void *)1, 10 };
	struct msghdr m = msg_of(&iov, 1);

	memset(data, 6, sizeof(data));
	tcp_pair(sv);
	SHOW(sendmsg(sv[0], &m, 0));
	SHOW(sendto(sv[0], data, 5, 0, SA(a), sizeof(a))); /* name ignored */
	SHOW(sendto(sv[0], data, 5, 0, SA(a), 3));
	SHOW(sendto(sv[0], data, 5, 0, SA(a), -3));
	SHOW(sendto(sv[0], data, 5, 0, (void *)1, 3));
	SHOW(sendmsg(sv[0], &m, MSG_OOB));
	SHOW(sendmsg(sv[0], &m, MSG_MORE));
	SHOW(sendmsg(sv[0], &m, MSG_EOR));
	m = msg_of(&zero, 1);
	SHOW(sendmsg(sv[0], &m, 0));
	m = msg_of(NULL, 0);
	SHOW(sendmsg(sv[0], &m, 0));
	m = msg_of(&wild, 1);
	SHOW(sendmsg(sv[0], &m, 0));
	m = msg_of(cut, 2);
	SHOW(sendmsg(sv[0], &m, 0) > 0);
	setsockopt(sv[0], IPPROTO_TCP, TCP_CORK, &on, sizeof(on));
	iov.iov_len = sizeof(data);
	m = msg_of(&iov, 1);
	SHOW(sendmsg(sv[0], &m, 0));
	SHOW(sendto(u, data, 5, 0, SA(a), sizeof(a)));
	SHOW(sendto(u, data, 5, MSG_NOSIGNAL, SA(a), sizeof(a)));
	SHOW(sendto(u, data, 0, 0, SA(a), sizeof(a)));
	close(sv[1]);
	SHOW(sendmsg(sv[0], &m, 0) > 0 || errno == ECONNRESET || errno == EPIPE);
}

static void pipe_signals(void)
{
	struct iovec iov = { (char[]){ "x" }, 1 };
	struct msghdr m = msg_of(&iov, 1);
	static const int types[] = { SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM };
	int sv[2];
	size_t i;

	for (i = 0; i < 3; i++) {
		dprintf(to, "type %d\n", types[i]);
		socketpair(AF_UNIX, types[i], 0, sv);
		shutdown(sv[0], SHUT_WR);
		SHOW(sendmsg(sv[0], &m, 0));
		SHOW(sendmsg(sv[0], &m, MSG_NOSIGNAL));
		close(sv[1]);
		SHOW(sendmsg(sv[0], &m, 0));
		socketpair(AF_UNIX, types[i], 0, sv);
		close(sv[1]);
		SHOW(sendmsg(sv[0], &m, 0));
		SHOW(sendmsg(sv[0], &m, 0));
	}
	tcp_pair(sv);
	shutdown(sv[0], SHUT_WR);
	SHOW(sendmsg(sv[0], &m, 0));
	SHOW(sendmsg(sv[0], &m, MSG_NOSIGNAL));
	signal(SIGPIPE, SIG_IGN);
	SHOW(sendmsg(sv[0], &m, 0));
}

static void pipe_death(void)
{
	struct iovec iov = { (char[]){ "x" }, 1 };
	struct msghdr m = msg_of(&iov, 1);
	int sv[2];

	signal(SIGPIPE, SIG_DFL);
	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	close(sv[1]);
	SHOW(sendmsg(sv[0], &m, MSG_NOSIGNAL));
	SHOW(sendmsg(sv[0], &m, 0));
	dprintf(to, "still here\n");
}

static void unix_plain(void)
{
	int sv[2], u = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_un un = { .sun_family = AF_UNIX, .sun_path = "/nowhere" };
	struct iovec iov = { (char[]){ "hello" }, 5 };
	struct msghdr m = msg_of(&iov, 1);
	static char big[1 << 20];

	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	SHOW(sendmsg(sv[0], &m, 0));
	SHOW(sendmsg(u, &m, 0));
	SHOW(sendto(sv[0], "x", 1, 0, SA(un), sizeof(un)));
	SHOW(sendto(u, "x", 1, 0, SA(un), sizeof(un)));
	SHOW(sendmsg(sv[0], &m, MSG_OOB));
	drain("stream", sv[1]);
	socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv);
	SHOW(sendmsg(sv[0], &m, 0));
	SHOW(sendto(sv[0], "x", 1, 0, SA(un), sizeof(un)));
	SHOW(sendto(sv[0], NULL, 0, 0, SA(un), sizeof(un)));
	u = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	SHOW(sendmsg(u, &m, 0));
	socketpair(AF_UNIX, SOCK_DGRAM, 0, sv);
	SHOW(sendmsg(sv[0], &m, 0));
	SHOW(sendmsg(sv[0], &m, MSG_OOB));
	SHOW(sendto(sv[0], big, sizeof(big), 0, SA(un), 0));
	u = socket(AF_UNIX, SOCK_DGRAM, 0);
	SHOW(sendmsg(u, &m, 0));
	drain("dgram", sv[1]);
}

static void show_rights(int s)
{
	char data[16], buf[CMSG_SPACE(253 * sizeof(int))];
	struct iovec iov = { data, sizeof(data) };
	struct msghdr m = msg_of(&iov, 1);
	struct cmsghdr *c;

	m.msg_control = buf;
	m.msg_controllen = sizeof(buf);
	dprintf(to, "got %zd:", recvmsg(s, &m, MSG_DONTWAIT));
	for (c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int), i;

		dprintf(to, " %zu fds", n);
		for (i = 0; i < n; i++) {
			char text[16] = "";
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(fd), sizeof(fd));
			if (pread(fd, text, sizeof(text) - 1, 0) < 0)
				strcpy(text, "unread");
			if (i < 3)
				dprintf(to, " %s", text);
			close(fd);
		}
	}
	dprintf(to, "\n");
}

static void unix_rights(void)
{
	int sv[2], fds[300], i, mem = memfd_create("a", 0), other;
	struct iovec iov = { (char[]){ "r" }, 1 };
	struct msghdr m = msg_of(&iov, 1);
	char buf[4096];

	if (write(mem, "first", 5) != 5)
		return;
	other = memfd_create("b", 0);
	if (write(other, "second", 6) != 6)
		return;
	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	fds[0] = mem;
	fds[1] = other;
	fds[2] = open("/", O_PATH);
	put_control(&m, buf, SOL_SOCKET, SCM_RIGHTS, fds, 3 * sizeof(int));
	SHOW(sendmsg(sv[0], &m, 0));
	show_rights(sv[1]);
	put_control(&m, buf, SOL_SOCKET, SCM_RIGHTS, fds, 7); /* one and a rest */
	SHOW(sendmsg(sv[0], &m, 0));
	show_rights(sv[1]);
	put_control(&m, buf, SOL_SOCKET, SCM_RIGHTS, fds, 0);
	SHOW(sendmsg(sv[0], &m, 0));
	show_rights(sv[1]);
	fds[1] = 12345;
	put_control(&m, buf, SOL_SOCKET, SCM_RIGHTS, fds, 2 * sizeof(int));
	SHOW(sendmsg(sv[0], &m, 0));
	fds[1] = -1;
	put_control(&m, buf, SOL_SOCKET, SCM_RIGHTS, fds, 2 * sizeof(int));
	SHOW(sendmsg(sv[0], &m, 0));
	for (i = 0; i < 300; i++)
		fds[i] = other;
	put_control(&m, buf, SOL_SOCKET, SCM_RIGHTS, fds, 253 * sizeof(int));
	SHOW(sendmsg(sv[0], &m, 0));
	show_rights(sv[1]);
	put_control(&m, buf, SOL_SOCKET, SCM_RIGHTS, fds, 254 * sizeof(int));
	SHOW(sendmsg(sv[0], &m, 0));
	put_control(&m, buf, SOL_SOCKET, 99, fds, 4);
	SHOW(sendmsg(sv[0], &m, 0) < 0);
	m.msg_iovlen = 0;
	put_control(&m, buf, SOL_SOCKET, SCM_RIGHTS, fds, 4);
	SHOW(sendmsg(sv[0], &m, 0));
	m.msg_iovlen = 1;
	socketpair(AF_UNIX, SOCK_DGRAM, 0, sv);
	put_control(&m, buf, SOL_SOCKET, SCM_RIGHTS, fds, 4);
	SHOW(sendmsg(sv[0], &m, 0));
	show_rights(sv[1]);
}

/* The receiver's end, in the order of sending. */
static void *read_all(void *arg)
{
	int s = *(int *)arg;
	static uint8_t buf[1 << 16];
	unsigned long long n = 0, sum = 0;
	ssize_t r;

	while ((r = read(s, buf, sizeof(buf))) > 0)
		for (ssize_t i = 0; i < r; i++)
			sum = sum * 31 + buf[i], n++;
	dprintf(to, "reader: %llu bytes, digest %llx\n", n, sum);
	return NULL;
}

/* Much more than a buffer, to a reader that keeps up: all of it. */
static void stream_blocking(int sv[2], size_t len)
{
	uint8_t *data = malloc(len);
	struct iovec iov[2] = { { data, len / 3 }, { data + len / 3, len - len / 3 } };
	struct msghdr m = msg_of(iov, 2);
	pthread_t t;
	size_t i;

	for (i = 0; i < len; i++)
		data[i] = (uint8_t)(i * 7 + (i >> 11));
	pthread_create(&t, NULL, read_all, &sv[1]);
	SHOW(sendmsg(sv[0], &m, 0));
	close(sv[0]);
	pthread_join(t, NULL);
	free(data);
}

static void streams_blocking(void)
{
	int sv[2];

	tcp_pair(sv);
	stream_blocking(sv, 5 << 20);
	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	stream_blocking(sv, 5 << 20);
	tcp_pair(sv);
	stream_blocking(sv, 300000);
}

static void small_buffers(int sv[2])
{
	int size = 8192;

	setsockopt(sv[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	setsockopt(sv[1], SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

/* Nobody reads: what fits, then EAGAIN at once or in time. */
static void stream_full(int sv[2])
{
	static char data[4 << 20];
	struct iovec iov = { data, sizeof(data) };
	struct msghdr m = msg_of(&iov, 1);
	struct timeval tv = { .tv_usec = 100000 };
	long r;

	small_buffers(sv);
	r = sendmsg(sv[0], &m, MSG_DONTWAIT);
	dprintf(to, "a part: %d\n", r > 0 && r < (long)sizeof(data));
	while (sendmsg(sv[0], &m, MSG_DONTWAIT) > 0)
		;
	SHOW(sendmsg(sv[0], &m, MSG_DONTWAIT));
	setsockopt(sv[0], SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	SHOW(sendmsg(sv[0], &m, 0));
	fcntl(sv[0], F_SETFL, O_NONBLOCK);
	SHOW(sendmsg(sv[0], &m, 0));
	close(sv[1]);
	signal(SIGPIPE, on_signal);
	r = sendmsg(sv[0], &m, 0);
	dprintf(to, "peer closed: %d\n",
		r < 0 && (errno == ECONNRESET || errno == EPIPE));
}

static void streams_full(void)
{
	int sv[2];

	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	stream_full(sv);
	tcp_pair(sv);
	stream_full(sv);
}

/* A deadline after a part: the part is the result. */
static void stream_deadline(void)
{
	static char data[8 << 20];
	struct iovec iov = { data, sizeof(data) };
	struct msghdr m = msg_of(&iov, 1);
	struct timeval tv = { .tv_usec = 100000 };
	int sv[2];
	long r;

	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	small_buffers(sv);
	setsockopt(sv[0], SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	r = sendmsg(sv[0], &m, 0);
	dprintf(to, "a part: %d\n", r > 0 && r < (long)sizeof(data));
	SHOW(sendmsg(sv[0], &m, 0));
}

static void after(int us, bool restart)
{
	struct sigaction sa = { .sa_handler = on_signal,
				.sa_flags = restart ? SA_RESTART : 0 };
	struct itimerval it = { .it_value = { 0, us } };

	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &it, NULL);
}

struct later {
	int fd;
	bool do_close;
};

/* Empties a socket once the handler has run. */
static void *read_later(void *arg)
{
	struct later *l = arg;
	static char buf[1 << 16];
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, NULL);
	while (!n_signals)
		usleep(1000);
	usleep(30000);
	if (l->do_close) {
		close(l->fd);
		return NULL;
	}
	while (recv(l->fd, buf, sizeof(buf), MSG_DONTWAIT) > 0)
		usleep(100);
	return NULL;
}

static void fill_up(int s)
{
	static char data[1 << 16];

	while (send(s, data, sizeof(data), MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
		;
	while (send(s, data, 1, MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
		;
}

/* A signal while nothing has been sent yet. */
static void stream_signals(void)
{
	struct iovec iov = { (char[]){ "late" }, 4 };
	struct msghdr m = msg_of(&iov, 1);
	struct timeval tv = { .tv_sec = 50 };
	struct later l = { 0 };
	pthread_t t;
	int sv[2];

	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	small_buffers(sv);
	fill_up(sv[0]);
	after(50000, false);
	SHOW(sendmsg(sv[0], &m, 0)); /* EINTR */
	n_signals = 0;
	l.fd = sv[1];
	pthread_create(&t, NULL, read_later, &l);
	after(50000, true);
	SHOW(sendmsg(sv[0], &m, 0)); /* restarted, then goes out */
	pthread_join(t, NULL);
	setsockopt(sv[0], SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	fill_up(sv[0]);
	after(50000, true);
	SHOW(sendmsg(sv[0], &m, 0)); /* with a deadline: EINTR all the same */
}

/* A signal after a part: the part counts. */
static void stream_signal_part(void)
{
	static char data[6 << 20];
	struct iovec iov = { data, sizeof(data) };
	struct msghdr m = msg_of(&iov, 1);
	int sv[2];
	long r;

	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	small_buffers(sv);
	n_signals = 0;
	after(50000, true);
	r = sendmsg(sv[0], &m, 0);
	dprintf(to, "a part: %d, signals %d\n", r > 0 && r < (long)sizeof(data),
		(int)n_signals);
}

/* The other end goes away while a send waits. */
static void stream_broken(void)
{
	static char data[1 << 20];
	struct iovec iov = { data, sizeof(data) };
	struct msghdr m = msg_of(&iov, 1);
	struct later l = { .do_close = true };
	pthread_t t;
	int sv[2];
	long r;

	signal(SIGPIPE, SIG_IGN);
	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	small_buffers(sv);
	n_signals = 0;
	l.fd = sv[1];
	pthread_create(&t, NULL, read_later, &l);
	fill_up(sv[0]);
	n_signals = 1;
	r = sendmsg(sv[0], &m, 0);
	dprintf(to, "broken: %ld %s\n", r, r < 0 ? strerrorname_np(errno) : "");
	pthread_join(t, NULL);
}

static void dgram_blocking(void)
{
	struct iovec iov = { (char[]){ "datagram" }, 8 };
	struct msghdr m = msg_of(&iov, 1);
	struct timeval tv = { .tv_usec = 100000 };
	struct mmsghdr v[3];
	struct later l = { 0 };
	int sv[2], i;
	pthread_t t;

	socketpair(AF_UNIX, SOCK_DGRAM, 0, sv);
	for (i = 0; sendmsg(sv[0], &m, MSG_DONTWAIT) > 0; i++)
		;
	dprintf(to, "queue of %d\n", i);
	SHOW(sendmsg(sv[0], &m, MSG_DONTWAIT));
	setsockopt(sv[0], SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	SHOW(sendmsg(sv[0], &m, 0));
	tv.tv_usec = 0;
	setsockopt(sv[0], SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	l.fd = sv[1];
	n_signals = 1;
	pthread_create(&t, NULL, read_later, &l);
	SHOW(sendmsg(sv[0], &m, 0));
	pthread_join(t, NULL);
	fill_up(sv[0]);
	n_signals = 1;
	pthread_create(&t, NULL, read_later, &l);
	for (i = 0; i < 3; i++) {
		memset(&v[i], 0, sizeof(v[i]));
		v[i].msg_hdr = m;
	}
	SHOW(syscall(SYS_sendmmsg, sv[0], v, 3, 0) > 0);
	dprintf(to, "length %u\n", v[0].msg_len);
	pthread_join(t, NULL);
}

static void credentials(void)
{
	char buf[256], data[16];
	struct iovec iov = { data, 1 };
	struct msghdr m = msg_of(&iov, 1);
	struct ucred me = { getpid(), getuid(), getgid() }, liar = me;
	struct cmsghdr *c;
	int sv[2], on = 1;

	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	setsockopt(sv[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
	put_control(&m, buf, SOL_SOCKET, SCM_CREDENTIALS, &me, sizeof(me));
	SHOW(sendmsg(sv[0], &m, 0));
	put_control(&m, buf, SOL_SOCKET, SCM_CREDENTIALS, &me, 8);
	SHOW(sendmsg(sv[0], &m, 0));
	if (me.uid) {
		liar.uid = 0;
		put_control(&m, buf, SOL_SOCKET, SCM_CREDENTIALS, &liar,
			    sizeof(liar));
		SHOW(sendmsg(sv[0], &m, 0));
		liar = me;
		liar.pid = 1;
		put_control(&m, buf, SOL_SOCKET, SCM_CREDENTIALS, &liar,
			    sizeof(liar));
		SHOW(sendmsg(sv[0], &m, 0));
	}
	m.msg_control = NULL;
	m.msg_controllen = 0;
	SHOW(sendmsg(sv[0], &m, 0));
	m.msg_control = buf;
	for (;;) {
		m.msg_controllen = sizeof(buf);
		if (recvmsg(sv[1], &m, MSG_DONTWAIT) <= 0)
			break;
		c = CMSG_FIRSTHDR(&m);
		memcpy(&liar, CMSG_DATA(c), sizeof(liar));
		dprintf(to, "uid %s\n", liar.uid == me.uid ? "mine" : "another's");
		dprintf(to, "pid %s\n", liar.pid == me.pid ? "mine" : "another's");
	}
}

static void netlink_dump(void)
{
	struct {
		struct nlmsghdr h;
		struct rtgenmsg g;
	} req = { { sizeof(req), RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 1, 0 },
		  { AF_UNSPEC } };
	int s = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK }, odd = nl;
	struct iovec iov = { &req, sizeof(req) };
	struct msghdr m = msg_of(&iov, 1);
	char buf[16384];

	bind(s, SA(nl), sizeof(nl));
	odd.nl_family = AF_INET;
	SHOW(sendto(s, &req, sizeof(req), 0, SA(nl), sizeof(nl)));
	SHOW(recv(s, buf, sizeof(buf), 0) > 0);
	while (recv(s, buf, sizeof(buf), MSG_DONTWAIT) > 0)
		;
	SHOW(sendto(s, &req, sizeof(req), 0, SA(odd), sizeof(odd)));
	SHOW(sendto(s, &req, sizeof(req), 0, SA(nl), 11));
	SHOW(sendmsg(s, &m, 0));
	SHOW(sendmsg(s, &m, MSG_OOB));
}

static void icmp(void)
{
	struct sockaddr_in a = in4("127.0.0.1", 7), none = a;
	struct sockaddr_in6 a6 = in6("::1", 0), m6 = in6("::ffff:127.0.0.1", 0);
	char echo[16] = { 8 }, echo6[16] = { (char)128 };
	int s = socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
	int s6 = socket(AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6);

	none.sin_family = AF_UNSPEC;
	SHOW(sendto(s, echo, sizeof(echo), 0, SA(a), sizeof(a)));
	SHOW(sendto(s, echo, sizeof(echo), 0, SA(none), sizeof(none)));
	SHOW(sendto(s, echo, 4, 0, SA(a), sizeof(a)));
	SHOW(sendto(s, echo, sizeof(echo), 0, SA(a), 8));
	SHOW(sendto(s, echo, sizeof(echo), 0, SA(a6), sizeof(a6)));
	SHOW(sendto(s6, echo6, sizeof(echo6), 0, SA(a6), sizeof(a6)));
	SHOW(sendto(s6, echo6, sizeof(echo6), 0, SA(a), sizeof(a)));
	SHOW(sendto(s6, echo6, sizeof(echo6), 0, SA(m6), sizeof(m6)));
	SHOW(sendto(s6, echo6, sizeof(echo6), 0, SA(a6), 24));
}

static const struct {
	const char *name;
	void (*run)(void);
} cases[] = {
	{ "udp_names", udp_names },
	{ "udp6_names", udp6_names },
	{ "udp_messages", udp_messages },
	{ "udp_sizes", udp_sizes },
	{ "udp_controls", udp_controls },
	{ "udp6_controls", udp6_controls },
	{ "udp_vectors", udp_vectors },
	{ "udp_huge_vector", udp_huge_vector },
	{ "tcp_plain", tcp_plain },
	{ "pipe_signals", pipe_signals },
	{ "pipe_death", pipe_death },
	{ "unix_plain", unix_plain },
	{ "unix_rights", unix_rights },
	{ "streams_blocking", streams_blocking },
	{ "streams_full", streams_full },
	{ "stream_deadline", stream_deadline },
	{ "stream_signals", stream_signals },
	{ "stream_signal_part", stream_signal_part },
	{ "stream_broken", stream_broken },
	{ "dgram_blocking", dgram_blocking },
	{ "credentials", credentials },
	{ "netlink_dump", netlink_dump },
	{ "icmp", icmp },
};
#define N_CASES (sizeof(cases) / sizeof(*cases))

static size_t at;

static void play_case(int out)
{
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

	to = out;
	sigaction(SIGPIPE, &sa, NULL);
	cases[at].run();
}

/* The lines that differ, as comments. */
static void show_difference(const char *bare, const char *target)
{
	while (*bare || *target) {
		int n = (int)strcspn(bare, "\n"), k = (int)strcspn(target, "\n");

		if (n != k || strncmp(bare, target, (size_t)n))
			printf("# bare:   %.*s\n# target: %.*s\n", n, bare, k,
			       target);
		bare += n + (bare[n] != 0);
		target += k + (target[k] != 0);
	}
}

static void compare(const struct lab_cast *cast)
{
	char *bare = lab_run_bare(cast->target, play_case);
	struct lab_counts counts;
	char *target = lab_run_target(cast, play_case, &counts);
	bool same = !strcmp(bare, target);

	tap_failed += !same;
	printf("%sok %d - %s: %s\n", same ? "" : "not ", ++tap_n, cast->name,
	       cases[at].name);
	if (!same)
		show_difference(bare, target);
	if (getenv("SHOW_LINES"))
		printf("%s", target);
	ok(counts.lost_session == 0);
	free(bare);
	free(target);
}

int main(int argc, char **argv)
{
	static const struct lab_cast by_root[] = {
		{ "root", 0, 0, false },
		{ "nobody", 65534, 65534, false },
		{ "root for nobody", 0, 65534, false },
		{ "root, old kernel", 0, 0, true },
	};
	static const struct lab_cast by_user[] = {
		{ "user", 0, 0, false },
		{ "user, old kernel", 0, 0, true },
	};
	const struct lab_cast *casts = geteuid() ? by_user : by_root;
	size_t n = geteuid() ? 2 : 4, i;

	setvbuf(stdout, NULL, _IONBF, 0);
	if (!lab_enter()) {
		skip("no network namespace to be had");
		return done();
	}
	for (i = 0; i < n; i++)
		for (at = 0; at < N_CASES; at++)
			if (argc < 2 || !strcmp(argv[1], cases[at].name))
				compare(&casts[i]);
	return done();
}
