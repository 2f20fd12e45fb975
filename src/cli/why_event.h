/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_WHY_EVENT_H
#define EF_CLI_WHY_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "audit/reader.h"

/* True when a text has the form of an event's id, SESSION:SEQ: hexadecimal
 * digits and hyphens, a colon, a number. A name of that form has no dot. */
bool why_event_is_id(const char *text);

/*
 * Tell why a recorded event was judged as it was, from its row and the policy
 * of that time (why_again.h). Returns the exit code of "why". Blocks on the
 * disk.
 */
int why_event(struct reader *r, const char *id, const char *config,
	      bool wants_json);

/* The same for event seq of a session. */
int why_row(struct reader *r, size_t session, int64_t seq, const char *config,
	    bool wants_json);

#endif
