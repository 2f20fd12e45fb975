/* SPDX-License-Identifier: MIT */
/* Losing control of the tree. */
#include "supervisor/loss.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

static _Atomic(const char *) lost_why;
static int lost_event = -1;

int loss_begin(struct ef_err *err)
{
	atomic_store(&lost_why, NULL);
	lost_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return lost_event < 0 ? err_set(err, errno, "out of descriptors") : 0;
}

void loss_end(void)
{
	close(lost_event);
	lost_event = -1;
}

const char *loss_reason(void)
{
	return atomic_load(&lost_why);
}

int loss_fd(void)
{
	return lost_event;
}

void loss_declare(const char *why)
{
	const char *none = NULL;

	atomic_compare_exchange_strong(&lost_why, &none, why);
	if (write(lost_event, &(uint64_t){ 1 }, sizeof(uint64_t)) < 0)
		return; /* it has been told already */
}

/*
 * The index of the record is shared memory: a target of the same user may cut
 * it short, and the next access is SIGBUS. The kernel then denies every call
 * of the tree; the main command is ended, too.
 */
static pid_t doomed;

static void on_sigbus(int signal)
{
	static const char line[] = "egress-filter: the record was cut short "
				   "while it was written: ended\n";

	(void)signal;
	if (doomed > 0)
		kill(doomed, SIGKILL);
	if (write(STDERR_FILENO, line, sizeof(line) - 1) < 0)
		_exit(125);
	_exit(125);
}

void loss_catch_sigbus(pid_t command)
{
	struct sigaction sa = { .sa_handler = on_sigbus };

	doomed = command;
	sigaction(SIGBUS, &sa, NULL);
}
