/* SPDX-License-Identifier: MIT */
#ifndef EF_SUPERVISOR_STEERABLE_H
#define EF_SUPERVISOR_STEERABLE_H

#include "policy/policy.h"

/*
 * The environment of a command names programs that do what they are told over
 * a unix socket: the multiplexer of the person's own terminal, an editor, a
 * window manager. Their sockets are judged like any other; a line says what
 * becomes of them, a warning where the policy lets the command in. Does not
 * block.
 */
void steerable_tell(const struct policy *p);

#endif
