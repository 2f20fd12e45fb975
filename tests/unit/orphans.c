/* SPDX-License-Identifier: MIT */
/* Ending a tree that keeps forking. */
#include "supervisor/orphans.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

#define CHAINS	    8
#define GENERATIONS 1000000 /* a chain that is never caught ends in the end */
#define TURNS_MAX   60000   /* of a millisecond: to wait for something */

static struct {
	atomic_int generations;
	atomic_int at_end;
} * seen; /* shared by all */

/* Each process of it lives only to make the next one. */
static void run_chain(void)
{
	signal(SIGTERM, SIG_IGN);
	for (int i = 0; i < GENERATIONS; i++) {
		pid_t pid = fork();

		if (pid > 0)
			_exit(0);
		atomic_fetch_add(&seen->generations, pid == 0);
	}
	atomic_fetch_add(&seen->at_end, 1);
	_exit(0);
}

/* A tree that branches: its members wait for nobody. */
static void run_branches(int depth)
{
	for (int i = 0; depth > 0 && i < 3; i++)
		if (fork() == 0) {
			depth--;
			i = -1;
		}
	for (;;)
		pause();
}

/* As the supervisor does it: kill, reap, and again while any is left. */
static void end_all(void)
{
	pid_t pid = 0;

	for (int i = 0; i < TURNS_MAX && pid >= 0; i++) {
		orphans_signal(SIGKILL);
		while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
			;
		usleep(1000);
	}
}

static void test_chains(void)
{
	int first;

	for (int i = 0; i < CHAINS; i++)
		if (fork() == 0)
			run_chain();
	for (int i = 0;
	     i < TURNS_MAX && atomic_load(&seen->generations) < 100 * CHAINS; i++)
		usleep(1000);
	ok(atomic_load(&seen->generations) >= 100 * CHAINS);
	orphans_signal(SIGKILL);
	first = atomic_load(&seen->generations);
	end_all();
	/* One may have been on its way into the count. */
	ok(atomic_load(&seen->generations) <= first + CHAINS);
	ok(atomic_load(&seen->at_end) == 0);
}

static void test_branches(void)
{
	pid_t list[256];

	if (fork() == 0)
		run_branches(4);
	for (int i = 0; i < TURNS_MAX && orphans_list(list, 256) < 121; i++)
		usleep(1000);
	/* 1 + 3 + 9 + 27 + 81 */
	ok(orphans_list(list, 256) == 121);
	end_all();
	ok(orphans_list(list, 256) == 0);
}

static void test_stopped(void)
{
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			raise(SIGSTOP);
	waitpid(pid, NULL, WUNTRACED);
	end_all();
	ok(waitpid(pid, NULL, 0) < 0);
}

int main(void)
{
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	test_branches();
	test_stopped();
	test_chains();
	return done();
}
