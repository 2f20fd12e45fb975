/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_VERIFY_H
#define EF_AUDIT_VERIFY_H

#include <stdint.h>

#include "audit/digest.h"

struct sqlite3;

/*
 * Compute the digest of a session again from its rows. Reads the whole
 * session; blocks on the disk. Returns 0 or -errno.
 */
int verify_digest(struct sqlite3 *db, int64_t session, char ret[DIGEST_HEX]);

#endif
