/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_SIGNAL_H
#define EF_NOTIFY_SIGNAL_H

#include <stdbool.h>

#include "notify/call.h"

/*
 * Signals to processes outside the tree, where Landlock domains do not scope
 * them (before ABI 6, Linux 6.12): refused and recorded. Where they do, the
 * kernel refuses alone, and of this only signal_handle_limit() is called.
 */

/* True for the calls below of a foreign architecture: its number is replaced
 * by ours. */
bool signal_translate(struct call *c);

/* kill(), tkill(), tgkill(), rt_sigqueueinfo(), rt_tgsigqueueinfo() and
 * pidfd_send_signal(). Answers. */
void signal_handle(struct call *c);

/* fcntl(F_SETOWN): who gets SIGIO, which is a signal, too. Answers. */
void signal_handle_owner(struct call *c);

/* prlimit() that sets a limit of another process. Answers. */
void signal_handle_limit(struct call *c);

#endif
