/* SPDX-License-Identifier: MIT */
/*
 * Usage: tracer COMMAND [ARGUMENT...]
 * A supervisor by ptrace(2) as it was done before seccomp notification: two
 * stops for each system call of each task, and a look at which one it is.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#define OPTIONS                                                                \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |    \
	 PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)

static int fail(const char *what)
{
	fprintf(stderr, "tracer: %s: %s\n", what, strerror(errno));
	return 125;
}

static long look_at(pid_t task)
{
	char info[128]; /* struct ptrace_syscall_info, by whatever name */

	return ptrace(PTRACE_GET_SYSCALL_INFO, task, (void *)sizeof(info), info);
}

/* Let a stopped task go to its next stop. */
static void go_on(pid_t task, int status)
{
	int sig = WSTOPSIG(status);

	if (sig == (SIGTRAP | 0x80)) {
		look_at(task);
		sig = 0;
	} else if (status >> 16 || sig == SIGTRAP || sig == SIGSTOP) {
		sig = 0; /* an event, or the first stop of a new task */
	}
	ptrace(PTRACE_SYSCALL, task, NULL, (void *)(long)sig);
}

static int supervise(pid_t child)
{
	int status;

	for (;;) {
		pid_t task = waitpid(-1, &status, __WALL);

		if (task < 0 && errno != EINTR)
			return 125;
		if (task == child && WIFEXITED(status))
			return WEXITSTATUS(status);
		if (task == child && WIFSIGNALED(status))
			return 128 + WTERMSIG(status);
		if (task > 0 && WIFSTOPPED(status))
			go_on(task, status);
	}
}

int main(int argc, char **argv)
{
	int status;
	pid_t child;

	if (argc < 2)
		return fail("usage: tracer COMMAND [ARGUMENT...]");
	child = fork();
	if (!child) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		execvp(argv[1], argv + 1);
		_exit(fail(argv[1]));
	}
	if (waitpid(child, &status, 0) != child ||
	    ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)OPTIONS) < 0)
		return fail("ptrace");
	ptrace(PTRACE_SYSCALL, child, NULL, NULL);
	return supervise(child);
}
