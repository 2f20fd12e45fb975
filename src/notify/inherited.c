/* SPDX-License-Identifier: MIT */
/* Judging what a command inherits. */
#include "notify/inherited.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "notify/peer.h"

#ifndef SYS_io_uring_enter
#define SYS_io_uring_enter 426
#endif

static bool get_int(int fd, int level, int name, int *ret)
{
	socklen_t len = sizeof(*ret);

	return getsockopt(fd, level, name, ret, &len) == 0;
}

/* As a call of the child's, so that it is described and recorded as one. */
static bool describe(struct call *c, const struct notify_context *ctx,
		     pid_t child, int fd)
{
	uint64_t netns = 0;
	socklen_t len = sizeof(netns);

	*c = (struct call){ .ctx = ctx,
			    .tid = child,
			    .sock = fd,
			    .memory = -1,
			    .data.nr = SYS_connect };
	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &netns, &len) == 0)
		c->is_foreign_netns = netns != ctx->netns_cookie;
	return get_int(fd, SOL_SOCKET, SO_DOMAIN, &c->domain) &&
	       get_int(fd, SOL_SOCKET, SO_TYPE, &c->type) &&
	       get_int(fd, SOL_SOCKET, SO_PROTOCOL, &c->protocol);
}

/* The sockets that socket() would give it (gen_filter.c). */
static bool is_ordinary(const struct call *c)
{
	switch (c->domain) {
	case AF_UNIX:
	case AF_NETLINK:
		return true;
	case AF_INET:
	case AF_INET6:
		if (c->type == SOCK_STREAM)
			return c->protocol == IPPROTO_TCP;
		return c->type == SOCK_DGRAM && (c->protocol == IPPROTO_UDP ||
						 c->protocol == IPPROTO_ICMP ||
						 c->protocol == IPPROTO_ICMPV6);
	default:
		return false;
	}
}

static int admit(const struct call *c, struct observation *seen)
{
	const struct process *who;
	struct ticket ticket = { 0 };
	int64_t row;
	int r = call_identify(c, &who, &row);

	if (r < 0)
		return r;
	r = gate_admit(c->ctx->gate, seen, who, row, &ticket);
	gate_finish(c->ctx->gate, &ticket, r);
	return r;
}

static int refuse(const struct call *c, enum stage stage, int detail,
		  enum reason reason)
{
	const struct process *who;
	struct ticket ticket = { 0 };
	struct observation seen;
	int64_t row;
	int r = call_identify(c, &who, &row);

	if (r < 0)
		return r;
	call_observe(c, stage, &seen);
	seen.detail = detail;
	seen.unreadable = reason == REASON_UNREADABLE;
	r = gate_refuse(c->ctx->gate, &seen, who, row, reason, -EPERM, &ticket);
	gate_finish(c->ctx->gate, &ticket, r);
	return r;
}

/* A connection that is being made does not tell where it goes. */
static bool is_connecting(const struct call *c)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	return c->type == SOCK_STREAM &&
	       (getsockopt(c->sock, IPPROTO_TCP, TCP_INFO, &info, &len) < 0 ||
		info.tcpi_state == TCP_SYN_SENT ||
		info.tcpi_state == TCP_SYN_RECV);
}

static int judge_internet(const struct call *c)
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);
	struct observation seen;
	int listens = 0;

	if (is_connecting(c))
		return refuse(c, STAGE_CONNECT, 0, REASON_UNREADABLE);
	if (c->type == SOCK_STREAM &&
	    get_int(c->sock, SOL_SOCKET, SO_ACCEPTCONN, &listens) && listens) {
		call_observe(c, STAGE_LISTEN, &seen);
		if (getsockname(c->sock, (struct sockaddr *)&ss, &len) == 0)
			addr_from_sockaddr(&ss, &seen.addr);
		seen.syscall = SYS_listen;
		return admit(c, &seen);
	}
	if (getpeername(c->sock, (struct sockaddr *)&ss, &len) < 0)
		return errno == ENOTCONN
			       ? 0
			       : refuse(c, STAGE_CONNECT, 0, REASON_UNREADABLE);
	call_observe(c, STAGE_CONNECT, &seen);
	addr_from_sockaddr(&ss, &seen.addr);
	return admit(c, &seen);
}

