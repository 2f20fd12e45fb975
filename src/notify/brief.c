/* SPDX-License-Identifier: MIT */
/* System calls of limited length: a timer of the calling thread's own. */
#include "notify/brief.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static void do_nothing(int signal)
{
	(void)signal; /* its only purpose is to interrupt */
}

/* A signal that is blocked or ignored interrupts nothing. */
static void let_it_come(void)
{
	struct sigaction sa = { .sa_handler = do_nothing };
	sigset_t set;

	sigaction(BRIEF_SIGNAL, &sa, NULL);
	sigemptyset(&set);
	sigaddset(&set, BRIEF_SIGNAL);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

int brief_begin(struct brief *b)
{
	struct itimerspec every = { .it_value.tv_nsec = BRIEF_MS * 1000000,
				    .it_interval.tv_nsec = BRIEF_MS * 1000000 };
	struct sigevent ev = { .sigev_notify = SIGEV_THREAD_ID,
			       .sigev_signo = BRIEF_SIGNAL };

	let_it_come();
	ev.sigev_notify_thread_id = (pid_t)syscall(SYS_gettid);
	if (timer_create(CLOCK_MONOTONIC, &ev, &b->timer) < 0)
		return -errno;
	if (timer_settime(b->timer, 0, &every, NULL) == 0)
		return 0;
	brief_end(b);
	return -EINVAL;
}

void brief_end(struct brief *b)
{
	timer_delete(b->timer);
}
