/* SPDX-License-Identifier: MIT */
/*
 * old_flags POLICY RECORD COMMAND [ARG...]: a session as on a kernel older
 * than 5.19, where signals break into calls that a supervisor has in hand.
 * Exits with the code of the command.
 */
#include <stdio.h>

#include "base/state.h"
#include "policy/load.h"
#include "supervisor/supervisor.h"

static int fail(const struct ef_err *err)
{
	fprintf(stderr, "old_flags: %s\n", err->msg);
	return 125;
}

int main(int argc, char **argv)
{
	static struct problems problems;
	struct run_options o = { .name = "",
				 .tags = "",
				 .deny_fd = -1,
				 .confine = true,
				 .quiet = true,
				 .old_flags = true };
	struct run_result result = { .exit_code = 125 };
	struct policy *policy = NULL;
	struct ef_err err = { 0 };
	char state[1024];

	if (argc < 4)
		return 99;
	if (policy_load_file(argv[1], &problems, &policy, &err) < 0 ||
	    state_path(state, sizeof(state), &err) < 0)
		return fail(&err);
	o.policy = policy;
	o.state_dir = state;
	o.db_path = argv[2];
	o.argv = argv + 3;
	if (supervisor_run(&o, &result, &err) < 0)
		return fail(&err);
	policy_unref(policy);
	return result.exit_code;
}
