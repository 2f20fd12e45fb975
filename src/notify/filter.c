/* SPDX-License-Identifier: MIT */
/* Installing the generated program. */
#include "notify/filter.h"

#include <errno.h>
#include <linux/filter.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "notify/filter_prog.h"
#include "notify/uapi.h"

#define LENGTH(program) (sizeof(program) / sizeof((program)[0]))

_Static_assert(LENGTH(filter_program) <= BPF_MAXINSNS &&
		       LENGTH(filter_program_before_5_14) <= BPF_MAXINSNS,
	       "the kernel takes no longer program");

static int install(bool has_netns_cookie, unsigned long flags)
{
	const struct sock_filter *code =
		has_netns_cookie ? filter_program : filter_program_before_5_14;
	struct sock_fprog prog = {
		.len = has_netns_cookie ? LENGTH(filter_program)
					: LENGTH(filter_program_before_5_14),
		.filter = (struct sock_filter *)(uintptr_t)code,
	};
	long fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog);

	return fd < 0 ? -errno : (int)fd;
}

int filter_install(const struct filter_options *o, bool *ret_killable)
{
	unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER |
			      SECCOMP_FILTER_FLAG_SPEC_ALLOW;
	int fd = -EINVAL;

	*ret_killable = o->want_killable;
	if (o->want_killable)
		fd = install(o->has_netns_cookie,
			     flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
	if (fd == -EINVAL) {
		*ret_killable = false;
		fd = install(o->has_netns_cookie, flags);
	}
	return fd;
}
