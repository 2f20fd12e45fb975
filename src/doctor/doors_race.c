/* SPDX-License-Identifier: MIT */
/* Doors: letting two sides race, each on a processor of its own. */
#include "doctor/doors_race.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

#define AT_MOST_NS INT64_C(10000000000) /* for them to meet */

/* Stay on the n-th processor of those we may use, where there are several. */
static void stay_on(int n)
{
	cpu_set_t all, one;
	int cpu = 0;

	if (sched_getaffinity(0, sizeof(all), &all) < 0 || CPU_COUNT(&all) < 2)
		return;
	for (; cpu < CPU_SETSIZE && (!CPU_ISSET(cpu, &all) || n--); cpu++)
		;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

static void *turn_on(void *arg)
{
	struct race *r = arg;

	stay_on(1);
	while (!__atomic_load_n(&r->is_over, __ATOMIC_RELAXED))
		r->turn(r, __atomic_add_fetch(&r->turns, 1, __ATOMIC_RELAXED));
	return NULL;
}

/* As often as asked for, and until the two have met: a twentieth of the calls
 * saw something turned since the one before. */
static int call_on(struct race *r)
{
	const unsigned int least = r->g->tries;
	int64_t end = clock_mono_ns() + AT_MOST_NS;
	unsigned int met = 0, turns = 0;
	int error = 0;

	stay_on(0);
	while (!__atomic_load_n(&r->turns, __ATOMIC_RELAXED) &&
	       clock_mono_ns() < end)
		;
	for (unsigned int i = 0;
	     i < least || (met < least / 20 && clock_mono_ns() < end); i++) {
		unsigned int now = __atomic_load_n(&r->turns, __ATOMIC_RELAXED);

		met += now != turns;
		turns = now;
		if (r->call(r) < 0)
			error = -errno;
	}
	__atomic_store_n(&r->is_over, true, __ATOMIC_RELAXED);
	return error;
}

int race_run(struct race *r)
{
	pthread_t thread;
	int error;

	/* Of its own: the affinity of this thread is not to be its. */
	if (pthread_create(&thread, NULL, turn_on, r))
		return -EAGAIN;
	error = call_on(r);
	pthread_join(thread, NULL);
	return error;
}

int race_run_shared(struct race *r)
{
	pid_t pid = fork();
	int error;

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		turn_on(r);
		_exit(0);
	}
	error = call_on(r);
	waitpid(pid, NULL, 0);
	return error;
}

int race_run_child(struct race *r)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(-call_on(r));
	}
	r->caller = pid;
	turn_on(r);
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -ECHILD;
}

struct race *race_share(void)
{
	void *r = mmap(NULL, sizeof(struct race), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return r == MAP_FAILED ? NULL : r;
}
