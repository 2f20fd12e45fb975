/* SPDX-License-Identifier: MIT */
/* An intercepted call: what it owns, how it is taken apart and answered. */
#include "notify/call.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "notify/pending.h"
#include "notify/target.h"

#define LOOPBACK_IFINDEX 1 /* include/net/flow.h; in every namespace */

#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX 62 /* asm-generic/socket.h, since 5.1 */
#endif

void call_init(struct call *c, const struct notify_context *ctx,
	       struct call_buffers *buffers, const struct seccomp_notif *n)
{
	memset(c, 0, sizeof(*c));
	c->ctx = ctx;
	c->buffers = buffers;
	c->id = n->id;
	c->tid = (pid_t)n->pid;
	c->data = n->data;
	c->sock = c->memory = -1;
}

void call_moved(struct call *c)
{
	c->sock = c->memory = -1;
	c->is_answered = true;
}

static void give_back(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void call_done(struct call *c)
{
	if (!c->is_answered)
		call_answer(c, 0, -EPERM);
	give_back(&c->sock);
	give_back(&c->memory);
}

/*
 * What is no socket is closed again at once, but for a descriptor of our own
 * record: closing it would drop the locks that SQLite holds on the file
 * (POSIX locks belong to the process and the file, not to the descriptor).
 */
static bool is_of_record(struct call *c)
{
	struct stat st;

	if (fstat(c->sock, &st) == 0 &&
	    !(S_ISREG(st.st_mode) &&
	      store_owns(c->ctx->store, st.st_dev, st.st_ino)))
		return false;
	c->sock = -1; /* leaked on purpose */
	c->ctx->lose("a descriptor of the record was used as a socket");
	return true;
}

static int refuse_non_socket(struct call *c)
{
	if (is_of_record(c))
		return -EPERM;
	give_back(&c->sock);
	return -ENOTSOCK;
}

static bool get_int(int sock, int name, int *ret)
{
	socklen_t len = sizeof(*ret);

	return getsockopt(sock, SOL_SOCKET, name, ret, &len) == 0;
}

static uint64_t get_u64(int sock, int name)
{
	uint64_t v = 0;
	socklen_t len = sizeof(v);

	return getsockopt(sock, SOL_SOCKET, name, &v, &len) < 0 ? 0 : v;
}

static int take_descriptor(struct call *c, int fd)
{
	if (!c->thread)
		c->thread = threads_open(c->buffers->threads, c->tid);
	if (!c->thread)
		return -EPERM;
	c->sock = kernel_take_fd(c->thread->pidfd, fd);
	if (c->sock == -ESRCH) {
		if (!threads_reopen(c->thread)) {
			c->thread = NULL;
			return -EPERM;
		}
		c->sock = kernel_take_fd(c->thread->pidfd, fd);
	}
	if (c->sock == -EBADF)
		return -EBADF;
	return c->sock < 0 ? -EPERM : 0;
}

static int ask_socket(const struct call *c, struct socket_facts *ret)
{
	uint64_t netns = get_u64(c->sock, SO_NETNS_COOKIE);

	ret->is_foreign_netns = netns != c->ctx->netns_cookie;
	return get_int(c->sock, SO_DOMAIN, &ret->domain) &&
			       get_int(c->sock, SO_TYPE, &ret->type) &&
			       get_int(c->sock, SO_PROTOCOL, &ret->protocol)
		       ? 0
		       : -EPERM;
}

/*
 * A cookie is never used twice, and what is asked here does not change while
 * the socket lives: IPV6_ADDRFORM, which would change the domain, is refused,
 * and an address encoded for the old domain is refused by the new one.
 */
static int learn_socket(struct call *c)
{
	struct socket_facts *f = &c->buffers->sockets[c->cookie % SOCKETS_KNOWN];
	int r = 0;

	if (!c->cookie || f->cookie != c->cookie) {
		f->cookie = 0;
		r = ask_socket(c, f);
		if (!r)
			f->cookie = c->cookie;
	}
	c->domain = f->domain;
	c->type = f->type;
	c->protocol = f->protocol;
	c->is_foreign_netns = f->is_foreign_netns;
	return r;
}

int call_take_any(struct call *c, int fd, int *ret_fd)
{
	int r = take_descriptor(c, fd);

	if (r)
		return r;
	if (is_of_record(c))
		return -EPERM;
	*ret_fd = STEAL_FD(c->sock);
	return 0;
}

int call_take_socket(struct call *c, int fd)
{
	socklen_t len = sizeof(c->cookie);
	int r = take_descriptor(c, fd);

	if (r < 0)
		return r;
	if (getsockopt(c->sock, SOL_SOCKET, SO_COOKIE, &c->cookie, &len) == 0)
		return learn_socket(c);
	/* An O_PATH descriptor is EBADF to every socket call. */
	if (errno != EBADF)
		return refuse_non_socket(c);
	give_back(&c->sock);
	return -EBADF;
}

bool call_is_nonblocking(const struct call *c)
{
	int flags = fcntl(c->sock, F_GETFL);

	return flags < 0 || flags & O_NONBLOCK;
}

/*
 * The options that bind to an interface are refused, but bind(2) to fe80::1%2
 * does it as well, once, as long as the socket has no port. A datagram socket
 * is therefore given one, as connect() and sendto() would, before it is asked;
 * a stream sends nothing until it is answered, and nobody answers for ::1 from
 * outside.
 */
bool call_stays_here(const struct call *c)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6 };
	int interface = 0;

	if (c->domain != AF_INET6)
		return true;
	if (c->type == SOCK_DGRAM &&
	    bind(c->sock, (struct sockaddr *)&any, sizeof(any)) < 0 &&
	    errno != EINVAL)
		return false;
	return get_int(c->sock, SO_BINDTOIFINDEX, &interface) &&
	       (!interface || interface == LOOPBACK_IFINDEX);
}

