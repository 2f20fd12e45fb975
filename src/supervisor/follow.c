/* SPDX-License-Identifier: MIT */
/* The resolvers of a session follow its policy. */
#include "supervisor/follow.h"

#include "base/log.h"
#include "dns/service.h"

void follow_policy(struct session *s)
{
	struct policy *live = gate_policy(s->gate);
	struct surroundings *a = &s->around;
	struct ef_err err = { 0 };

	if (live == s->followed) {
		policy_unref(live);
		return;
	}
	surroundings_find_resolvers(a, live);
	if (dns_trust(s->resolver, a->resolvers, a->n_resolvers, &err) < 0)
		log_line(LOG_WARN,
			 "a resolver of the new policy is not used: %s", err.msg);
	policy_unref(s->followed);
	s->followed = live;
}
