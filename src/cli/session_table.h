/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_SESSION_TABLE_H
#define EF_CLI_SESSION_TABLE_H

#include <stdbool.h>

#include "cli/session_json.h"

/* Sessions for a person, on stdout. */

/* The sessions of a list, a line each. */
void session_list_table(const struct session_list *l);

/* One session with all that is known of it. */
void session_show_text(const struct session_detail *d);

#endif