int call_read(const struct call *c, uint64_t addr, void *buf, size_t len)
{
	ssize_t n = len ? kernel_read_memory(c->tid, addr, buf, len) : 0;

	if (n == -EPERM)
		return -EPERM;
	return n == (ssize_t)len ? 0 : -EFAULT;
}

int call_read_name(struct call *c, uint64_t addr, void *buf, size_t len)
{
	const struct proc_image *image = c->thread ? &c->thread->image : NULL;
	ssize_t n;

	if (!image || !image->at || !len)
		return call_read(c, addr, buf, len);
	n = kernel_read_memory_and(c->tid, addr, buf, len, image->at,
				   &c->seen.bytes, sizeof(c->seen.bytes));
	if (n == -EPERM)
		return -EPERM;
	if (n == (ssize_t)(len + sizeof(c->seen.bytes)))
		c->seen.at = image->at;
	return n >= (ssize_t)len ? 0 : -EFAULT;
}

int call_open_memory(struct call *c)
{
	c->memory = kernel_open_memory(c->tid);
	return c->memory < 0 ? -EPERM : 0;
}

int call_write(const struct call *c, uint64_t addr, const void *buf, size_t len)
{
	return kernel_write_memory(c->memory, addr, buf, len);
}

bool call_is_waiting(const struct call *c)
{
	return kernel_is_waiting(c->ctx->listener, c->id);
}

/*
 * A target that has its answer may close the socket and bind its address anew:
 * ours must be gone by then. A call that waits is watched by the number of the
 * descriptor.
 */
static void let_socket_go(struct call *c)
{
	if (c->sock >= 0 && c->is_pending)
		pending_unwatch(c->ctx->pending, c->sock);
	give_back(&c->sock);
}

int call_answer(struct call *c, int64_t value, int error)
{
	let_socket_go(c);
	c->is_answered = true;
	return kernel_respond(c->ctx->listener, c->id, value, error);
}

void call_continue(struct call *c)
{
	let_socket_go(c);
	c->is_answered = true;
	kernel_continue(c->ctx->listener, c->id);
}

static enum proto proto_of(const struct call *c)
{
	switch (c->domain) {
	case AF_INET:
	case AF_INET6:
		if (c->type == SOCK_STREAM)
			return PROTO_TCP;
		if (c->protocol == IPPROTO_ICMP || c->protocol == IPPROTO_ICMPV6)
			return PROTO_ICMP;
		return PROTO_UDP;
	case AF_UNIX:
		return c->type == SOCK_DGRAM ? PROTO_UNIX_DGRAM
					     : PROTO_UNIX_STREAM;
	case AF_NETLINK:
		return PROTO_NETLINK;
	default:
		return PROTO_NONE;
	}
}

void call_observe(const struct call *c, enum stage stage, struct observation *ret)
{
	memset(ret, 0, offsetof(struct observation, candidates));
	ret->stage = stage;
	ret->tid = c->tid;
	ret->pid = c->tid; /* the gate puts the process there */
	ret->proto = proto_of(c);
	ret->syscall = c->data.nr;
	ret->foreign_netns = c->is_foreign_netns;
}

int call_identify(const struct call *c, const struct process **ret_who,
		  int64_t *ret_row)
{
	return targets_identify(c->ctx->targets, c->ctx->store, c->tid,
				c->thread, &c->seen, ret_who, ret_row);
}
