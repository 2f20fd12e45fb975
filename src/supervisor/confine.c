/* SPDX-License-Identifier: MIT */
/* Installing the generated allow list of the supervisor. */
#include "supervisor/confine.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "supervisor/confine_prog.h"

#define LENGTH(program) (sizeof(program) / sizeof((program)[0]))

_Static_assert(LENGTH(confine_program) <= BPF_MAXINSNS,
	       "the kernel takes no longer program");

/* All threads at once. A positive result is a thread that has another filter,
 * which none has. */
static int install(void)
{
	struct sock_fprog program = {
		.len = LENGTH(confine_program),
		.filter = (struct sock_filter *)(uintptr_t)confine_program,
	};
	long r = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			 SECCOMP_FILTER_FLAG_TSYNC |
				 SECCOMP_FILTER_FLAG_SPEC_ALLOW,
			 &program);

	return r < 0 ? -errno : r > 0 ? -EBUSY : 0;
}

int confine_self(struct ef_err *err)
{
	struct rlimit none = { 0, 0 };
	int r = 0;

	if (setrlimit(RLIMIT_CORE, &none) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		r = -errno;
	if (!r)
		r = install();
	return r < 0 ? err_set(err, -r,
			       "the supervisor cannot confine itself: %s",
			       strerror(-r))
		     : 0;
}
