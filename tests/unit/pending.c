/* SPDX-License-Identifier: MIT */
/* Calls that wait: stepped by the events of their sockets, or without. */
#include "notify/pending.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../fakes/kernel.h"
#include "tap.h"

#define PATIENCE_S 60

static atomic_bool no_watches; /* of sockets: the user has had them all */

/* In place of the C library's. */
int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
{
	int type;
	socklen_t len = sizeof(type);

	if (op == EPOLL_CTL_ADD && no_watches &&
	    !getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len)) {
		errno = ENOSPC;
		return -1;
	}
	return (int)syscall(SYS_epoll_ctl, epfd, op, fd, event);
}

static void lose(const char *why)
{
	printf("Bail out! %s\n", why);
	exit(1);
}

/* A connect() of a target that is under way to a listener of ours. */
static struct pending_op connect_of(const struct notify_context *ctx,
				    uint64_t id, int listener)
{
	struct pending_op op = { .kind = PENDING_CONNECT, .is_restartable = true };

	op.connect.to_len = sizeof(op.connect.to);
	getsockname(listener, (struct sockaddr *)&op.connect.to,
		    &op.connect.to_len);
	op.call = (struct call){ .ctx = ctx,
				 .id = id,
				 .sock = socket(AF_INET, SOCK_STREAM, 0),
				 .memory = -1,
				 .domain = AF_INET,
				 .type = SOCK_STREAM };
	return op;
}

static int listening(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int s = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(s, (struct sockaddr *)&any, sizeof(any)) < 0 || listen(s, 8) < 0)
		lose("no listener");
	return s;
}

static void test_connect(struct notify_context *ctx, uint64_t id, int listener)
{
	struct pending_op op = connect_of(ctx, id, listener);

	connect(op.call.sock, (struct sockaddr *)&op.connect.to,
		op.connect.to_len);
	ok(!pending_add(ctx->pending, &op));
	ok(fake_kernel_answer(id) == 0);
}

/* A socket whose closing waits until all that was sent has been taken, which
 * nobody does. */
static int lingering(int listener)
{
	struct linger for_ever = { .l_onoff = 1, .l_linger = 100000 };
	struct sockaddr_storage a;
	socklen_t len = sizeof(a);
	int s = socket(AF_INET, SOCK_STREAM, 0);
	static char bytes[65536];

	getsockname(listener, (struct sockaddr *)&a, &len);
	if (connect(s, (struct sockaddr *)&a, len) < 0)
		lose("no connection");
	while (send(s, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
	setsockopt(s, SOL_SOCKET, SO_LINGER, &for_ever, sizeof(for_ever));
	return s;
}

static void test_end(struct notify_context *ctx, int listener)
{
	struct pending_op op = { .kind = PENDING_LOOKUP, .is_restartable = true };

	op.call = (struct call){ .ctx = ctx,
				 .id = 5,
				 .sock = lingering(listener),
				 .memory = -1,
				 .domain = AF_INET,
				 .type = SOCK_STREAM };
	ok(!pending_add(ctx->pending, &op));
	ok(pending_free(ctx->pending));
	ok(fake_kernel_answer(5) == -EINTR);
}

int main(void)
{
	struct notify_context ctx = { .listener = -1, .lose = lose };
	int listener = listening();

	alarm(PATIENCE_S); /* a call that is never stepped */
	ctx.pending = pending_new();
	ok(!pending_start(ctx.pending, &ctx));
	test_connect(&ctx, 1, listener);
	atomic_store(&no_watches, true);
	test_connect(&ctx, 2, listener);
	test_connect(&ctx, 3, listener);
	atomic_store(&no_watches, false);
	test_connect(&ctx, 4, listener);
	test_end(&ctx, listener);
	return done();
}
