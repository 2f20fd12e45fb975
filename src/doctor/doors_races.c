/* SPDX-License-Identifier: MIT */
/* Doors: memory that a call names changes while it is judged. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "doctor/doors_race.h"

static int send_once(struct race *r)
{
	return (int)sendto(r->fd, "x", 1, 0, (struct sockaddr *)&r->to,
			   sizeof(r->to.ip4));
}

static uint16_t port_of_turn(const struct race *r, unsigned int i)
{
	return htons(i & 1 ? r->g->closed : r->g->allowed);
}

static void turn_port(struct race *r, unsigned int i)
{
	__atomic_store_n(&r->to.ip4.sin_port, port_of_turn(r, i),
			 __ATOMIC_RELAXED);
}

void race_of(struct race *r, const struct ground *g, int family)
{
	memset(r, 0, sizeof(*r));
	r->g = g;
	r->fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	r->to.ip4 = doors_ip4(g->allowed);
	r->call = send_once;
	r->turn = turn_port;
}

int door_race_address(struct attempt *a)
{
	struct race r;

	race_of(&r, a->g, AF_INET);
	return race_run(&r);
}

/* Against another process, on memory they share. */
int door_race_shared(struct attempt *a)
{
	struct race *r = race_share();

	if (!r)
		return -errno;
	race_of(r, a->g, AF_INET);
	return race_run_shared(r);
}

/* What only the caller has in its memory; at the same place in ours. */
static struct sockaddr_in private_address;

static int send_private(struct race *r)
{
	return (int)sendto(r->fd, "x", 1, 0, (struct sockaddr *)&private_address,
			   sizeof(private_address));
}

static void turn_remote(struct race *r, unsigned int i)
{
	uint16_t port = port_of_turn(r, i);
	struct iovec mine = { &port, sizeof(port) };
	struct iovec theirs = { &private_address.sin_port, sizeof(port) };

	process_vm_writev(r->caller, &mine, 1, &theirs, 1, 0);
}

static void turn_by_proc(struct race *r, unsigned int i)
{
	uint16_t port = port_of_turn(r, i);
	char path[32];

	if (r->one < 0) {
		snprintf(path, sizeof(path), "/proc/%d/mem", r->caller);
		r->one = open(path, O_RDWR | O_CLOEXEC);
	}
	(void)!pwrite(r->one, &port, sizeof(port),
		      (off_t)(uintptr_t)&private_address.sin_port);
}

/* Against another process that writes into the memory of the caller. */
static int race_from_outside(struct attempt *a,
			     void (*turn)(struct race *r, unsigned int i))
{
	struct race *r = race_share();

	if (!r)
		return -errno;
	race_of(r, a->g, AF_INET);
	private_address = doors_ip4(a->g->allowed);
	r->one = -1;
	r->call = send_private;
	r->turn = turn;
	return race_run_child(r);
}

int door_race_remote(struct attempt *a)
{
	return race_from_outside(a, turn_remote);
}

int door_race_proc_mem(struct attempt *a)
{
	return race_from_outside(a, turn_by_proc);
}

static int connect_once(struct race *r)
{
	if (connect(r->fd, (struct sockaddr *)&r->to, sizeof(r->to.ip4)) < 0)
		return -1;
	return (int)write(r->fd, "x", 1);
}

int door_race_connect(struct attempt *a)
{
	struct race r;

	race_of(&r, a->g, AF_INET);
	r.call = connect_once;
	return race_run(&r);
}

/* A new socket each time; nobody takes what arrives, so nothing waits. */
static int connect_tcp_once(struct race *r)
{
	auto_close int fd =
		socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	return connect(fd, (struct sockaddr *)&r->to, sizeof(r->to.ip4));
}

int door_race_tcp(struct attempt *a)
{
	struct race r;

	race_of(&r, a->g, AF_INET);
	r.call = connect_tcp_once;
	return race_run(&r);
}

static void turn_pointer(struct race *r, unsigned int i)
{
	void *to = i & 1 ? &r->other : &r->to.ip4;

	__atomic_store_n(&r->message.msg_name, to, __ATOMIC_RELAXED);
}

static int send_message(struct race *r)
{
	return (int)sendmsg(r->fd, &r->message, 0);
}

