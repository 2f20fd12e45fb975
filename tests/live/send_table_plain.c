/* SPDX-License-Identifier: MIT */
/* Sends that do not wait: TCP, unix sockets, SIGPIPE, netlink, ICMP. */
#include "send_table.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#define PATH_AT offsetof(struct sockaddr_un, sun_path)

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
		say("type %d\n", types[i]);
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
	say("still here\n");
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

/* Where datagrams go when the call names the receiver. */
static void unix_names(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX, .sun_path = "d.sock" };
	struct sockaddr_un abstract = { .sun_family = AF_UNIX };
	struct sockaddr_un none = { .sun_family = AF_UNIX, .sun_path = "none" };
	struct sockaddr_un odd = { .sun_family = AF_INET, .sun_path = "d.sock" };
	struct sockaddr_un stream = { .sun_family = AF_UNIX,
				      .sun_path = "s.sock" };
	const socklen_t n = PATH_AT + 5;
	int s = socket(AF_UNIX, SOCK_DGRAM, 0), sv[2];
	int r = socket(AF_UNIX, SOCK_DGRAM, 0);
	int a = socket(AF_UNIX, SOCK_DGRAM, 0);
	int l = socket(AF_UNIX, SOCK_STREAM, 0);
	struct iovec iov = { (char[]){ "named" }, 5 };
	struct msghdr m = msg_of(&iov, 1);
	struct mmsghdr v[2] = { 0 };
	char buf[64];

	snprintf(abstract.sun_path + 1, 8, "t%06d", (int)getuid());
	unlink(un.sun_path);
	unlink(stream.sun_path);
	bind(r, SA(un), sizeof(un));
	bind(l, SA(stream), sizeof(stream));
	bind(a, SA(abstract), n);
	SHOW(sendto(s, "1", 1, 0, SA(un), sizeof(un)));
	SHOW(sendto(s, "12", 2, 0, SA(un), PATH_AT + 6));
	SHOW(sendto(s, "x", 1, 0, SA(un), PATH_AT + 5));
	SHOW(sendto(s, "123", 3, 0, SA(abstract), n));
	SHOW(sendto(s, "x", 1, 0, SA(abstract), n + 1));
	SHOW(sendto(s, "x", 1, 0, SA(none), sizeof(none)));
	SHOW(sendto(s, "x", 1, 0, SA(stream), sizeof(stream)));
	SHOW(sendto(s, "x", 1, 0, SA(odd), sizeof(odd)));
	SHOW(sendto(s, "x", 1, 0, SA(un), PATH_AT));
	SHOW(sendto(s, "x", 1, 0, SA(un), sizeof(un) + 1));
	SHOW(sendto(s, "x", 1, 0, SA(un), -1));
	SHOW(sendto(s, NULL, 0, 0, SA(un), sizeof(un)));
	SHOW(sendto(s, "x", 1, MSG_OOB, SA(un), sizeof(un)));
	m.msg_name = &un;
	m.msg_namelen = sizeof(un);
	SHOW(sendmsg(s, &m, 0));
	put_control(&m, buf, SOL_SOCKET, SCM_RIGHTS, &r, sizeof(r));
	SHOW(sendmsg(s, &m, 0));
	m = msg_of(&iov, 1);
	m.msg_name = &abstract;
	m.msg_namelen = n;
	v[0].msg_hdr = v[1].msg_hdr = m;
	v[1].msg_hdr.msg_name = &none;
	SHOW(syscall(SYS_sendmmsg, s, v, 2, 0));
	socketpair(AF_UNIX, SOCK_DGRAM, 0, sv);
	SHOW(sendto(sv[0], "1234", 4, 0, SA(un), sizeof(un)));
	drain("path", r);
	drain("abstract", a);
	drain("pair", sv[1]);
	close(r);
	SHOW(sendto(s, "x", 1, 0, SA(un), sizeof(un)));
	unlink(un.sun_path);
	unlink(stream.sun_path);
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

void cases_plain(void)
{
	play("tcp_plain", tcp_plain);
	play("pipe_signals", pipe_signals);
	play("pipe_death", pipe_death);
	play("unix_plain", unix_plain);
	play("unix_names", unix_names);
	play("netlink_dump", netlink_dump);
	play("icmp", icmp);
}
