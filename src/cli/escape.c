/* SPDX-License-Identifier: MIT */
/*
 * Trying the doors. This process owns the ground and watches it; one child
 * makes the attempts as they are, another one is a supervisor whose command is
 * this program again. The children report by a pipe.
 */
#include "cli/escape.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cli/output.h"
#include "doctor/doors.h"
#include "lib/egressfilter.h"

static struct report bare[DOORS_MAX], inside[DOORS_MAX];

static int set_all(struct ef_session *s, const char *record, struct ef_error *err)
{
	const struct {
		enum ef_setting what;
		const char *value;
	} list[] = {
		{ EF_RECORD, record },	{ EF_NAME, "doctor" },
		{ EF_DETAIL, "quiet" }, { EF_DENY_FD, "-1" },
		{ EF_WEAK, "1" },	{ EF_CONFINE, "1" },
	};
	int r = 0;

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]) && !r; i++)
		r = ef_session_set(s, list[i].what, list[i].value, err);
	return r;
}

/* In a child: be the supervisor of a session that tries the doors. */
static int supervise(const struct ground *g)
{
	static char args[GROUND_ARGS][GROUND_ARG_MAX];
	char self[1024], policy_text[160], record[GROUND_DIR_MAX + 16];
	static char words[3][GROUND_ARG_MAX] = { "doctor", "--escape", "inside" };
	char *argv[GROUND_ARGS + 5] = { self, words[0], words[1], words[2] };
	struct ef_session *s = ef_session_new();
	struct ef_policy *p = NULL;
	struct ef_error err = { 0 };
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n < 0)
		return EXIT_NOT_STARTED;
	self[n] = '\0';
	ground_to_args(g, args);
	for (size_t i = 0; i < GROUND_ARGS; i++)
		argv[4 + i] = args[i];
	ground_policy(g, policy_text, sizeof(policy_text));
	snprintf(record, sizeof(record), "%s/record.db", g->dir);
	if (ef_policy_parse(policy_text, strlen(policy_text), "", NULL, NULL,
			    &p, &err) < 0 ||
	    set_all(s, record, &err) < 0 || ef_session_run(s, p, argv, &err) < 0) {
		output_error("no session can be had here: %s", err.text);
		return EXIT_NOT_STARTED;
	}
	return ef_session_exit_code(s);
}

static int try_bare(const struct ground *g)
{
	doors_try(g, NULL, STDIN_FILENO, STDOUT_FILENO);
	return 0;
}

static void print(size_t i, bool has_session, int *counts)
{
	static const char *const words[] = { "closed", "OPEN", "n/a", "UNTRIED" };
	const struct door *d = doors_at(i);
	const char *why, *by = "";
	enum doors_state o =
		doors_judge(d, &bare[i], has_session ? &inside[i] : NULL, &why);

	counts[o]++;
	if (o == DOORS_OPEN)
		why = d->opens;
	else if (o == DOORS_CLOSED && has_session)
		by = doors_closed_by(d);
	if (o == DOORS_NOT_HERE && has_session && !bare[i].not_here)
		by = "not even without a session";
	printf("%-7s %-19s %-37s %s%s%s%s\n", words[o], d->name, d->tried,
	       o == DOORS_OPEN ? "it opens: " : "", why, *by ? "; " : "", by);
}

static int sum_up(const int *counts, bool has_session)
{
	int code;

	printf("\n%d closed, %d open, %d not applicable, %d untried\n",
	       counts[DOORS_CLOSED], counts[DOORS_OPEN], counts[DOORS_NOT_HERE],
	       counts[DOORS_UNKNOWN]);
	if (!has_session)
		puts("No session could be had: this is what the sandbox around "
		     "us does, not what we would do.");
	code = output_flush();
	return code ? code
		    : counts[DOORS_OPEN] || counts[DOORS_UNKNOWN] || !has_session;
}

int escape_run(void)
{
	int counts[N_DOORS_STATES] = { 0 };
	struct ef_err err = { 0 };
	struct ground_host h;
	bool has_session;

	if (ground_open(&h, &err) < 0) {
		ground_close(&h);
		output_error("%s", err.msg);
		return EXIT_NOT_STARTED;
	}
	doors_watch(&h, supervise, false, inside);
	has_session = inside[0].error != ENODATA;
	/* Only what is compared has to be waited for. */
	doors_watch(&h, try_bare, has_session, bare);
	ground_close(&h);
	for (size_t i = 0; i < doors_count(); i++)
		print(i, has_session, counts);
	return sum_up(counts, has_session);
}

int escape_inside(char *const *args, int n)
{
	struct ground g;

	if (!ground_from_args(args, n, &g))
		return EXIT_USAGE;
	doors_try(&g, NULL, STDIN_FILENO, STDOUT_FILENO);
	return 0;
}
