/* SPDX-License-Identifier: MIT */
#ifndef EF_SUPERVISOR_CAPS_H
#define EF_SUPERVISOR_CAPS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/*
 * Capabilities that lead out of a session by themselves (capabilities(7)): a
 * command that has them loses them, but for those a person lets it keep.
 * A set is a bit for each number.
 */

/* Those that are taken away. */
uint64_t caps_perilous(void);

/*
 * Read a list of names with commas between ("net_admin,CAP_SYS_PTRACE", "all")
 * of capabilities that are taken away. Returns 0 and *ret, or -EINVAL with
 * *err told.
 */
int caps_parse(const char *list, uint64_t *ret, struct ef_err *err);

/* Write the names into buf, commas between, and return it. */
char *caps_names(uint64_t set, char *buf, size_t size);

/* Those of a set that the calling process has or could inherit. */
uint64_t caps_of_ours(uint64_t set);

/*
 * Take them from all five sets of the calling thread. Returns 0 or -errno.
 * Only system calls: fit for a forked child.
 */
int caps_drop(uint64_t set);

#endif
