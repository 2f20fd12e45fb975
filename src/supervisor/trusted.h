/* SPDX-License-Identifier: MIT */
#ifndef EF_SUPERVISOR_TRUSTED_H
#define EF_SUPERVISOR_TRUSTED_H

#include <stddef.h>

/*
 * The trust list while a session runs (decision 3): what was on it at the start
 * stays, and what a person has announced since; other entries may be the
 * command's own work, and are struck at the end.
 */
struct trusted;

/*
 * The list as it is now; one that cannot be read is empty. Returns 0, with NULL
 * where there is no place for a list, or -ENOMEM: what the command accepts could
 * not be taken back, so it may not run.
 */
int trusted_begin(struct trusted **ret);

/* A person has accepted this digest for this path. 0 or -errno. */
int trusted_announce(struct trusted *t, const char *digest, const char *path,
		     size_t path_len);

/* Strike what is new and say so; free. NULL is fine. Blocks on the disk. */
void trusted_end(struct trusted *t);

#endif
