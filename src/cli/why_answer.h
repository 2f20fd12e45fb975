/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_WHY_ANSWER_H
#define EF_CLI_WHY_ANSWER_H

#include <stdbool.h>

#include "policy/policy.h"

/*
 * Tell what a policy says of a destination as a person writes it, on stdout:
 * the verdict, the rules behind it or near it, the lines that would change
 * it. Returns the exit code of "why". Reads /etc/hosts.
 */
int why_answer(const char *destination, const struct policy *p, bool wants_json);

#endif
