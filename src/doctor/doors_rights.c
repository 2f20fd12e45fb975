/* SPDX-License-Identifier: MIT */
/* Doors: what a root command could do to the machine, and by that to us. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "doctor/doors_impl.h"

/* Opened only: what is written there acts on the whole machine. */
static int open_to_write(const char *path)
{
	auto_close int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd < 0 ? -errno : 0;
}

/* By its handle a file is opened on any mount of its file system. */
static int open_by_handle(void)
{
	union {
		struct file_handle head;
		char bytes[sizeof(struct file_handle) + 128];
	} h = { .head.handle_bytes = 128 };
	auto_close int dir = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_close int fd = -1;
	int mount;

	if (dir < 0 || name_to_handle_at(AT_FDCWD, "/", &h.head, &mount, 0) < 0)
		return -errno;
	fd = open_by_handle_at(dir, &h.head, O_PATH | O_CLOEXEC);
	return fd < 0 ? -errno : 0;
}

/* /dev/null by another name. */
static int make_device(const struct attempt *a)
{
	char path[GROUND_DIR_MAX + 16];
	int r;

	snprintf(path, sizeof(path), "%s/device", a->g->dir);
	r = mknod(path, S_IFCHR | 0600, makedev(1, 3)) < 0 ? -errno : 0;
	unlink(path);
	return r;
}

/* Calls that are let in before they are found to be nonsense. */
static int let_in(long r, int error)
{
	return r < 0 && errno != error ? -errno : 0;
}

int door_right(struct attempt *a)
{
	if (geteuid() != 0)
		return doors_skip(a, "only root could");
	switch ((enum doors_right)a->arg) {
	case RIGHT_CORE_PATTERN:
		return open_to_write("/proc/sys/kernel/core_pattern");
	case RIGHT_SYSRQ:
		return open_to_write("/proc/sysrq-trigger");
	case RIGHT_MODULE:
		return let_in(syscall(SYS_init_module, NULL, 0L, ""), EFAULT);
	case RIGHT_REBOOT:
		return let_in(syscall(SYS_reboot, 0, 0, 0, NULL), EINVAL);
	case RIGHT_HANDLE:
		return open_by_handle();
	case RIGHT_DEVICE:
		return make_device(a);
	default:
		return -ENOSYS;
	}
}
