/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_REDACT_H
#define EF_AUDIT_REDACT_H

#include <stddef.h>

/*
 * Secrets in arguments, found by their shape: what stands behind an option, in
 * a header, in an assignment, in a URL or in a query under a name of secrets;
 * words that begin as the tokens of known services do; long words that look
 * random. egress-filter-sessions(1) tells the rules. Other text stays as it
 * is: it is a help against passing secrets on by accident, no proof that none
 * is left.
 */
#define REDACTED "[redacted]"

/*
 * Replace the secrets in an argument list (a NUL after each). Returns 1 with
 * the new list in *ret, to be freed by the caller; 0 when there are none, *ret
 * being NULL; or -ENOMEM. What was redacted once is not redacted again.
 */
int redact_argv(const char *argv, size_t len, char **ret, size_t *ret_len);

#endif
