/* SPDX-License-Identifier: MIT */
/* Datagrams: connecting, and sending with an address. */
#include "client.h"

#include <arpa/inet.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "timing.h"
#include "world.h"

#define BATCH	  8
#define PROCESSES 16
#define FOR_NS	  500000000
#define BYTES	  64

struct peer {
	int fd;
	struct sockaddr_in to;
};

static char data[BYTES];

static struct peer peer_new(void)
{
	struct peer p = { .fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0),
			  .to = { .sin_family = AF_INET,
				  .sin_port = htons(WORLD_PORT) } };

	inet_pton(AF_INET, WORLD_HOST, &p.to.sin_addr);
	if (p.fd < 0)
		client_fail("socket");
	return p;
}

static void connect_one(void *arg)
{
	const struct peer *p = arg;

	if (connect(p->fd, (const struct sockaddr *)&p->to, sizeof(p->to)) < 0)
		client_fail("UDP connect");
}

static void sendto_one(void *arg)
{
	const struct peer *p = arg;

	if (sendto(p->fd, data, BYTES, 0, (const struct sockaddr *)&p->to,
		   sizeof(p->to)) != BYTES)
		client_fail("sendto");
}

static struct msghdr message(struct peer *p, struct iovec *iov)
{
	*iov = (struct iovec){ data, BYTES };
	return (struct msghdr){ .msg_name = &p->to,
				.msg_namelen = sizeof(p->to),
				.msg_iov = iov,
				.msg_iovlen = 1 };
}

static void sendmsg_one(void *arg)
{
	struct peer *p = arg;
	struct iovec iov;
	struct msghdr m = message(p, &iov);

	if (sendmsg(p->fd, &m, 0) != BYTES)
		client_fail("sendmsg");
}

static void sendmmsg_one(void *arg)
{
	struct peer *p = arg;
	struct mmsghdr list[BATCH];
	struct iovec iov;

	for (int i = 0; i < BATCH; i++)
		list[i] = (struct mmsghdr){ .msg_hdr = message(p, &iov) };
	if (sendmmsg(p->fd, list, BATCH, 0) != BATCH)
		client_fail("sendmmsg");
}

static double measure(void (*op)(void *))
{
	struct peer p = peer_new();

	return timing_each_ns(op, &p);
}

double client_udp_connect(void)
{
	return measure(connect_one);
}

double client_udp_sendto(void)
{
	return measure(sendto_one);
}

double client_udp_sendmsg(void)
{
	return measure(sendmsg_one);
}

double client_udp_sendmmsg(void)
{
	return measure(sendmmsg_one);
}

/* What the processes share: the start, and what they have done. */
struct crowd {
	atomic_bool go;
	atomic_ullong done;
};

static void take_part(struct crowd *c)
{
	struct peer p = peer_new();
	unsigned long long n = 0;
	int64_t end;

	alarm(10);
	connect_one(&p); /* the process is known from here on */
	while (!atomic_load(&c->go))
		usleep(1000);
	for (end = timing_now_ns() + FOR_NS; timing_now_ns() < end; n++)
		connect_one(&p);
	atomic_fetch_add(&c->done, n);
	_exit(0);
}

double client_udp_connect_16(void)
{
	struct crowd *c = mmap(NULL, sizeof(*c), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int bad = 0, status;

	if (c == MAP_FAILED)
		client_fail("mmap");
	for (int i = 0; i < PROCESSES; i++)
		if (!fork())
			take_part(c);
	usleep(100000);
	atomic_store(&c->go, true);
	for (int i = 0; i < PROCESSES; i++)
		bad += wait(&status) < 0 || status;
	if (bad || !c->done)
		client_fail("a process of many");
	return (double)FOR_NS / (double)c->done;
}
