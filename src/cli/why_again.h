/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_WHY_AGAIN_H
#define EF_CLI_WHY_AGAIN_H

#include "audit/reader.h"

/*
 * Judge a recorded event again, on stdout: by the policy that was in force
 * then, as the record has it; and, when the file says something else now, by
 * that. With config, which is a file, by this one alone. Blocks on the disk.
 */
void why_again(struct reader *r, size_t session, const struct row *row,
	       const char *config);

#endif
