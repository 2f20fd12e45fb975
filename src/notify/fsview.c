/* SPDX-License-Identifier: MIT */
/*
 * Path lookup on behalf of a target.
 *
 * Theory of Operation: where the target has our own root, a path is looked up
 * as it is, from our root or its working directory, so that symbolic links
 * and the magic links of /proc lead where they lead it. Where it has another
 * root (chroot, a mount namespace of its own), the lookup is confined to that
 * root by openat2(RESOLVE_IN_ROOT), which also bends absolute symbolic links
 * and ".." back into it; a relative path is first made absolute with the
 * name of the working directory, because a link on its way may be absolute.
 *
 * Whatever this gets wrong can only lead to another file: what is judged is
 * the socket behind the descriptor, never the path.
 */
#include "notify/fsview.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "notify/uapi.h"

#define PATH_FLAGS (O_PATH | O_CLOEXEC)

static int open_link(pid_t tid, const char *what)
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/%d/%s", tid, what);
	return open(path, PATH_FLAGS | O_DIRECTORY);
}

/* The mount an open file was reached through (proc(5) fdinfo); -1: unknown. */
static long mount_of(int fd)
{
	char path[40], text[512], *at;
	auto_close int info = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = open(path, O_RDONLY | O_CLOEXEC);
	n = info < 0 ? -1 : read(info, text, sizeof(text) - 1);
	if (n <= 0)
		return -1;
	text[n] = '\0';
	at = strstr(text, "mnt_id:");
	return at ? strtol(at + strlen("mnt_id:"), NULL, 10) : -1;
}

/* The root that leads where ours does: its mount, and the table of its mounts
 * as it is from there, whatever becomes of the process. */
static struct {
	pthread_mutex_t lock;
	long mount; /* -1: none */
	int table;
} shared = { .lock = PTHREAD_MUTEX_INITIALIZER, .mount = -1, .table = -1 };

void fsview_share_root(pid_t pid)
{
	auto_close int root = open_link(pid, "root");
	char path[40];

	snprintf(path, sizeof(path), "/proc/%d/mountinfo", pid);
	shared.mount = root < 0 ? -1 : mount_of(root);
	shared.table = open(path, O_RDONLY | O_CLOEXEC);
}

void fsview_unshare_root(void)
{
	if (shared.table >= 0)
		close(shared.table);
	shared.mount = shared.table = -1;
}

/* Mounts have numbers that are unique over all namespaces while they last. */
static bool is_our_root(int root)
{
	struct stat theirs, ours;
	auto_close int own = open("/", PATH_FLAGS | O_DIRECTORY);
	long mount = mount_of(root);

	return own >= 0 && fstat(root, &theirs) == 0 && fstat(own, &ours) == 0 &&
	       theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino &&
	       mount >= 0 && (mount == shared.mount || mount == mount_of(own));
}

static bool is_our_pid_namespace(pid_t tid)
{
	struct stat theirs, ours;
	char path[40];

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", tid);
	return stat(path, &theirs) == 0 &&
	       stat("/proc/self/ns/pid", &ours) == 0 &&
	       theirs.st_ino == ours.st_ino && theirs.st_dev == ours.st_dev;
}

int fsview_open(pid_t tid, struct fsview *ret)
{
	*ret = (struct fsview){ .tid = tid, .cwd = -1 };
	ret->root = open_link(tid, "root");
	if (ret->root >= 0)
		ret->cwd = open_link(tid, "cwd");
	if (ret->cwd < 0) {
		fsview_close(ret);
		return -EPERM;
	}
	ret->has_our_root = is_our_root(ret->root);
	ret->has_our_pids = is_our_pid_namespace(tid);
	return 0;
}

void fsview_close(struct fsview *v)
{
	if (v->root >= 0)
		close(v->root);
	if (v->cwd >= 0)
		close(v->cwd);
	v->root = v->cwd = -1;
}

/* What stands for a process in a path means the caller, not us. */
static const struct {
	const char *prefix, *rest;
} own_paths[] = {
	{ "/proc/self/", "" },
	{ "/proc/thread-self/", "" },
	{ "/dev/fd/", "fd/" },
};

/* Write the path with /proc/self of the target into buf: 0, -ENAMETOOLONG. */
static int own_path(const struct fsview *v, const char *path, char *buf,
		    size_t size)
{
	int n = -1;

	for (size_t i = 0;
	     v->has_our_pids && i < sizeof(own_paths) / sizeof(own_paths[0]);
	     i++) {
		size_t len = strlen(own_paths[i].prefix);

		if (strncmp(path, own_paths[i].prefix, len))
			continue;
		n = snprintf(buf, size, "/proc/%d/%s%s", v->tid,
			     own_paths[i].rest, path + len);
		break;
	}
	if (n < 0)
		n = snprintf(buf, size, "%s", path);
	return (size_t)n < size ? 0 : -ENAMETOOLONG;
}

static int open_with(int dir, const char *path, uint64_t flags, uint64_t resolve)
{
	struct open_how how = { .flags = PATH_FLAGS | flags, .resolve = resolve };
	int fd;

	/* Some sandboxes lack openat2(): only another root needs it. */
	if (resolve)
		fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
	else
		fd = openat(dir, path, (int)how.flags);
	return fd < 0 ? -errno : fd;
}

static int open_in(int dir, const char *path, uint64_t resolve)
{
	return open_with(dir, path, 0, resolve);
}

/* The name of a directory of the target as seen from our root. */
static ssize_t name_of(int fd, char *buf, size_t size)
{
	char path[40];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, buf, size - 1);
	if (n < 0 || (size_t)n == size - 1 || buf[0] != '/')
		return -1;
	buf[n] = '\0';
	return n;
}

