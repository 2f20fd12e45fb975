/* SPDX-License-Identifier: MIT */
/*
 * with_walls ABI YAMA WEAK POLICY RECORD COMMAND [ARG...]: a session as on a
 * kernel with that version of Landlock (0: none) and that ptrace_scope (-1: no
 * Yama); WEAK is 0 or 1, or 2: and on one older than 5.19. Exits with the code of the command.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/state.h"
#include "notify/walls.h"
#include "policy/load.h"
#include "supervisor/supervisor.h"

static int landlock, yama;

/* In place of those of walls_kernel.c. */
int walls_kernel_landlock(void)
{
	return landlock ? landlock : -EOPNOTSUPP;
}

int walls_kernel_yama(void)
{
	return yama;
}

static int fail(const struct ef_err *err)
{
	fprintf(stderr, "with_walls: %s\n", err->msg);
	return 125;
}

int main(int argc, char **argv)
{
	static struct problems problems;
	struct run_options o = {
		.name = "", .tags = "", .deny_fd = -1, .confine = true, .quiet = true
	};
	struct run_result result = { .exit_code = 125 };
	struct policy *policy = NULL;
	struct ef_err err = { 0 };
	char state[1024];

	if (argc < 7)
		return 99;
	landlock = atoi(argv[1]);
	yama = atoi(argv[2]);
	o.weak = atoi(argv[3]) != 0;
	o.old_flags = atoi(argv[3]) == 2;
	if (policy_load_file(argv[4], &problems, &policy, &err) < 0 ||
	    state_path(state, sizeof(state), &err) < 0)
		return fail(&err);
	o.policy = policy;
	o.state_dir = state;
	o.db_path = argv[5];
	o.argv = argv + 6;
	if (supervisor_run(&o, &result, &err) < 0)
		return fail(&err);
	policy_unref(policy);
	return result.exit_code;
}
