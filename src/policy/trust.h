/* SPDX-License-Identifier: MIT */
#ifndef EF_POLICY_TRUST_H
#define EF_POLICY_TRUST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/*
 * Which policy files a person has accepted: a list of SHA-256 digests and
 * absolute paths, one a line, in the file "trusted" (0600) of the state
 * folder. A path has one digest at most: to accept new content is to take the
 * old one back, so that an older, wider file does not stay accepted. Every
 * call blocks on the disk; paths are resolved with realpath(3).
 */
#define TRUST_PATH_MAX	  4096
#define TRUST_ENTRIES_MAX 1000
#define TRUST_DIGEST_TEXT 65 /* hex digits and a NUL */

struct trust_entry {
	char digest[TRUST_DIGEST_TEXT];
	char path[TRUST_PATH_MAX];
};

struct trust_list;

/* Write the SHA-256 of len bytes as hex digits. Returns 0 or -ENOMEM. */
int trust_digest(const void *bytes, size_t len, char ret[TRUST_DIGEST_TEXT]);

/*
 * True when exactly these bytes were accepted for this file. Whatever fails
 * on the way makes it false, also a list that others may write.
 */
bool trust_is_accepted(const char *state_dir, const char *path,
		       const char *text, size_t len);

/* Accept these bytes for this file. The state folder must be there. Returns 0
 * or -errno with *err told. */
int trust_accept(const char *state_dir, const char *path, const char *text,
		 size_t len, struct ef_err *err);

/*
 * Take back what was accepted for this file, which need not be there any
 * more. Returns how many entries that were (0 or 1), or -errno.
 */
int trust_remove(const char *state_dir, const char *path, struct ef_err *err);

/*
 * Read the list; a missing file is an empty one. The caller frees it. Returns
 * 0 or -errno: -EPERM when it is not ours or others may write it, -EBADMSG
 * when it is damaged.
 */
int trust_read(const char *state_dir, struct trust_list **ret,
	       struct ef_err *err);

/* A list without entries; NULL when out of memory. */
struct trust_list *trust_list_new(void);

/* Free it; NULL is fine. */
void trust_list_free(struct trust_list *l);

/* Number of entries. */
size_t trust_list_n(const struct trust_list *l);

/* The entry at i (0 <= i < number); lives as long as the list. */
const struct trust_entry *trust_list_entry(const struct trust_list *l, size_t i);

/* Add an entry to the list in memory; the file stays as it is. 0; -EINVAL:
 * not a digest and a path; -ENOSPC. */
int trust_list_add(struct trust_list *l, const char *digest, const char *path,
		   size_t path_len);

/*
 * Strike from the file every entry that an earlier reading does not have, such
 * as one that a process under the filter put there; NULL, where nothing could
 * be read, has none. A list that cannot be read any more becomes what it was,
 * one that cannot be written is removed. Returns their number or -errno.
 */
int trust_strike_new(const char *state_dir, const struct trust_list *before,
		     struct ef_err *err);

#endif
