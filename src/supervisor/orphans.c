/* SPDX-License-Identifier: MIT */
/*
 * Descendants, found by walking /proc.
 *
 * Theory of Operation: a process that forks and exits is gone before a list of
 * all is complete, and what it left is not on the list. So each is stopped the
 * moment it is found, and the walk is repeated until it finds none that runs:
 * what is stopped makes no new ones and, unlike what is killed, gives back no
 * room for others to be made in. Numbers rise, so a walk meets parents before
 * their children, and the newest last. Whoever is known not to be one of ours
 * is not looked at again, which makes all walks but the first short.
 */
#include "supervisor/orphans.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

#define PIDS	   (4u << 20) /* PID_MAX_LIMIT, linux/threads.h */
#define WALKS_MAX  256	      /* a fork bomb may be faster than we are */
#define NO_PROCESS (-1)

/* What is known of each number; untouched memory costs nothing. */
enum kinship { UNKNOWN, OURS, OTHERS };

struct walk {
	uint8_t *kin; /* PIDS of enum kinship */
	pid_t *found; /* of ours, in the order they were met */
	size_t n, max;
};

/* Parent of a process, 0 for none, or NO_PROCESS. */
static pid_t parent_of(const char *pid, bool *ret_is_dead)
{
	char path[300], text[512], *at;
	auto_close int fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NO_PROCESS;
	n = read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return NO_PROCESS;
	text[n] = '\0';
	at = strrchr(text, ')');
	if (!at || strlen(at) < 4)
		return NO_PROCESS;
	*ret_is_dead = at[2] == 'Z' || at[2] == 'X';
	return (pid_t)strtol(at + 4, NULL, 10);
}

static bool is_pid(long pid)
{
	return pid > 0 && pid < (long)PIDS;
}

enum met { NONE, DEAD, ALIVE };

/* Is it one of ours that was not known? The dead ones have been running a
 * moment ago, and may have left others. */
static enum met meet(struct walk *w, const char *name, pid_t self)
{
	long pid = strtol(name, NULL, 10);
	bool is_dead = false;
	pid_t parent;

	if (!is_pid(pid) || pid == self || w->kin[pid] != UNKNOWN)
		return NONE;
	parent = parent_of(name, &is_dead);
	if (parent == 0 || (is_pid(parent) && w->kin[parent] == OTHERS))
		w->kin[pid] = OTHERS;
	if (parent != self && !(is_pid(parent) && w->kin[parent] == OURS))
		return NONE;
	w->kin[pid] = OURS;
	if (is_dead || w->n == w->max)
		return DEAD;
	w->found[w->n++] = (pid_t)pid;
	return ALIVE;
}

/* Once over all processes, with a signal for each of ours that is new. False
 * when none is. */
static bool go_over_all(struct walk *w, int signal)
{
	DIR *dir = opendir("/proc");
	pid_t self = getpid();
	struct dirent *e;
	bool any = false;

	while (dir && (e = readdir(dir))) {
		enum met met = NONE;

		if (e->d_name[0] >= '1' && e->d_name[0] <= '9')
			met = meet(w, e->d_name, self);
		if (met == ALIVE && signal)
			kill(w->found[w->n - 1], signal);
		any |= met != NONE;
	}
	if (dir)
		closedir(dir);
	return any;
}

/* All that are there, with a signal for each; again until none is new. */
static size_t find_all(pid_t *ret, size_t max, int signal)
{
	auto_free uint8_t *kin = calloc(PIDS, 1);
	struct walk w = { .kin = kin, .found = ret, .max = max };

	if (!kin)
		return 0;
	for (int i = 0; i < WALKS_MAX && go_over_all(&w, signal); i++)
		;
	return w.n;
}

size_t orphans_list(pid_t *ret, size_t max)
{
	return find_all(ret, max, 0);
}

void orphans_signal(int signal)
{
	static pid_t list[ORPHANS_MAX];
	size_t n = find_all(list, ORPHANS_MAX, signal == SIGKILL ? SIGSTOP : 0);

	for (size_t i = 0; i < n; i++)
		kill(list[i], signal);
}