/*
 * Only a listener has a name: the other end of a pair, and the client of an
 * accepted connection, are as good as a pipe.
 */
static int judge_unix(const struct call *c)
{
	struct sockaddr_un sun = { 0 };
	socklen_t len = sizeof(sun);
	size_t head = offsetof(struct sockaddr_un, sun_path);
	struct observation seen;
	struct unixaddr name;

	if (getpeername(c->sock, (struct sockaddr *)&sun, &len) < 0)
		return errno == ENOTCONN
			       ? 0
			       : refuse(c, STAGE_CONNECT, 0, REASON_UNREADABLE);
	if (len <= head)
		return 0;
	if (len > sizeof(sun))
		len = sizeof(sun); /* the kernel counts a final NUL, too */
	if (unixaddr_decode(c->type,
			    c->type == SOCK_DGRAM ? ADDR_FOR_CONNECT
						  : ADDR_FOR_STREAM,
			    &sun, len, &name))
		return refuse(c, STAGE_CONNECT, 0, REASON_UNREADABLE);
	call_observe(c, STAGE_CONNECT, &seen);
	peer_describe(&name, &seen.peer);
	return admit(c, &seen);
}

static int judge_socket(const struct notify_context *ctx, pid_t child, int fd)
{
	struct call c;

	if (!describe(&c, ctx, child, fd))
		return refuse(&c, STAGE_CONNECT, 0, REASON_UNREADABLE);
	if (!is_ordinary(&c)) {
		c.data.nr = SYS_socket;
		return refuse(&c, STAGE_SOCKET, c.domain, REASON_FAMILY);
	}
	return c.domain == AF_UNIX	? judge_unix(&c)
	       : c.domain != AF_NETLINK ? judge_internet(&c)
					: 0;
}

/* By what it is used: the number of a call, or 0: none that leads out. */
static int use_of_device(dev_t device)
{
	/* /dev/net/tun, /dev/uinput, /dev/vhost-net, /dev/vhost-vsock
	 * (devices.txt) */
	bool is_wire = major(device) == 10 &&
		       (minor(device) == 200 || minor(device) == 223 ||
			minor(device) == 238 || minor(device) == 241);

	return is_wire ? SYS_ioctl : 0;
}

static int use_of_anonymous(int fd)
{
	static const struct {
		const char *name;
		int call;
	} uses[] = {
		{ "io_uring", SYS_io_uring_enter }, { "bpf", SYS_bpf },
		{ "userfaultfd", SYS_ioctl },	    { "seccomp", SYS_ioctl },
		{ "perf_event", SYS_ioctl },
	};
	char path[40], text[80];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++)
		if (!strncmp(text, "anon_inode:", 11) &&
		    strstr(text, uses[i].name))
			return uses[i].call;
	return 0;
}

static int judge_descriptor(const struct notify_context *ctx, pid_t child, int fd)
{
	struct call c = { .ctx = ctx, .tid = child, .sock = -1, .memory = -1 };
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISSOCK(st.st_mode))
		return judge_socket(ctx, child, fd);
	if (S_ISCHR(st.st_mode))
		c.data.nr = use_of_device(st.st_rdev);
	else if (!(st.st_mode & S_IFMT))
		c.data.nr = use_of_anonymous(fd);
	return c.data.nr
		       ? refuse(&c, STAGE_SYSCALL, REFUSED_CALL, REASON_SYSCALL)
		       : 0;
}

static bool survives_exec(int fd)
{
	int flags = fcntl(fd, F_GETFD);

	return flags >= 0 && !(flags & FD_CLOEXEC);
}

int inherited_judge(const struct notify_context *ctx, pid_t child,
		    struct inherited *ret)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *e;
	int r = dir ? 0 : -errno;

	ret->n = 0;
	while (!r && (e = readdir(dir))) {
		int fd = atoi(e->d_name);

		if (e->d_name[0] == '.' || !survives_exec(fd) ||
		    judge_descriptor(ctx, child, fd) == 0)
			continue;
		if (ret->n < INHERITED_MAX)
			ret->fds[ret->n++] = fd;
		else
			r = -E2BIG;
	}
	if (dir)
		closedir(dir);
	return r;
}
