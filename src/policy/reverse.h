/* SPDX-License-Identifier: MIT */
#ifndef EF_POLICY_REVERSE_H
#define EF_POLICY_REVERSE_H

#include <stdbool.h>

#include "wire/addr.h"
#include "wire/dname.h"

/*
 * The address that a name below in-addr.arpa or ip6.arpa stands for (RFC 1035
 * section 3.5, RFC 3596 section 2.5), with port 0. False for any other name,
 * also for one with fewer or more labels than an address has. Pure.
 */
bool reverse_address(const struct dname *name, struct addr *ret);

#endif
