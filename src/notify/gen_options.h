/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_GEN_OPTIONS_H
#define EF_NOTIFY_GEN_OPTIONS_H

#include <seccomp.h>

/* Add the rules about socket options: for the levels that steer packets only
 * what is listed passes, joins of groups are notified (decision 18). */
void gen_options(scmp_filter_ctx ctx);

#endif