/*
 * The working directory's name as seen from the target's root: what is left
 * of it after the root's own name. Empty when it is not below the root.
 */
static void cwd_below_root(const struct fsview *v, char *buf, size_t size)
{
	char root[PATH_MAX], cwd[PATH_MAX];
	ssize_t n = name_of(v->root, root, sizeof(root));

	buf[0] = '\0';
	if (n < 0 || name_of(v->cwd, cwd, sizeof(cwd)) < 0)
		return;
	if (n == 1)
		n = 0; /* "/" is a prefix of everything */
	if (strncmp(cwd, root, (size_t)n) || (cwd[n] && cwd[n] != '/'))
		return;
	snprintf(buf, size, "%s/", cwd + n);
}

/* Does this name lead to the directory it was made from? */
static bool leads_to(const struct fsview *v, const char *name)
{
	struct stat a, b;
	auto_close int fd = open_in(v->root, name, RESOLVE_IN_ROOT);

	return fd >= 0 && fstat(fd, &a) == 0 && fstat(v->cwd, &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static int lookup_relative(const struct fsview *v, const char *path)
{
	char whole[PATH_MAX];
	size_t n;

	if (v->has_our_root)
		return open_in(v->cwd, path, 0);
	cwd_below_root(v, whole, sizeof(whole) - 256);
	/* A directory without a name any more: stay below it. */
	if (!whole[0] || !leads_to(v, whole)) {
		int fd = open_in(v->cwd, path, RESOLVE_BENEATH);

		return fd == -EXDEV ? -ENOENT : fd;
	}
	n = strlen(whole);
	snprintf(whole + n, sizeof(whole) - n, "%s", path);
	return open_in(v->root, whole, RESOLVE_IN_ROOT);
}

/*
 * In another root the kernel follows no magic links for us: those for the
 * working directory and the root itself are followed by hand, where that root
 * has them. -ELOOP: the path has none of them.
 */
static int lookup_own_link(const struct fsview *v, const char *path)
{
	char own[32], link[40];
	int n = snprintf(own, sizeof(own), "/proc/%d/", v->tid);
	const char *what = path + n, *rest;
	bool is_cwd;
	int fd;

	if (strncmp(path, own, (size_t)n) != 0)
		return -ELOOP;
	is_cwd = !strncmp(what, "cwd/", 4);
	if (!is_cwd && strncmp(what, "root/", 5) != 0)
		return -ELOOP;
	snprintf(link, sizeof(link), "%s%s", own, is_cwd ? "cwd" : "root");
	fd = open_with(v->root, link, O_NOFOLLOW, RESOLVE_IN_ROOT);
	if (fd < 0)
		return fd;
	close(fd);
	rest = strchr(what, '/');
	rest += strspn(rest, "/");
	return is_cwd ? lookup_relative(v, rest)
		      : open_in(v->root, rest, RESOLVE_IN_ROOT);
}

int fsview_lookup(const struct fsview *v, const char *path)
{
	char absolute[256];
	int r;

	if (path[0] != '/')
		return lookup_relative(v, path);
	r = own_path(v, path, absolute, sizeof(absolute));
	if (r < 0)
		return r;
	if (v->has_our_root)
		return open_in(v->root, absolute, 0);
	r = lookup_own_link(v, absolute);
	return r == -ELOOP ? open_in(v->root, absolute, RESOLVE_IN_ROOT) : r;
}

/* A line of mountinfo begins: mount, parent, major:minor (proc(5)). */
static bool read_mount(const char *line, long mount, unsigned int *ret_major,
		       unsigned int *ret_minor)
{
	long id;

	return sscanf(line, "%ld %*d %u:%u", &id, ret_major, ret_minor) == 3 &&
	       id == mount;
}

/* Look a mount up in one mount table: 0 or -ENOENT. */
static int find_in(FILE *f, long mount, unsigned int *ret_major,
		   unsigned int *ret_minor)
{
	auto_free char *line = NULL;
	size_t size = 0;
	int r = -ENOENT;

	while (f && r && getline(&line, &size, f) > 0)
		if (read_mount(line, mount, ret_major, ret_minor))
			r = 0;
	return r;
}

static int find_mount(const char *table, long mount, unsigned int *ret_major,
		      unsigned int *ret_minor)
{
	FILE *f = fopen(table, "re");
	int r = find_in(f, mount, ret_major, ret_minor);

	if (f)
		fclose(f);
	return r;
}

/* Opening it anew would give the table of what the process is now. */
static int find_shared(long mount, unsigned int *ret_major,
		       unsigned int *ret_minor)
{
	int fd = shared.table < 0 ? -1 : fcntl(shared.table, F_DUPFD_CLOEXEC, 3);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	int r;

	if (!f)
		return -ENOENT;
	pthread_mutex_lock(&shared.lock); /* it has one position */
	rewind(f);
	r = find_in(f, mount, ret_major, ret_minor);
	fclose(f); /* moves it, too */
	pthread_mutex_unlock(&shared.lock);
	return r;
}

/*
 * The table of a target in a chroot leaves out what its root hides, the mount
 * the root itself is on included; ours may have it, or that of the session.
 */
int fsview_device(const struct fsview *v, int file, unsigned int *ret_major,
		  unsigned int *ret_minor)
{
	long mount = mount_of(file);
	char path[40];

	if (mount < 0)
		return -ENOENT;
	snprintf(path, sizeof(path), "/proc/%d/mountinfo", v->tid);
	if (!find_mount(path, mount, ret_major, ret_minor))
		return 0;
	if (!find_mount("/proc/self/mountinfo", mount, ret_major, ret_minor))
		return 0;
	return find_shared(mount, ret_major, ret_minor);
}
