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

#define PROGRAM(name)                                                          \
	{                                                                      \
		.len = LENGTH(name),                                           \
		.filter = (struct sock_filter *)(uintptr_t)(name)              \
	}

_Static_assert(LENGTH(filter_program) <= BPF_MAXINSNS &&
		       LENGTH(filter_program_unscoped) <= BPF_MAXINSNS &&
		       LENGTH(filter_program_before_5_14) <= BPF_MAXINSNS,
	       "the kernel takes no longer program");

static int install(const struct filter_options *o, unsigned long flags)
{
	static const struct sock_fprog now = PROGRAM(filter_program);
	static const struct sock_fprog unscoped =
		PROGRAM(filter_program_unscoped);
	static const struct sock_fprog before_5_14 =
		PROGRAM(filter_program_before_5_14);
	const struct sock_fprog *prog = !o->has_netns_cookie  ? &before_5_14
					: o->has_signal_scope ? &now
							      : &unscoped;
	long fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, prog);

	return fd < 0 ? -errno : (int)fd;
}

int filter_install(const struct filter_options *o, bool *ret_killable)
{
	unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER |
			      SECCOMP_FILTER_FLAG_SPEC_ALLOW;
	int fd = -EINVAL;

	*ret_killable = o->want_killable;
	if (o->want_killable)
		fd = install(o, flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
	if (fd == -EINVAL) {
		*ret_killable = false;
		fd = install(o, flags);
	}
	return fd;
}
