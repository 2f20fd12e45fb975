/* SPDX-License-Identifier: MIT */
/* Descendants, found by walking /proc. */
#include "supervisor/orphans.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

#define ROUNDS_MAX 16 /* a fork bomb is faster than we are */

struct relation {
	pid_t pid, parent;
};

/* Parent of a process that is no zombie; 0 when there is none. */
static pid_t parent_of(const char *pid)
{
	char path[300], text[512], *at;
	auto_close int fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	at = strrchr(text, ')');
	if (!at || strlen(at) < 4 || at[2] == 'Z' || at[2] == 'X')
		return 0;
	return (pid_t)strtol(at + 4, NULL, 10);
}

static size_t read_relations(struct relation *list, size_t max)
{
	DIR *dir = opendir("/proc");
	struct dirent *e;
	size_t n = 0;

	while (dir && n < max && (e = readdir(dir))) {
		if (e->d_name[0] < '1' || e->d_name[0] > '9')
			continue;
		list[n].pid = (pid_t)strtol(e->d_name, NULL, 10);
		list[n].parent = parent_of(e->d_name);
		if (list[n].parent)
			n++;
	}
	if (dir)
		closedir(dir);
	return n;
}

static bool contains(const pid_t *list, size_t n, pid_t pid)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == pid)
			return true;
	return false;
}

size_t orphans_list(pid_t *ret, size_t max)
{
	auto_free struct relation *all = calloc(65536, sizeof(*all));
	size_t n_all, n = 0, before;
	pid_t self = getpid();

	if (!all)
		return 0;
	n_all = read_relations(all, 65536);
	do {
		before = n;
		for (size_t i = 0; i < n_all && n < max; i++)
			if ((all[i].parent == self ||
			     contains(ret, n, all[i].parent)) &&
			    !contains(ret, n, all[i].pid))
				ret[n++] = all[i].pid;
	} while (n != before);
	return n;
}

void orphans_signal(int signal)
{
	static pid_t told[ORPHANS_MAX];
	size_t n_told = 0, added = 1;

	for (int round = 0; added && round < ROUNDS_MAX; round++) {
		static pid_t now[ORPHANS_MAX];
		size_t n = orphans_list(now, ORPHANS_MAX);

		added = 0;
		for (size_t i = 0; i < n; i++) {
			if (contains(told, n_told, now[i]))
				continue;
			kill(now[i], signal);
			if (n_told < ORPHANS_MAX)
				told[n_told++] = now[i];
			added++;
		}
		if (signal != SIGKILL)
			break;
	}
}
