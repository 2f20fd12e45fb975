/* SPDX-License-Identifier: MIT */
/* Sends with ancillary data. */
#include "send_table.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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
		say("from %s:", inet_ntoa(from.sin_addr));
		for (c = CMSG_FIRSTHDR(&got); c; c = CMSG_NXTHDR(&got, c))
			say(" type %d %d", c->cmsg_type, *CMSG_DATA(c));
		say("\n");
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

static void show_rights(int s)
{
	char data[16], buf[CMSG_SPACE(253 * sizeof(int))];
	struct iovec iov = { data, sizeof(data) };
	struct msghdr m = msg_of(&iov, 1);
	struct cmsghdr *c;

	m.msg_control = buf;
	m.msg_controllen = sizeof(buf);
	say("got %zd:", recvmsg(s, &m, MSG_DONTWAIT));
	for (c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int), i;

		say(" %zu fds", n);
		for (i = 0; i < n; i++) {
			char text[16] = "";
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(fd), sizeof(fd));
			if (pread(fd, text, sizeof(text) - 1, 0) < 0)
				strcpy(text, "unread");
			if (i < 3)
				say(" %s", text);
			close(fd);
		}
	}
	say("\n");
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
		say("uid %s\n", liar.uid == me.uid ? "mine" : "another's");
		/* Nobody but root can send under another's pid: a supervisor
		 * without that right shows its own. */
		if (!me.uid)
			say("pid %s\n",
			    liar.pid == me.pid ? "mine" : "another's");
	}
}

void cases_control(void)
{
	play("udp_controls", udp_controls);
	play("udp6_controls", udp6_controls);
	play("unix_rights", unix_rights);
	play("credentials", credentials);
}
