/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_WHY_SELF_H
#define EF_CLI_WHY_SELF_H

#include <stdbool.h>

#include "audit/reader.h"

/*
 * Answer as the session that this process runs in would: what is a
 * destination; the number of an event of the session; or NULL, its latest
 * denial. The policy is the one the session goes by now, as its record has it;
 * with config, which is a file, that one.
 *
 * Which session it is follows from who the ancestors of this process are, as
 * the kernel has it, and from which process the records say a session is run
 * by. Nothing is taken from the environment, nothing is asked of the
 * supervisor, and nothing is written. Two sessions that claim the same process
 * are refused. Returns the exit code of "why". Blocks on the disk.
 */
int why_self(struct reader *r, const char *what, const char *config,
	     bool wants_json);

#endif
