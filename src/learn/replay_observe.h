/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_REPLAY_OBSERVE_H
#define EF_LEARN_REPLAY_OBSERVE_H

#include <stdbool.h>
#include <stddef.h>

#include "audit/row.h"
#include "policy/observation.h"
#include "policy/policy.h"

/*
 * A recorded row as the observation it was made from, or rather as the one
 * that a session under another policy would make of the same deed: which
 * names an address has depends on which names a session looks up. Pure.
 */

/* A name that /etc/hosts gave to an address when the session began. */
struct replay_host {
	struct addr addr; /* port 0 */
	struct dname name;
};

struct replay_hosts {
	struct replay_host *list;
	size_t n;
};

/*
 * Put together what a session in enforce mode under p would see. hosts may be
 * NULL: only the names of the row count. False when the row does not say
 * enough for a judgement; *ret may hold anything then.
 */
bool replay_observe(const struct row *row, const struct replay_hosts *hosts,
		    const struct policy *p, struct observation *ret);

/*
 * Make a name the destination of what is seen, its port and protocol filled
 * in already. Where nothing is allowed by default a name that no rule
 * mentions is known to a session by its placeholder; otherwise by the address
 * a server gave, of which nothing is known here but that it is a public one.
 */
void replay_observe_name(const struct dname *name, const struct policy *p,
			 struct observation *seen);

#endif
