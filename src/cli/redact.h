/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_REDACT_H
#define EF_CLI_REDACT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What --redact asks for, of standard output: "auto" (or NULL: not given)
 * redacts when that is no terminal. False when the value is none of auto,
 * always, never.
 */
bool redact_option(const char *value, bool *ret);

/*
 * Arguments as they may be shown: *argv and *len become those without secrets
 * when there are any. What is returned is to be freed once they were shown;
 * NULL when nothing changed. Without memory nothing is shown.
 */
char *redact_shown(bool is_wanted, const char **argv, size_t *len);

#endif