static int send_several(struct race *r)
{
	struct mmsghdr list[2] = { { .msg_hdr = r->message },
				   { .msg_hdr = r->message } };
	int n;

	r->other.sin_port = htons(r->g->allowed);
	list[0].msg_hdr.msg_name = list[1].msg_hdr.msg_name = &r->other;
	n = sendmmsg(r->fd, list, 2, 0);
	return n < 2 ? -1 : n;
}

static void race_of_message(struct race *r, const struct ground *g,
			    struct iovec *iov)
{
	race_of(r, g, AF_INET);
	r->other = doors_ip4(g->closed);
	r->message = (struct msghdr){ .msg_name = &r->to,
				      .msg_namelen = sizeof(r->other),
				      .msg_iov = iov,
				      .msg_iovlen = 1 };
	r->turn = turn_pointer;
	r->call = send_message;
}

int door_race_msg_name(struct attempt *a)
{
	struct iovec iov = { .iov_base = (char[]){ 'x' }, .iov_len = 1 };
	struct race r;

	race_of_message(&r, a->g, &iov);
	return race_run(&r);
}

static void turn_other(struct race *r, unsigned int i)
{
	__atomic_store_n(&r->other.sin_port, port_of_turn(r, i),
			 __ATOMIC_RELAXED);
}

/* Two messages of one call, to one address in memory. */
int door_race_sendmmsg(struct attempt *a)
{
	struct iovec iov = { .iov_base = (char[]){ 'x' }, .iov_len = 1 };
	struct race r;

	race_of_message(&r, a->g, &iov);
	r.turn = turn_other;
	r.call = send_several;
	return race_run(&r);
}

#define TTL	   2 /* linux/in.h: IP_TTL, IP_RETOPTS */
#define RETOPTS	   7
#define TURN_SPINS 1000000

/* The same ancillary bytes are a time to live and options of the packet. */
static void turn_control(struct race *r, unsigned int i)
{
	__atomic_store_n(&r->control->cmsg_type, i & 1 ? RETOPTS : TTL,
			 __ATOMIC_RELAXED);
}

/* What arrives first fills the queue of the allowed port: wait for a turn, so
 * that both kinds are among it. */
static int send_after_turn(struct race *r)
{
	unsigned int now = __atomic_load_n(&r->turns, __ATOMIC_RELAXED);

	for (int i = 0; i < TURN_SPINS &&
			now == __atomic_load_n(&r->turns, __ATOMIC_RELAXED);
	     i++)
		;
	return send_message(r);
}

int door_race_control(struct attempt *a)
{
	struct iovec iov = { .iov_base = (char[]){ 'x' }, .iov_len = 1 };
	/* As a number 1: one hop; as options: no-operation and three ends. */
	static const uint8_t bytes[4] = { 1, 0, 0, 0 };
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(bytes))];
	} control = { .align = { .cmsg_len = CMSG_LEN(sizeof(bytes)),
				 .cmsg_level = IPPROTO_IP,
				 .cmsg_type = TTL } };
	struct race r;

	memcpy(CMSG_DATA(&control.align), bytes, sizeof(bytes));
	race_of_message(&r, a->g, &iov);
	r.message.msg_control = &control;
	r.message.msg_controllen = sizeof(control);
	r.control = &control.align;
	r.turn = turn_control;
	r.call = send_after_turn;
	return race_run(&r);
}

/* The same bytes are ::ffff:127.0.0.1 of one family and 127.0.0.2 of the
 * other, whose address is where the first has its flow label. */
static void turn_family(struct race *r, unsigned int i)
{
	sa_family_t family = i & 1 ? AF_INET : AF_INET6;

	__atomic_store_n(&r->to.ip6.sin6_family, family, __ATOMIC_RELAXED);
}

static int send_long(struct race *r)
{
	return (int)sendto(r->fd, "x", 1, 0, (struct sockaddr *)&r->to,
			   sizeof(r->to.ip6));
}

int door_race_family(struct attempt *a)
{
	struct race r;

	if (!a->g->has_ip6)
		return doors_skip(a, "no IPv6 on loopback");
	race_of(&r, a->g, AF_INET6);
	r.to.ip6 = doors_ip6(a->g->allowed, 1);
	r.to.ip6.sin6_flowinfo = htonl(INADDR_LOOPBACK + 1);
	r.turn = turn_family;
	r.call = send_long;
	return race_run(&r);
}
