/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_EXPORT_H
#define EF_AUDIT_EXPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "audit/reader.h"

/*
 * Write a session as NDJSON, version 1: the lines of "log --ndjson", each with
 * one more field "record" that has what the others do not tell of the row, and
 * lines for the rows of the other tables. What is read back by import.h gives
 * the same bytes again. With is_redacted, secrets in arguments are left out
 * (redact.h), and the record says so.
 *
 * Returns 0, or -errno with *err told: a session that is running is -EBUSY.
 * Errors of the stream are left for the caller to find. Blocks on the disk and
 * on the stream.
 */
int export_session(struct reader *r, size_t session, bool is_redacted, FILE *f,
		   struct ef_err *err);

#endif
