/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_WHY_AGAIN_H
#define EF_CLI_WHY_AGAIN_H

#include "audit/reader.h"
#include "policy/policy.h"

/*
 * Judge a recorded event again, on stdout: by the policy that was in force
 * then, as the record has it; and, when the file says something else now, by
 * that. With config, which is a file, by this one alone. Blocks on the disk.
 */
void why_again(struct reader *r, size_t session, const struct row *row,
	       const char *config);

/* The policy of a revision, held by the caller; NULL when this program does
 * not read it (any more). */
struct policy *why_policy_of(const struct revision *v);

/* The policy of a file, held by the caller; NULL after saying that it cannot
 * be used. */
struct policy *why_policy_of_file(const char *config);

#endif
