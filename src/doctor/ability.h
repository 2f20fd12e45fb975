/* SPDX-License-Identifier: MIT */
#ifndef EF_DOCTOR_ABILITY_H
#define EF_DOCTOR_ABILITY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What this kernel and the sandbox around us give to a session, found out by
 * trying, each trial in a process of its own where it changes anything.
 */
enum state {
	ABILITY_OK,
	ABILITY_WEAK,	 /* works with a restriction, told in .means */
	ABILITY_MISSING, /* without it nothing can be enforced */
	ABILITY_NOTE	 /* neither good nor bad */
};

struct ability {
	const char *name;
	enum state state;
	char found[160];   /* what was found */
	const char *means; /* what follows from that; "" when all is well */
};

#define ABILITIES_MAX 24

/*
 * Try everything: fills at most ABILITIES_MAX of ret and returns their number.
 * Starts short-lived children; blocks for some milliseconds.
 */
size_t ability_try_all(struct ability *ret);

/* True when a session can enforce a policy here: nothing is missing. */
bool ability_suffices(const struct ability *list, size_t n);

#endif
