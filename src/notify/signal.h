/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_SIGNAL_H
#define EF_NOTIFY_SIGNAL_H

#include <stdbool.h>

#include "notify/call.h"

/*
 * Signals to processes outside the tree: refused and recorded. The wall is
 * the Landlock domain where it scopes signals (ABI 6, Linux 6.12); then these
 * calls are only looked at, to record what the kernel is about to refuse, and
 * continued. Without it they are judged here.
 */

/* True for the calls below, and fcntl(F_SETOWN), of a foreign architecture:
 * its number is replaced by ours. */
bool signal_translate(struct call *c);

/* kill(), tkill(), tgkill(), rt_sigqueueinfo(), rt_tgsigqueueinfo() and
 * pidfd_send_signal(). Answers. */
void signal_handle(struct call *c);

/* fcntl(F_SETOWN): who gets SIGIO, which is a signal, too. Answers. Only seen
 * where the kernel does not scope signals. */
void signal_handle_owner(struct call *c);

#endif
