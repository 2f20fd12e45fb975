/* SPDX-License-Identifier: MIT */
#ifndef EF_SUPERVISOR_REACH_H
#define EF_SUPERVISOR_REACH_H

#include <sys/types.h>

#include "base/error.h"

/*
 * Can a child be taken apart: its descriptors duplicated, its memory read? No
 * call of it could be judged otherwise. The child is a fork of this process
 * that waits. Returns 0, or -errno with *err told. Does not block.
 */
int reach_check(pid_t child, struct ef_err *err);

#endif
