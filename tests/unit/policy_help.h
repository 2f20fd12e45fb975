/* SPDX-License-Identifier: MIT */
#ifndef POLICY_HELP_H
#define POLICY_HELP_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/load.h"
#include "policy/observation.h"
#include "wire/addr.h"
#include "wire/dname.h"

/* What the tests of policies need again and again; wrong input ends them. */

/* A policy from YAML that is right. */
static inline struct policy *policy_of(const char *yaml)
{
	struct problems *ps = calloc(1, sizeof(*ps));
	struct policy *p = NULL;

	if (policy_load(yaml, strlen(yaml), "test.yaml", ps, &p) < 0) {
		for (size_t i = 0; i < ps->n; i++)
			printf("# %u:%u: %s\n", ps->list[i].line,
			       ps->list[i].column, ps->list[i].text);
		printf("Bail out! a policy of the test does not load\n");
		exit(1);
	}
	free(ps);
	return p;
}

/* A name from its text. */
static inline struct dname name_of(const char *text)
{
	struct dname n;

	if (dname_from_text(text, &n) < 0) {
		printf("Bail out! %s is no name\n", text);
		exit(1);
	}
	return n;
}

/* An address, with or without a port. */
static inline struct addr addr_of(const char *text)
{
	struct addr a;

	if (addr_parse(text, &a) < 0) {
		printf("Bail out! %s is no address\n", text);
		exit(1);
	}
	return a;
}

/* A connect() over TCP to an address and port. */
static inline struct observation connect_to(const char *text)
{
	struct observation o = { .stage = STAGE_CONNECT, .proto = PROTO_TCP };

	o.addr = addr_of(text);
	return o;
}

/* One more name that the address belongs to. */
static inline void add_candidate(struct observation *o, const char *name,
				 enum name_source source)
{
	o->candidates[o->n_candidates].name = name_of(name);
	o->candidates[o->n_candidates++].source = source;
}

/* The next number of a sequence that is the same in every run (xorshift). */
static inline uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

#endif
