/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_WHY_EVENT_H
#define EF_CLI_WHY_EVENT_H

#include <stdbool.h>

/* True when a text has the form of an event's id, SESSION:SEQ: hexadecimal
 * digits and hyphens, a colon, a number. A name of that form has no dot. */
bool why_event_is_id(const char *text);

/*
 * Tell why a recorded event was judged as it was, from its row and the policy
 * of that time (why_again.h). db is --db or NULL. Returns the exit code of "why". Blocks on the
 * disk.
 */
int why_event(const char *id, const char *db, const char *config,
	      bool wants_json);

#endif
