/* SPDX-License-Identifier: MIT */
#ifndef EF_SUPERVISOR_SURROUNDINGS_H
#define EF_SUPERVISOR_SURROUNDINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "dns/resolvconf.h"
#include "gate/gate.h"
#include "gate/redirect.h"
#include "policy/policy.h"

/*
 * What is around the session at its start: resolvers, hosts, routes. Looked
 * at once, before the target exists (D11, D18). All may block on the disk.
 */
struct surroundings {
	struct resolvconf resolvconf;
	struct addr resolvers[REDIRECT_SERVERS_MAX]; /* the trusted ones */
	size_t n_resolvers;
	struct host_entry *hosts; /* /etc/hosts; owned */
	size_t n_hosts;
	uint64_t netns_cookie; /* of this process; 0: the kernel has none */
	bool placeholders;     /* 198.18.0.0/15 is free for them */
	int sink;	       /* a socket that hears nothing (R6), or -1 */
	uint16_t sink_port;
};

/* Look around. */
void surroundings_read(const struct policy *p, struct surroundings *ret);

/* Fill in the trusted resolvers: those of resolv.conf as it was, and those of
 * this policy. Does not block. */
void surroundings_find_resolvers(struct surroundings *s, const struct policy *p);

/*
 * Remember the ssh-agent and the gpg-agent that the environment names as
 * built-in unix peers. Before there is a second thread.
 */
void surroundings_name_agents(void);

/* Close the sink and free the hosts. */
void surroundings_done(struct surroundings *s);

/* Give the entries of /etc/hosts to the gate, as names that are known: those
 * that rules mention first, and not more than leave room for others. 0, or
 * -errno when they cannot be recorded. */
int surroundings_bind_hosts(const struct surroundings *s, struct gate *gate);

#endif
