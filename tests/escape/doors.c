/* SPDX-License-Identifier: MIT */
/*
 * doors ABI YAMA TRIES RECORD [NAME]: all doors, or one, as on a kernel with
 * that version of Landlock (0: none) and that ptrace_scope (-1: no Yama). Races
 * are tried TRIES times. A line a door: "closed", "open", "n/a" or "untried",
 * its name, and why. What "inside" does is the command of the session.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/state.h"
#include "doctor/doors.h"
#include "notify/walls.h"
#include "policy/load.h"
#include "supervisor/supervisor.h"

static int landlock, yama;
static char *record, *only;

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
	fprintf(stderr, "doors: %s\n", err->msg);
	return 125;
}

static int try_bare(const struct ground *g)
{
	doors_try(g, only, STDIN_FILENO, STDOUT_FILENO);
	return 0;
}

static int supervise(const struct ground *g)
{
	static char self[1024], inside[] = "inside", words[6][GROUND_ARG_MAX];
	static struct problems problems;
	char *argv[GROUND_ARGS + 4] = { self, inside };
	struct run_options o = { .name = "",
				 .tags = "",
				 .deny_fd = -1,
				 .confine = true,
				 .quiet = true,
				 .weak = true,
				 .db_path = record,
				 .argv = argv };
	struct run_result result = { .exit_code = 125 };
	char text[160], state[1024];
	struct policy *policy = NULL;
	struct ef_err err = { 0 };

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return 125;
	ground_to_args(g, words);
	for (int i = 0; i < GROUND_ARGS; i++)
		argv[2 + i] = words[i];
	argv[2 + GROUND_ARGS] = only;
	ground_policy(g, text, sizeof(text));
	if (policy_load(text, strlen(text), "", &problems, &policy) < 0 ||
	    state_path(state, sizeof(state), &err) < 0)
		return fail(&err);
	o.policy = policy;
	o.state_dir = state;
	if (supervisor_run(&o, &result, &err) < 0)
		return fail(&err);
	return result.exit_code;
}

static int inside(int argc, char **argv)
{
	struct ground g;

	if (argc < 2 + GROUND_ARGS ||
	    !ground_from_args(argv + 2, GROUND_ARGS, &g))
		return 2;
	only = argv[2 + GROUND_ARGS];
	return try_bare(&g);
}

static int tell(const struct report *bare, const struct report *in)
{
	static const char *const words[] = { "closed", "open", "n/a", "untried" };
	int failed = 0;

	for (size_t i = 0; i < doors_count(); i++) {
		const struct door *d = doors_at(i);
		const char *why;
		enum doors_state s = doors_judge(d, &bare[i], &in[i], &why);

		if (only && strcmp(only, d->name) != 0)
			continue;
		printf("%s %s %s\n", words[s], d->name, why);
		failed |= s == DOORS_OPEN || s == DOORS_UNKNOWN;
	}
	return failed;
}

int main(int argc, char **argv)
{
	static struct report bare[DOORS_MAX], in[DOORS_MAX];
	struct ef_err err = { 0 };
	struct ground_host h;
	int r;

	if (argc > 1 && !strcmp(argv[1], "inside"))
		return inside(argc, argv);
	if (argc < 5)
		return 99;
	landlock = atoi(argv[1]);
	yama = atoi(argv[2]);
	record = argv[4];
	only = argv[5];
	r = ground_open(&h, &err);
	h.ground.tries = (unsigned int)atoi(argv[3]);
	if (!r) {
		doors_watch(&h, try_bare, true, bare);
		doors_watch(&h, supervise, false, in);
	}
	ground_close(&h);
	return r ? fail(&err) : tell(bare, in);
}
