/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_REPLAY_HOSTS_H
#define EF_LEARN_REPLAY_HOSTS_H

#include "audit/reader.h"
#include "learn/replay_observe.h"

/*
 * Read what /etc/hosts said when a session began, as far as one of n policies
 * (NULL ones do not count) mentions a name: no other name is ever judged by.
 * Give *ret back with replay_hosts_done(), after a failure too. Returns 0 or
 * -errno with *err told. Blocks on the disk.
 */
int replay_hosts_read(struct reader *records, size_t session,
		      const struct policy *const *policies, size_t n,
		      struct replay_hosts *ret, struct ef_err *err);

/* Free what it holds; it is empty then. All zero is fine. */
void replay_hosts_done(struct replay_hosts *h);

#endif
