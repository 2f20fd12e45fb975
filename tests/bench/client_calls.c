/* SPDX-License-Identifier: MIT */
/* A system call that no filter looks at. */
#include "client.h"

#include <sys/syscall.h>
#include <unistd.h>

#include "timing.h"

static void one(void *arg)
{
	(void)arg;
	syscall(SYS_getppid);
}

double client_getppid(void)
{
	return timing_each_ns(one, NULL);
}
