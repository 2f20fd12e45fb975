/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_FILTER_H
#define EF_NOTIFY_FILTER_H

#include <stdbool.h>

/*
 * The filter: the BPF program that gen_filter.c made of its table of rules
 * when this program was built.
 */

struct filter_options {
	bool want_killable;    /* SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV */
	bool has_netns_cookie; /* SO_NETNS_COOKIE, Linux 5.14; without it new
				  network namespaces are refused */
	bool has_signal_scope; /* the walls keep signals inside; without
				  that SIGIO has to be filtered, too */
};

/*
 * Install it in the calling thread, which has no_new_privs or CAP_SYS_ADMIN,
 * and return the listener (close-on-exec), or -errno: -EBUSY when a filter
 * above has a listener already, -EINVAL or -ENOSYS when the kernel is too
 * old. *ret_killable tells whether a signal leaves a pending notification
 * alone (Linux 5.19). Only system calls: fit for a forked child of a process
 * with threads.
 */
int filter_install(const struct filter_options *o, bool *ret_killable);

#endif
