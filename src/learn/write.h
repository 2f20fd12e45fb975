/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_WRITE_H
#define EF_LEARN_WRITE_H

#include <stddef.h>

#include "base/error.h"

/*
 * Replace the policy file at path by len bytes of text, at once or not at
 * all. Symbolic links are followed. old is what the caller read and made the
 * text from (policy_read_file()); NULL: there was no file, and there must be
 * none now. Owner, group, mode, access list and extended attributes stay.
 * Returns 0, or -errno with *err told and the old file as it was:
 *   -ESTALE  it has changed, gone or come since it was read
 *   -EACCES  the file may not be written by us
 *   -EPERM   its owner, group or access list could not be kept
 *   -EMLINK  it has other names (hard links), which would keep the old text
 * and those of the disk. When only the last step fails, putting the changed
 * folder on the disk, the new text stands and *err says so. Blocks on the disk until the text is on it.
 */
int write_policy(const char *path, const char *old, size_t old_len,
		 const char *text, size_t len, struct ef_err *err);

#endif
