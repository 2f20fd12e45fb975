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

_Static_assert(sizeof(filter_program) / sizeof(filter_program[0]) <= BPF_MAXINSNS,
	       "the kernel takes no longer program");

static int install(unsigned long flags)
{
	struct sock_fprog prog = {
		.len = sizeof(filter_program) / sizeof(filter_program[0]),
		.filter = (struct sock_filter *)(uintptr_t)filter_program,
	};
	long fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog);

	return fd < 0 ? -errno : (int)fd;
}

int filter_install(bool want_killable, bool *ret_killable)
{
	unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER |
			      SECCOMP_FILTER_FLAG_SPEC_ALLOW;
	int fd = -EINVAL;

	*ret_killable = want_killable;
	if (want_killable)
		fd = install(flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
	if (fd == -EINVAL) {
		*ret_killable = false;
		fd = install(flags);
	}
	return fd;
}
