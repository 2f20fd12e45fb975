/* SPDX-License-Identifier: MIT */
/*
 * Doors: what is judged changes while it is judged. One side makes the call
 * again and again, the other turns what it is about from allowed to closed and
 * back. That a call succeeds says nothing; what arrives does.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "doctor/doors_impl.h"

#define AT_MOST_NS INT64_C(10000000000) /* for them to meet */

struct race {
	const struct ground *g;
	bool is_over;
	unsigned int turns;
	union {
		struct sockaddr_in ip4;
		struct sockaddr_in6 ip6;
	} to;
	struct sockaddr_in other; /* a second address, for a turned pointer */
	struct msghdr message;
	int fd, one, two; /* a number, and what it stands for in turn */
	void (*turn)(struct race *r, unsigned int i);
	int (*call)(struct race *r);
};

static void *turn_on(void *arg)
{
	struct race *r = arg;

	while (!__atomic_load_n(&r->is_over, __ATOMIC_RELAXED))
		r->turn(r, __atomic_add_fetch(&r->turns, 1, __ATOMIC_RELAXED));
	return NULL;
}

/* As often as asked for, and until the two have met: a twentieth of the calls
 * saw something turned since the one before. */
static int call_on(struct race *r)
{
	const unsigned int least = r->g->tries;
	int64_t end = clock_mono_ns() + AT_MOST_NS;
	unsigned int met = 0, turns = 0;
	int error = 0;

	for (unsigned int i = 0;
	     i < least || (met < least / 20 && clock_mono_ns() < end); i++) {
		unsigned int now = __atomic_load_n(&r->turns, __ATOMIC_RELAXED);

		met += now != turns;
		turns = now;
		if (r->call(r) < 0)
			error = -errno;
	}
	__atomic_store_n(&r->is_over, true, __ATOMIC_RELAXED);
	return error;
}

/* Against a thread. */
static int run(struct race *r)
{
	pthread_t thread;
	int error;

	if (pthread_create(&thread, NULL, turn_on, r))
		return -EAGAIN;
	error = call_on(r);
	pthread_join(thread, NULL);
	return error;
}

static int send_once(struct race *r)
{
	return (int)sendto(r->fd, "x", 1, 0, (struct sockaddr *)&r->to,
			   sizeof(r->to.ip4));
}

static void turn_port(struct race *r, unsigned int i)
{
	uint16_t port = htons(i & 1 ? r->g->closed : r->g->allowed);

	__atomic_store_n(&r->to.ip4.sin_port, port, __ATOMIC_RELAXED);
}

static void race_of(struct race *r, const struct ground *g, int family)
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
	return run(&r);
}

/* Against another process, on memory they share. */
int door_race_shared(struct attempt *a)
{
	struct race *r = mmap(NULL, sizeof(*r), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;
	int error;

	if ((void *)r == MAP_FAILED)
		return -errno;
	race_of(r, a->g, AF_INET);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		turn_on(r);
		_exit(0);
	}
	error = call_on(r);
	waitpid(pid, NULL, 0);
	return error;
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
	return run(&r);
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
	return run(&r);
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

int door_race_msg_name(struct attempt *a)
{
	struct iovec iov = { .iov_base = (char[]){ 'x' }, .iov_len = 1 };
	struct race r;

	race_of(&r, a->g, AF_INET);
	r.other = doors_ip4(a->g->closed);
	r.message = (struct msghdr){ .msg_name = &r.to,
				     .msg_namelen = sizeof(r.other),
				     .msg_iov = &iov,
				     .msg_iovlen = 1 };
	r.turn = turn_pointer;
	r.call = send_message;
	return run(&r);
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
	return run(&r);
}

/* A number that is a unix socket when it is looked at. */
static void turn_descriptor(struct race *r, unsigned int i)
{
	dup2(i & 1 ? r->two : r->one, r->fd);
}

static void turn_by_closing(struct race *r, unsigned int i)
{
	close(r->fd);
	fcntl(i & 1 ? r->two : r->one, F_DUPFD, r->fd);
}

static int race_for_number(struct attempt *a,
			   void (*turn)(struct race *r, unsigned int i))
{
	struct race r;

	race_of(&r, a->g, AF_INET);
	r.to.ip4 = doors_ip4(a->g->closed);
	r.one = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	r.two = r.fd;
	r.fd = fcntl(r.one, F_DUPFD, 100);
	r.turn = turn;
	return run(&r);
}

int door_race_descriptor(struct attempt *a)
{
	return race_for_number(a, turn_descriptor);
}

int door_race_reopen(struct attempt *a)
{
	return race_for_number(a, turn_by_closing);
}
