/* SPDX-License-Identifier: MIT */
#ifndef EF_DOCTOR_DOORS_H
#define EF_DOCTOR_DOORS_H

#include <stdbool.h>
#include <stddef.h>

#include "doctor/ground.h"

/*
 * Doors: the ways by which a program could leave a session, each with an
 * attempt that is really made. One table; "doctor --escape" and tests/escape
 * go through it. The attempts are made by a process of its own for each, once
 * without a session (is the attack real on this machine?), once as the command
 * of one. What must not be reached is the ground (ground.h).
 */
#define DOORS_MAX 128

/* What closes a door, where it is closed. */
enum doors_closer {
	BY_JUDGEMENT, /* the supervisor judges a copy, and performs the copy */
	BY_FILTER,    /* the filter refuses the call whatever its arguments */
	BY_DOMAIN,    /* Landlock, or Yama */
	BY_SIGNALS,   /* Landlock, or the filter together with the supervisor */
	BY_RIGHTS,    /* capabilities and mounts a root command has not */
	BY_LISTENER   /* unix listeners are known by what they are */
};

/* Who says that a door was open. */
enum doors_proof {
	PROOF_ARRIVED, /* a listener of the ground was reached */
	PROOF_CALL     /* the call succeeded */
};

struct door {
	const char *name;
	const char *opens; /* what somebody gains by it */
	const char *tried; /* the attempt, in a few words */
	enum doors_closer closer;
	enum doors_proof proof;
	bool needs_outsider; /* only means something to what is no part of the
				session: a unix listener, a process */
};

/* How many doors there are; at most DOORS_MAX. */
size_t doors_count(void);

/* Door i; never NULL. */
const struct door *doors_at(size_t i);

/* What closes it on this kernel, in words; a static string. */
const char *doors_closed_by(const struct door *door);

/*
 * Try them all, one after the other, in a child each. For each write a report
 * (ground.h) to out, and read a byte from in before the next: whoever watches
 * has looked. Blocks for some seconds; 20 at the most for a door that does not
 * come back. With only, doors of other names are left out.
 */
void doors_try(const struct ground *g, const char *only, int in, int out);

/* What is to be said of a door. */
enum doors_state {
	DOORS_CLOSED,	/* open without a session, and not in one */
	DOORS_OPEN,	/* in a session, too */
	DOORS_NOT_HERE, /* not even open without a session */
	DOORS_UNKNOWN,	/* the attempt was not made */
	N_DOORS_STATES
};

/*
 * Run work in a child that makes the attempts, its standard input and output
 * being pipes to us, and fill ret, which has room for DOORS_MAX. Returns its
 * exit code, or -errno. is_patient: wait for what should have arrived. Blocks.
 */
int doors_watch(struct ground_host *h, int (*work)(const struct ground *g),
		bool is_patient, struct report *ret);

/*
 * Judge by the reports from without and from inside a session, which is NULL
 * when there was none: then by what is around us. *ret_why is a word on it,
 * valid as long as the reports.
 */
enum doors_state doors_judge(const struct door *door, const struct report *bare,
			     const struct report *inside, const char **ret_why);

#endif
