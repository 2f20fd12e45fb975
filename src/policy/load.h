/* SPDX-License-Identifier: MIT */
#ifndef EF_POLICY_LOAD_H
#define EF_POLICY_LOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "policy/policy.h"

/*
 * YAML to policy. Every problem of a file is reported, with its place and
 * with what to write instead, not the first alone.
 */
#define POLICY_FILE_MAX (4u << 20) /* bytes */
#define PROBLEMS_MAX	100	   /* further ones are counted only */

struct problem {
	bool is_error;		   /* else a warning */
	unsigned int line, column; /* from 1; 0: the file as a whole */
	char text[256];		   /* one line, printable */
};

struct problems {
	struct problem list[PROBLEMS_MAX];
	size_t n;		     /* listed, in file order */
	size_t n_errors, n_warnings; /* all, listed or not */
};

/*
 * Build a policy from len bytes of YAML at text; path is only named in it.
 * Fills *ret_problems (given by the caller, any content). Returns 0 and a
 * policy the caller holds, also with warnings; -EINVAL with errors; -ENOMEM.
 */
int policy_load(const char *text, size_t len, const char *path,
		struct problems *ret_problems, struct policy **ret);

/*
 * The same from a file ("-": standard input). The file must be regular and
 * at most POLICY_FILE_MAX; it is opened without waiting for anyone. Other
 * failures are -errno with *err told. Blocks on the disk.
 */
int policy_load_file(const char *path, struct problems *ret_problems,
		     struct policy **ret, struct ef_err *err);

/*
 * Read a policy file whole into *ret_text (the caller frees it, a NUL follows
 * the bytes). Returns 0 or -errno with *err told. Blocks on the disk only.
 */
int policy_read_file(const char *path, char **ret_text, size_t *ret_len,
		     struct ef_err *err);

/*
 * True when going from one policy to the other can only make verdicts of
 * allow into deny: allow entries were removed and nothing else changed. Any
 * other change, in any key, is widening.
 */
bool policy_only_narrows(const struct policy *from, const struct policy *to);

#endif
