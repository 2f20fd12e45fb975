/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_WHY_HOSTS_H
#define EF_CLI_WHY_HOSTS_H

#include <stdbool.h>

#include "policy/observation.h"
#include "policy/policy.h"

/*
 * Make of *seen what a session under p would see by /etc/hosts: a name that is
 * there leads to its address, and no name server is asked; an address that is
 * there has its names. True when a name was found so. Blocks on the disk.
 */
bool why_hosts_apply(const struct policy *p, struct observation *seen);

#endif
