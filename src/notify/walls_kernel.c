/* SPDX-License-Identifier: MIT */
/*
 * What the kernel says of its walls; tests/fakes/walls.c says what it is told
 * to. Whoever links, chooses.
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "notify/uapi.h"
#include "notify/walls.h"

int walls_kernel_landlock(void)
{
	long abi = syscall(LANDLOCK_NR_CREATE, NULL, 0, LANDLOCK_ASK_VERSION);

	return abi < 0 ? -errno : (int)abi;
}

int walls_kernel_yama(void)
{
	auto_close int fd =
		open("/proc/sys/kernel/yama/ptrace_scope", O_RDONLY | O_CLOEXEC);
	char scope;

	if (fd < 0 || read(fd, &scope, 1) != 1 || scope < '0' || scope > '9')
		return -1;
	return scope - '0';
}
