/* SPDX-License-Identifier: MIT */
#ifndef EF_POLICY_LOAD_VALUE_H
#define EF_POLICY_LOAD_VALUE_H

#include "policy/policy.h"
#include "policy/problem.h"

/*
 * Single values of a policy file. Each of these reads one text, stores what
 * it means and returns true; or reports what is wrong with it and what to
 * write instead, and returns false. Pure but for the report.
 */

/* A name pattern: .kind, .name and .is_wildcard of *r. */
bool value_pattern(struct problems *ps, struct place at, const char *text,
		   struct rule *r);

/* True for an address, and for a text that some programs would take for one
 * ("127.1", "1.2.0x7f"): no name pattern may look so. */
bool value_looks_like_address(const char *text);

/* A network: .kind, .net and .prefix of *r. */
bool value_cidr(struct problems *ps, struct place at, const char *text,
		struct rule *r);

/* A port or a range of ports. */
bool value_port(struct problems *ps, struct place at, const char *text,
		struct port_range *ret);

/* A resolver; port 53 is filled in. */
bool value_server(struct problems *ps, struct place at, const char *text,
		  struct addr *ret);

/* The name of a unix listener, or a pattern of such names. */
bool value_listener(struct problems *ps, struct place at, const char *text,
		    bool is_allow);

#endif
