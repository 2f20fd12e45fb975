/* SPDX-License-Identifier: MIT */
/*
 * Why the target is in a Landlock domain and the supervisor in none: who is
 * outside may read the memory and take the descriptors of who is inside, and
 * not the other way round; two that entered one after the other may not reach
 * up. A supervisor that entered a domain of its own after the fork could not
 * do its work any more.
 */
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "notify/walls.h"
#include "tap.h"

static struct walls walls;

static int enter(void)
{
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return walls_enter(&walls);
}

/* A process that waits, in a domain of its own if asked for. */
static pid_t start(bool inside)
{
	int ends[2];
	char byte;
	pid_t pid;

	if (pipe(ends) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		if (inside && enter() < 0)
			_exit(1);
		close(ends[0]);
		close(ends[1]);
		for (;;)
			pause();
	}
	close(ends[1]);
	if (read(ends[0], &byte, 1) != 0) /* until it is ready */
		return -1;
	close(ends[0]);
	return pid;
}

static int read_of(pid_t pid)
{
	char byte;
	struct iovec to = { &byte, 1 }, from = { &walls, 1 };

	return process_vm_readv(pid, &to, 1, &from, 1, 0) < 0 ? errno : 0;
}

static int take_of(pid_t pid)
{
	int pidfd = (int)syscall(434 /* pidfd_open */, pid, 0);
	int fd = (int)syscall(438 /* pidfd_getfd */, pidfd, 1, 0);

	return pidfd < 0 || fd < 0 ? errno : 0;
}

/* What a child of ours finds that goes into a domain first, if asked for. */
static int found(bool inside, pid_t of, int (*try)(pid_t pid))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(inside && enter() < 0 ? 255 : try(of));
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

int main(void)
{
	pid_t out, in;

	walls_look(&walls);
	if (!walls.has_domain) {
		skip("this kernel has no Landlock");
		return done();
	}
	out = start(false);
	in = start(true);
	ok(out > 0 && in > 0);
	if (found(false, out, read_of) != 0) {
		skip("nobody may be traced here"); /* Yama, or no ptrace */
	} else {
		ok(found(false, in, read_of) == 0);
		ok(found(false, in, take_of) == 0);
		ok(found(true, out, read_of) == EPERM);
		ok(found(true, out, take_of) == EPERM);
		ok(found(true, in, read_of) == EPERM);
	}
	kill(out, SIGKILL);
	kill(in, SIGKILL);
	return done();
}
