/* SPDX-License-Identifier: MIT */
/* Who belongs to the supervised tree. */
#include "notify/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

#define DEPTH_MAX 4096
#define TRIES_MAX 16 /* while the tree changes under our eyes */

static bool read_file(pid_t pid, const char *what, char *buf, size_t size)
{
	char path[40];
	auto_close int fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, what);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, buf, size - 1);
	if (n <= 0)
		return false;
	buf[n] = '\0';
	return true;
}

int tree_look(pid_t pid, struct tree_node *ret)
{
	char text[512], *at;

	if (!read_file(pid, "stat", text, sizeof(text)))
		return -ESRCH;
	at = strrchr(text, ')'); /* a name may hold one, too */
	if (!at || sscanf(at, ") %*c %d %d", &ret->parent, &ret->group) != 2)
		return -ESRCH;
	ret->pid = pid;
	return 0;
}

enum climb { OUTSIDE, INSIDE, CHANGED };

/*
 * A link of the chain counts only when, after the parent was read, the child
 * still names it as parent: it was alive then, and the one that was read. Its
 * number could belong to somebody else otherwise.
 */
static enum climb climb(pid_t pid, pid_t top)
{
	struct tree_node at, above, again;

	if (tree_look(pid, &at) < 0)
		return OUTSIDE;
	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		bool is_read;

		if (at.parent == top)
			return INSIDE;
		if (at.parent <= 1)
			return OUTSIDE;
		is_read = tree_look(at.parent, &above) == 0;
		if (!is_read || tree_look(at.pid, &again) < 0 ||
		    again.parent != at.parent)
			return CHANGED;
		at = above;
	}
	return OUTSIDE;
}

bool tree_has(pid_t pid)
{
	enum climb r = CHANGED;

	for (int i = 0; r == CHANGED && i < TRIES_MAX; i++)
		r = climb(pid, getpid());
	return r == INSIDE;
}

/* The next process of a list of /proc; 0 at its end. */
static pid_t next_process(DIR *dir)
{
	struct dirent *e;

	while ((e = readdir(dir)))
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9')
			return (pid_t)strtol(e->d_name, NULL, 10);
	return 0;
}

size_t tree_members(pid_t group, pid_t *ret, size_t max, size_t *ret_others)
{
	DIR *dir = opendir("/proc");
	struct tree_node node;
	size_t n = 0;
	pid_t pid;

	*ret_others = 0;
	while (dir && (pid = next_process(dir))) {
		if (tree_look(pid, &node) < 0 || (group && node.group != group))
			continue;
		if (n < max && tree_has(pid))
			ret[n++] = pid;
		else
			++*ret_others;
	}
	if (dir)
		closedir(dir);
	return n;
}

static bool same_pid_namespace(pid_t a, pid_t b)
{
	struct stat st[2];
	char path[40];

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", a);
	if (stat(path, &st[0]) < 0)
		return false;
	snprintf(path, sizeof(path), "/proc/%d/ns/pid", b);
	return stat(path, &st[1]) == 0 && st[0].st_ino == st[1].st_ino &&
	       st[0].st_dev == st[1].st_dev;
}

/* The number by which a process knows itself: the last one (proc(5)). */
static pid_t innermost(pid_t pid)
{
	char text[4096], *at;

	if (!read_file(pid, "status", text, sizeof(text)))
		return 0;
	at = strstr(text, "\nNSpid:");
	if (!at)
		return 0;
	at++;
	at[strcspn(at, "\n")] = '\0';
	at = strrchr(at, '\t');
	return at ? (pid_t)strtol(at, NULL, 10) : 0;
}

pid_t tree_translate(pid_t tid, pid_t pid)
{
	DIR *dir = opendir("/proc");
	pid_t at, found = 0;

	while (dir && !found && (at = next_process(dir)))
		if (innermost(at) == pid && same_pid_namespace(at, tid) &&
		    tree_has(at))
			found = at;
	if (dir)
		closedir(dir);
	return found;
}
