/* SPDX-License-Identifier: MIT */
/* Who a process is, read from /proc. */
#include "notify/proc.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "notify/kernel.h"

#define AUXV_MAX 1024 /* 20 pairs or so */

/* Read a small /proc file whole; returns its length, -errno when it is gone. */
static ssize_t read_file(pid_t pid, const char *name, char *buf, size_t size)
{
	char path[48];
	auto_close int fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, buf, size - 1);
	if (n < 0)
		return -errno;
	buf[n] = '\0';
	return n;
}

/*
 * Fields of proc(5) stat: the command name (field 2) may hold blanks and
 * parentheses, so counting starts behind the last one.
 */
static int read_stat(pid_t pid, pid_t *ret_parent, uint64_t *ret_start)
{
	char text[1024], *at;
	int field = 3;

	if (read_file(pid, "stat", text, sizeof(text)) < 0)
		return -ESRCH;
	at = strrchr(text, ')');
	if (!at)
		return -ESRCH;
	for (at += 2; *at && field < 22; field++) {
		if (field == 4)
			*ret_parent = (pid_t)strtol(at, NULL, 10);
		at = strchr(at, ' ');
		if (!at)
			return -ESRCH;
		at++;
	}
	*ret_start = strtoull(at, NULL, 10);
	return 0;
}

static pid_t read_tgid(pid_t tid)
{
	char text[512], *at;

	if (read_file(tid, "status", text, sizeof(text)) < 0)
		return -1;
	at = strstr(text, "\nTgid:");
	return at ? (pid_t)strtol(at + 6, NULL, 10) : -1;
}

static uint64_t read_bytes(pid_t tid, uint64_t at)
{
	uint64_t v = 0;

	return kernel_read_memory(tid, at, &v, sizeof(v)) == sizeof(v) ? v : 0;
}

/* What cannot be read stays zero: then the file alone has to do. */
static void read_image(pid_t tid, struct proc_image *ret)
{
	union {
		char text[AUXV_MAX];
		Elf64_auxv_t pairs[AUXV_MAX / sizeof(Elf64_auxv_t)];
	} u;
	ssize_t n = read_file(tid, "auxv", u.text, sizeof(u.text));

	for (size_t i = 0; n > 0 && i < (size_t)n / sizeof(u.pairs[0]); i++)
		if (u.pairs[i].a_type == AT_RANDOM)
			ret->at = u.pairs[i].a_un.a_val;
	if (ret->at)
		ret->bytes = read_bytes(tid, ret->at);
}

bool proc_has_image(pid_t tid, const struct proc_image *image)
{
	return !image->at || read_bytes(tid, image->at) == image->bytes;
}

int proc_key(pid_t tid, struct proc_key *ret, pid_t *ret_parent)
{
	char path[48];
	struct stat st;

	memset(ret, 0, sizeof(*ret));
	ret->pid = read_tgid(tid);
	if (ret->pid <= 0)
		return -ESRCH;
	if (read_stat(ret->pid, ret_parent, &ret->start_ticks) < 0)
		return -ESRCH;
	snprintf(path, sizeof(path), "/proc/%d/exe", tid);
	if (!stat(path, &st)) {
		ret->exe_dev = st.st_dev;
		ret->exe_ino = st.st_ino;
	}
	read_image(tid, &ret->image);
	return 0;
}

static void read_link(pid_t pid, const char *name, char *buf, size_t size)
{
	char path[48];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	n = readlink(path, buf, size - 1);
	buf[n < 0 ? 0 : n] = '\0';
}

void proc_read(const struct proc_key *key, pid_t parent, struct process *ret)
{
	char text[64], path[32];
	struct stat st;
	ssize_t n;

	memset(ret, 0, sizeof(*ret));
	ret->pid = key->pid;
	ret->ppid = parent;
	ret->start_ticks = key->start_ticks;
	ret->exe_dev = key->exe_dev;
	ret->exe_ino = key->exe_ino;
	snprintf(path, sizeof(path), "/proc/%d", key->pid);
	ret->uid = stat(path, &st) < 0 ? (uid_t)-1 : st.st_uid;
	read_link(key->pid, "exe", ret->exe, sizeof(ret->exe));
	read_link(key->pid, "cwd", ret->cwd, sizeof(ret->cwd));
	n = read_file(key->pid, "comm", text, sizeof(text));
	if (n > 0) {
		text[strcspn(text, "\n")] = '\0';
		snprintf(ret->comm, sizeof(ret->comm), "%.15s", text);
	}
	n = read_file(key->pid, "cmdline", ret->argv, sizeof(ret->argv));
	ret->argv_len = n > 0 ? (size_t)n : 0;
	ret->argv_cut = ret->argv_len == sizeof(ret->argv) - 1;
}
