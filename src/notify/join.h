/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_JOIN_H
#define EF_NOTIFY_JOIN_H

#include "notify/call.h"

/*
 * setsockopt() calls that join a multicast group: the kernel then sends a
 * report with the group's address in it, so the group is judged as a
 * destination (adversary.md 17). Performed by the supervisor on its duplicate
 * with its own copy of the argument.
 */
void join_handle(struct call *c);

#endif
