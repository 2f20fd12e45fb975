/* SPDX-License-Identifier: MIT */
#ifndef EF_DOCTOR_DOORS_RACE_H
#define EF_DOCTOR_DOORS_RACE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "doctor/doors_impl.h"

/*
 * One side makes a call again and again, the other turns what it is about from
 * allowed to closed and back. That a call succeeds says nothing; what arrives
 * does.
 */
struct race {
	const struct ground *g;
	bool is_over;
	unsigned int turns;
	union {
		struct sockaddr_in ip4;
		struct sockaddr_in6 ip6;
		struct sockaddr_un un;
	} to;
	struct sockaddr_in other; /* a second address, for a turned pointer */
	struct msghdr message;
	struct cmsghdr *control;
	pid_t caller;	  /* whose memory is turned from outside */
	int fd, one, two; /* a number, and what it stands for in turn */
	void (*turn)(struct race *r, unsigned int i);
	int (*call)(struct race *r);
};

/* A race on the address of a datagram socket of this family, to the allowed
 * port, whose port is turned. */
void race_of(struct race *r, const struct ground *g, int family);

/* As often as the ground says, and until both sides have met often enough,
 * against a thread that turns: 0, or -errno of the last call that failed. */
int race_run(struct race *r);

/* The same against another process; r is in memory both share. */
int race_run_shared(struct race *r);

/* The same where the call is made by a child, and turned from here. */
int race_run_child(struct race *r);

/* A race in memory that is shared with children; NULL: none to be had. */
struct race *race_share(void);

#endif
