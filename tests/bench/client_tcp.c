/* SPDX-License-Identifier: MIT */
/* Connections, and what is sent over one. */
#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "timing.h"
#include "world.h"

static struct sockaddr_in address_of(const char *host, int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons((uint16_t)port) };

	inet_pton(AF_INET, host, &a.sin_addr);
	return a;
}

static int connect_to(const struct sockaddr_in *a)
{
	/* close() resets: no port waits for its last segments */
	struct linger now = { .l_onoff = 1 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now)) < 0)
		client_fail("socket");
	if (connect(fd, (const struct sockaddr *)a, sizeof(*a)) < 0)
		client_fail("TCP connect");
	return fd;
}

static void connect_and_close(void *arg)
{
	close(connect_to(arg));
}

double client_tcp_connect(void)
{
	struct sockaddr_in a = address_of(WORLD_HOST, WORLD_PORT);

	return timing_each_ns(connect_and_close, &a);
}

struct flow {
	int fd;
	size_t len;
};

static char data[65536];

static void send_one(void *arg)
{
	const struct flow *f = arg;

	if (send(f->fd, data, f->len, 0) != (ssize_t)f->len)
		client_fail("send");
}

static void sendmsg_one(void *arg)
{
	const struct flow *f = arg;
	struct iovec iov = { data, f->len };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (sendmsg(f->fd, &m, 0) != (ssize_t)f->len)
		client_fail("sendmsg");
}

static double measure(void (*op)(void *), size_t len)
{
	struct sockaddr_in a = address_of(WORLD_HOST, WORLD_PORT);
	struct flow f = { connect_to(&a), len };

	return timing_each_ns(op, &f);
}

double client_tcp_send_1k(void)
{
	return measure(send_one, 1024);
}

double client_tcp_send_64k(void)
{
	return measure(send_one, sizeof(data));
}

double client_tcp_sendmsg_1k(void)
{
	return measure(sendmsg_one, 1024);
}

double client_tcp_sendmsg_64k(void)
{
	return measure(sendmsg_one, sizeof(data));
}

double client_denied(void)
{
	struct sockaddr_in a = address_of(WORLD_HOST, WORLD_PORT + 1);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0 || errno != EACCES)
		client_fail("not denied");
	return 0;
}
