/* SPDX-License-Identifier: MIT */
#ifndef EF_SUPERVISOR_RECORD_H
#define EF_SUPERVISOR_RECORD_H

#include "audit/store.h"
#include "supervisor/supervisor.h"

/* The record of a session at its start: who, where, what. */

/* A new session id: 36 characters and the null byte. */
void record_new_id(char ret[37]);

/*
 * Open the record and commit the row of the session. Returns 0 or -errno with
 * *err told. Blocks on the disk.
 */
int record_open(const struct run_options *o, const char *uuid,
		struct store **ret, struct ef_err *err);

#endif
