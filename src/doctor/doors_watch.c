/* SPDX-License-Identifier: MIT */
/* Watching the ground while somebody tries the doors, and what follows. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "doctor/doors.h"

/* A door that nobody reports on was not tried: it may be open. */
static void forget(struct report *list)
{
	for (size_t i = 0; i < DOORS_MAX; i++) {
		list[i] = (struct report){ .door = (int)i, .error = ENODATA };
		snprintf(list[i].why, sizeof(list[i].why), "was not tried");
	}
}

int doors_watch(struct ground_host *h, int (*work)(const struct ground *g),
		bool is_patient, struct report *ret)
{
	int up[2], down[2], status = 0;
	pid_t pid;

	forget(ret);
	fflush(NULL);
	if (pipe2(up, O_CLOEXEC) < 0 || pipe2(down, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0) {
		close(down[1]);
		if (dup2(down[0], STDIN_FILENO) < 0 ||
		    dup2(up[1], STDOUT_FILENO) < 0)
			_exit(125);
		_exit(work(&h->ground));
	}
	close(down[0]);
	close(up[1]);
	if (pid > 0)
		ground_collect(h, up[0], down[1], is_patient, ret);
	close(up[0]);
	close(down[1]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -ECHILD;
}

static bool was_open(const struct door *d, const struct report *r)
{
	return r->arrived ||
	       (d->proof == PROOF_CALL && !r->error && !r->not_here);
}

static const char *tell(const struct report *r)
{
	return *r->why ? r->why : r->error ? strerror(r->error) : "not reached";
}

enum doors_state doors_judge(const struct door *d, const struct report *bare,
			     const struct report *inside, const char **ret_why)
{
	const struct report *r = inside ? inside : bare;

	*ret_why = tell(r);
	if (!inside && d->needs_outsider) {
		*ret_why = "nobody here is outside of it";
		return DOORS_NOT_HERE;
	}
	if (was_open(d, r))
		return DOORS_OPEN;
	if (r->error == ENODATA)
		return DOORS_UNKNOWN;
	if (!inside)
		return r->not_here ? DOORS_NOT_HERE : DOORS_CLOSED;
	if (was_open(d, bare))
		return DOORS_CLOSED;
	*ret_why = tell(bare);
	return DOORS_NOT_HERE;
}
