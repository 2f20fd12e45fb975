/* SPDX-License-Identifier: MIT */
/* A discarder, a name server and a forwarder: the least that can be done. */
#include "servers.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "world.h"

#define MESSAGE_MAX 512
#define HEADER	    12 /* RFC 1035, 4.1.1 */
#define TYPE_A	    1
#define TYPE_AAAA   28

static void accept_one(int epoll, int listener)
{
	struct epoll_event ev = { .events = EPOLLIN };

	ev.data.fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (ev.data.fd >= 0)
		epoll_ctl(epoll, EPOLL_CTL_ADD, ev.data.fd, &ev);
}

/* MSG_TRUNC drops the bytes without a copy (tcp(7)). */
static void drop(int fd)
{
	if (recv(fd, NULL, 1 << 20, MSG_TRUNC | MSG_DONTWAIT) <= 0)
		close(fd);
}

void serve_discard(int listener)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = listener };

	epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &ev);
	while (epoll_wait(epoll, &ev, 1, -1) > 0)
		if (ev.data.fd == listener)
			accept_one(epoll, listener);
		else
			drop(ev.data.fd);
}

static size_t put16(uint8_t *at, unsigned int v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
	return 2;
}

/* One record for the name of the question (RFC 1035, 3.2.1 and 4.1.4). */
static size_t put_record(uint8_t *at, unsigned int type)
{
	size_t size = type == TYPE_A ? 4 : 16, n = put16(at, 0xc000 | HEADER);

	n += put16(at + n, type);
	n += put16(at + n, 1);			       /* class IN */
	n += put16(at + n, 0) + put16(at + n + 2, 60); /* TTL */
	n += put16(at + n, (unsigned int)size);
	if (type == TYPE_A)
		inet_pton(AF_INET, WORLD_ADDRESS, at + n);
	else
		inet_pton(AF_INET6, WORLD_ADDRESS6, at + n);
	return n + size;
}

/* Turn a question into its answer; the length, or 0 if it is none. */
static size_t answer(uint8_t *m, size_t len)
{
	size_t end = HEADER;
	unsigned int type;

	while (end < len && m[end])
		end += m[end] + 1u;
	end += 5; /* the root, type and class */
	if (end > len)
		return 0;
	type = (unsigned int)(m[end - 4] << 8 | m[end - 3]);
	memset(m + 6, 0, 6); /* no records of other sections */
	m[2] |= 0x80;	     /* QR; RD as it was */
	m[3] = 0x80;	     /* RA, no error */
	if (type == TYPE_A || type == TYPE_AAAA) {
		m[7] = 1;
		end += put_record(m + end, type);
	}
	return end;
}

void serve_answers(int udp)
{
	uint8_t m[MESSAGE_MAX + 64];
	struct sockaddr_storage from;

	for (;;) {
		socklen_t len = sizeof(from);
		ssize_t n = recvfrom(udp, m, MESSAGE_MAX, 0,
				     (struct sockaddr *)&from, &len);
		size_t size = n > HEADER ? answer(m, (size_t)n) : 0;

		if (size)
			sendto(udp, m, size, 0, (struct sockaddr *)&from, len);
	}
}

/* Who asked, under the number the question was passed on with. */
struct asker {
	struct sockaddr_in from;
	uint8_t id[2];
};

static struct asker askers[65536];

static void pass_on(int udp, int upstream)
{
	static uint16_t next;
	struct asker *a = &askers[++next];
	socklen_t len = sizeof(a->from);
	uint8_t m[MESSAGE_MAX];
	ssize_t n = recvfrom(udp, m, sizeof(m), 0, (struct sockaddr *)&a->from,
			     &len);

	if (n < HEADER)
		return;
	memcpy(a->id, m, 2);
	put16(m, next);
	send(upstream, m, (size_t)n, 0);
}

static void pass_back(int udp, int upstream)
{
	uint8_t m[MESSAGE_MAX];
	ssize_t n = recv(upstream, m, sizeof(m), 0);
	const struct asker *a;

	if (n < HEADER)
		return;
	a = &askers[m[0] << 8 | m[1]];
	memcpy(m, a->id, 2);
	sendto(udp, m, (size_t)n, 0, (const struct sockaddr *)&a->from,
	       sizeof(a->from));
}

void serve_forward(int udp)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(53) };
	int upstream = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct pollfd p[] = { { udp, POLLIN, 0 }, { upstream, POLLIN, 0 } };

	inet_pton(AF_INET, WORLD_RESOLVER, &to.sin_addr);
	if (connect(upstream, (struct sockaddr *)&to, sizeof(to)) < 0)
		return;
	while (poll(p, 2, -1) > 0) {
		if (p[0].revents)
			pass_on(udp, upstream);
		if (p[1].revents)
			pass_back(udp, upstream);
	}
}
