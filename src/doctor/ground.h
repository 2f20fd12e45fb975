/* SPDX-License-Identifier: MIT */
#ifndef EF_DOCTOR_GROUND_H
#define EF_DOCTOR_GROUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

/*
 * The ground on which doors are tried: listeners on loopback and beside it that
 * nobody in a session may reach, one that a rule allows, and a process that is
 * no part of the session. All of it is on this machine.
 */
#define GROUND_DIR_MAX	 64
#define GROUND_ARGS	 6
#define GROUND_ARG_MAX	 80
#define GROUND_LISTENERS 16

/* What the one who tries has to know. Ports are in host order. */
struct ground {
	uint16_t closed;    /* TCP and UDP, of 127.0.0.1 and ::1 */
	uint16_t allowed;   /* the same, of 127.0.0.1; closed on 127.0.0.2 */
	bool has_ip6;	    /* ::1 exists */
	pid_t neighbour;    /* a process outside (neighbour.h) */
	unsigned int tries; /* of a race */
	/* Holds "stream", "datagram", "packets" and "giver"; its name, and
	 * that of the second, are those of abstract listeners, too. */
	char dir[GROUND_DIR_MAX];
};

/* What came of the attempt at one door. */
struct report {
	int door;      /* index */
	int error;     /* 0: the calls succeeded; else a positive errno */
	bool not_here; /* it could not be tried; why says why not */
	bool arrived;  /* set by ground_collect() */
	char why[80];
};

/* One who listens. */
struct ground_listener {
	int fd;
	bool is_stream, is_closed;
};

struct ground_host {
	struct ground ground;
	struct ground_listener list[GROUND_LISTENERS];
	size_t n;
};

/*
 * Listen, start the neighbour, make the folder. Returns 0 or -errno with *err
 * told; ground_close() is due either way. Does not block.
 */
int ground_open(struct ground_host *h, struct ef_err *err);

/* Stop listening, end the neighbour, remove the folder and all in it. */
void ground_close(struct ground_host *h);

/* The ground as words of a command line; each is text of h's own. */
void ground_to_args(const struct ground *g, char (*ret)[GROUND_ARG_MAX]);

/* The way back; false when they are no such words. */
bool ground_from_args(char *const *args, int n, struct ground *ret);

/* A policy that allows the allowed address only; the buffer is the caller's. */
void ground_policy(const struct ground *g, char *ret, size_t size);

/*
 * Read reports from in until its end, see what was reached meanwhile, and write
 * a byte to out for each. ret has room for DOORS_MAX, indexed by door; doors nobody reported on stay as
 * they are. is_patient: wait for what should have arrived. Blocks.
 */
void ground_collect(struct ground_host *h, int in, int out, bool is_patient,
		    struct report *ret);

#endif
