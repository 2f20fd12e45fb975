/* SPDX-License-Identifier: MIT */
/* The real kernel, asked on behalf of a caller that has gone. */
#include "notify/kernel.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

/* Its number is somebody else's by now, who gets no signal. */
static void test_signal(void)
{
	pid_t other = fork();
	int status = 0;

	if (!other)
		for (;;)
			pause();
	ok(other > 0);
	ok(kernel_signal_caller(-1, 1, other, SIGTERM) == -ESRCH);
	kill(other, SIGKILL);
	ok(waitpid(other, &status, 0) == other);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

int main(void)
{
	test_signal();
	return done();
}
