/* SPDX-License-Identifier: MIT */
/* Doors: sockets, descriptors and paths change while a call is judged. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "doctor/doors_race.h"

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
	return race_run(&r);
}

int door_race_descriptor(struct attempt *a)
{
	return race_for_number(a, turn_descriptor);
}

int door_race_reopen(struct attempt *a)
{
	return race_for_number(a, turn_by_closing);
}

/* The socket becomes one of IPv4, to which no family means IPv4. */
static void turn_form(struct race *r, unsigned int i)
{
	int family = AF_INET, fd = __atomic_load_n(&r->fd, __ATOMIC_ACQUIRE);

	(void)i;
	setsockopt(fd, IPPROTO_IPV6, IPV6_ADDRFORM, &family, sizeof(family));
}

#define SENDS 16 /* of a socket, for it to be turned in between */

static int send_nameless(struct race *r)
{
	struct sockaddr_in6 peer = doors_ip6(r->g->allowed, 1);
	struct sockaddr_in to = doors_ip4(r->g->closed);
	auto_close int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&peer, sizeof(peer)) < 0)
		return -1;
	to.sin_family = AF_UNSPEC;
	__atomic_store_n(&r->fd, fd, __ATOMIC_RELEASE);
	for (int i = 0; i < SENDS; i++)
		if (sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
			return -1;
	return 0;
}

int door_race_addrform(struct attempt *a)
{
	struct race r;

	if (!a->g->has_ip6)
		return doors_skip(a, "no IPv6 on loopback");
	race_of(&r, a->g, AF_INET6);
	r.turn = turn_form;
	r.call = send_nameless;
	return race_run(&r);
}

/* Two listeners: that of the ground, "stream", and one of our own. */
static int listen_here(struct race *r, const char *name)
{
	char path[GROUND_DIR_MAX + 16];
	struct sockaddr_un at;
	socklen_t len;

	snprintf(path, sizeof(path), "%s/%s", r->g->dir, name);
	len = doors_unix(path, &at);
	unlink(path);
	r->one = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (r->one < 0 || bind(r->one, (struct sockaddr *)&at, len) < 0 ||
	    listen(r->one, 64) < 0)
		return -errno;
	return 0;
}

static int connect_unix(struct race *r)
{
	auto_close int fd =
		socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int got, n = connect(fd, (struct sockaddr *)&r->to, sizeof(r->to.un));

	while ((got = accept4(r->one, NULL, NULL, SOCK_CLOEXEC)) >= 0)
		close(got);
	return n;
}

static void race_for_listener(struct race *r, const struct ground *g,
			      const char *first)
{
	char path[GROUND_DIR_MAX + 16];

	race_of(r, g, AF_UNIX);
	snprintf(path, sizeof(path), "%s/%s", g->dir, first);
	doors_unix(path, &r->to.un);
	r->call = connect_unix;
}

/* "stream" and "Stream": one letter. */
static void turn_letter(struct race *r, unsigned int i)
{
	char *at = r->to.un.sun_path + r->two;

	__atomic_store_n(at, i & 1 ? 's' : 'S', __ATOMIC_RELAXED);
}

int door_race_unix_path(struct attempt *a)
{
	struct race r;
	int e;

	race_for_listener(&r, a->g, "Stream");
	r.two = (int)strlen(a->g->dir) + 1;
	r.turn = turn_letter;
	e = listen_here(&r, "Stream");
	return e ? e : race_run(&r);
}

/* A symbolic link that leads to the one, then to the other. */
static void turn_link(struct race *r, unsigned int i)
{
	char link[GROUND_DIR_MAX + 16], next[GROUND_DIR_MAX + 16];

	snprintf(link, sizeof(link), "%s/turned", r->g->dir);
	snprintf(next, sizeof(next), "%s/next", r->g->dir);
	unlink(next);
	if (symlink(i & 1 ? "stream" : "own", next) == 0)
		(void)!rename(next, link);
}

int door_race_unix_link(struct attempt *a)
{
	struct race r;
	int e;

	race_for_listener(&r, a->g, "turned");
	r.turn = turn_link;
	turn_link(&r, 0);
	e = listen_here(&r, "own");
	return e ? e : race_run(&r);
}
