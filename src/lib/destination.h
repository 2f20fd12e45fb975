/* SPDX-License-Identifier: MIT */
#ifndef EF_LIB_DESTINATION_H
#define EF_LIB_DESTINATION_H

#include "base/error.h"
#include "policy/observation.h"
#include "policy/policy.h"

#define DESTINATION_PORT 443 /* when none is given */

/*
 * Read HOST[:PORT][/PROTO] as what a session under this policy would observe:
 * a connect() to the address, or to one that a trusted server gave for the
 * name. HOST is an address (IPv6 in brackets when a port follows) or a name,
 * international ones converted; PROTO is tcp, udp or icmp. What begins with
 * '/' or '@' is the name of a unix listener outside the session, as records
 * have it. Returns 0, or -EINVAL with *err saying what is wrong with it. Pure.
 */
int destination_parse(const char *text, const struct policy *p,
		      struct observation *ret, struct ef_err *err);

#endif
