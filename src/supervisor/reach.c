/* SPDX-License-Identifier: MIT */
/* What the kernel, or the sandbox around us, lets us do to a child. */
#include "supervisor/reach.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "notify/kernel.h"

static int refuse(const char *call, int error, struct ef_err *err)
{
	return err_set(err, error,
		       "calls of a command cannot be judged here: %s: %s "
		       "(Linux 5.6 or newer is needed, and a sandbox that "
		       "lets it)",
		       call, strerror(error));
}

int reach_check(pid_t child, struct ef_err *err)
{
	static const uint32_t known = 0x5eed;
	auto_close int pidfd = -1, fd = -1;
	uint32_t got = 0;
	bool is_its_own;
	ssize_t n;

	pidfd = kernel_open_thread(child, &is_its_own);
	if (pidfd < 0)
		return refuse("pidfd_open", -pidfd, err);
	fd = kernel_take_fd(pidfd, STDERR_FILENO);
	if (fd < 0 && fd != -EBADF)
		return refuse("pidfd_getfd", -fd, err);
	n = kernel_read_memory(child, (uintptr_t)&known, &got, sizeof(got));
	if (n != sizeof(got) || got != known)
		return refuse("process_vm_readv", n < 0 ? (int)-n : EFAULT, err);
	return 0;
}
