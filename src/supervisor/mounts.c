/* SPDX-License-Identifier: MIT */
/* A mount namespace in which some of the file tree is read-only. */
#include "supervisor/mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"

#define MOUNT_SETATTR 442    /* Linux 5.12, the same everywhere */
#define WHOLE_TREE    0x8000 /* AT_RECURSIVE */
#define READ_ONLY     1	     /* MOUNT_ATTR_RDONLY */

struct attributes { /* struct mount_attr */
	uint64_t set, clear, propagation, userns;
};

static int add(struct mounts *m, const char *path, const char *below,
	       bool is_mount)
{
	char *full = NULL;

	if (m->n == MOUNTS_MAX) {
		m->is_full = true;
		return 0;
	}
	if (asprintf(&full, "%s%s", path, below) < 0)
		return -ENOMEM;
	if (access(full, F_OK) < 0) {
		free(full);
		return 0;
	}
	m->list[m->n].path = full;
	m->list[m->n++].is_mount = is_mount;
	return 0;
}

/* Undo the escapes of proc(5) mountinfo in place. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++)
		if (s[0] == '\\' && s[1] && s[2] && s[3]) {
			*to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 |
				       (s[3] - '0'));
			s += 3;
		} else {
			*to++ = *s;
		}
	*to = '\0';
}

/* One line of mountinfo: id, parent, device, root, mount point, options,
 * optional fields, a dash, type. */
static int add_mount(struct mounts *m, char *line)
{
	char *type = strstr(line, " - "), *root, *path, *rest = line;
	int r;

	for (int i = 0; i < 3; i++)
		strsep(&rest, " ");
	root = strsep(&rest, " ");
	path = strsep(&rest, " ");
	if (!type || !rest || !root || !path)
		return 0;
	type += strlen(" - ");
	unescape(path);
	if (!strncmp(type, "sysfs ", 6))
		return add(m, path, "", true);
	if (strncmp(type, "proc ", 5) != 0)
		return 0;
	if (strcmp(root, "/") != 0) /* a part of it */
		return add(m, path, "", true);
	r = add(m, path, "/sys", false);
	return r ? r : add(m, path, "/sysrq-trigger", false);
}

static int plan(struct mounts *m, const char *state_dir, const char *policy_path)
{
	auto_free char *line = NULL, *policy = NULL;
	FILE *f = fopen("/proc/self/mountinfo", "re");
	size_t size = 0;
	int r = 0;

	if (!f)
		return -errno;
	while (!r && getline(&line, &size, f) > 0)
		r = add_mount(m, line);
	fclose(f);
	if (!r && state_dir)
		r = add(m, state_dir, "", false);
	policy = policy_path ? realpath(policy_path, NULL) : NULL;
	if (!r && policy)
		r = add(m, policy, "", false);
	return r;
}

int mounts_plan(const char *state_dir, const char *policy_path, struct mounts *ret)
{
	int r;

	*ret = (struct mounts){ 0 };
	r = plan(ret, state_dir, policy_path);
	if (r)
		mounts_done(ret);
	return r;
}

void mounts_done(struct mounts *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->list[i].path);
	m->n = 0;
}

/* Before Linux 5.12. What is mounted below stays as it is; what the mount
 * forbids already, perhaps for good, it has to go on to forbid. */
static int remount_read_only(const char *path)
{
	const unsigned long kept =
		MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME;
	struct statfs fs; /* whose flags have the values of mount(2) */

	if (statfs(path, &fs) < 0)
		return -errno;
	if (mount(NULL, path, NULL,
		  MS_REMOUNT | MS_BIND | MS_RDONLY |
			  ((unsigned long)fs.f_flags & kept),
		  NULL) < 0)
		return -errno;
	return 0;
}

static int make_read_only(const char *path)
{
	struct attributes a = { .set = READ_ONLY };

	if (syscall(MOUNT_SETATTR, AT_FDCWD, path, WHOLE_TREE, &a, sizeof(a)) == 0)
		return 0;
	return errno == ENOSYS ? remount_read_only(path) : -errno;
}

/* The working directory was looked up before anything was mounted over it. */
static void enter_again(void)
{
	char path[PATH_MAX];

	if (syscall(SYS_getcwd, path, sizeof(path)) > 0 && path[0] == '/')
		(void)!chdir(path);
}

int mounts_enter(const struct mounts *m)
{
	if (syscall(SYS_unshare, CLONE_NEWNS) < 0)
		return -errno;
	/* Nothing of what follows may reach the namespace we came from. */
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return -errno;
	for (size_t i = 0; i < m->n; i++) {
		const char *path = m->list[i].path;
		int r = 0;

		if (!m->list[i].is_mount &&
		    mount(path, path, NULL, MS_BIND | MS_REC, NULL) < 0)
			r = -errno;
		if (!r)
			r = make_read_only(path);
		if (r)
			return r;
	}
	enter_again();
	return 0;
}
