/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_DECISION_H
#define EF_LEARN_DECISION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/*
 * What a person decided about suggestions, other than taking them: a file
 * "decisions" (0600) of the state folder, a line for each policy file and
 * destination. Every call that reads or writes blocks on the disk.
 */
enum decided {
	DECIDED_NOTHING,
	DECIDED_NEVER, /* do not suggest it again */
	DECIDED_SKIP,  /* not now: again when it is seen again */
};

#define DECISIONS_MAX 10000

struct decisions;

/* What was decided about a policy file (its absolute path). A missing file is
 * an empty list. Returns 0 and a list the caller frees, or -errno with *err
 * told: -EPERM when the file is not ours alone to write, -EBADMSG when it is
 * damaged. */
int decisions_read(const char *state_dir, const char *policy_path,
		   struct decisions **ret, struct ef_err *err);

/* Free it; NULL is fine. */
void decisions_free(struct decisions *d);

/* What was decided about a destination as suggestions show it, which was last
 * seen then. d may be NULL. */
enum decided decisions_find(const struct decisions *d, const char *destination,
			    int64_t last_seen_ms);

/*
 * Write a decision down, in place of an earlier one. DECIDED_NOTHING takes it
 * back. last_seen_ms is for DECIDED_SKIP. The state folder must be there.
 * Returns 0 or -errno with *err told.
 */
int decisions_write(const char *state_dir, const char *policy_path,
		    const char *destination, enum decided what,
		    int64_t last_seen_ms, struct ef_err *err);

/* Take back all that was decided about a policy file. Returns how many
 * decisions that were, or -errno with *err told. */
int decisions_forget(const char *state_dir, const char *policy_path,
		     struct ef_err *err);

#endif
