/* SPDX-License-Identifier: MIT */
/* What this kernel and sandbox give, and what that means. */
#include <string.h>

#include "cli/command.h"
#include "cli/escape.h"
#include "cli/options.h"
#include "cli/output.h"
#include "doctor/ability.h"

static void print(const struct ability *a)
{
	static const char *const words[] = {
		[ABILITY_OK] = "ok",
		[ABILITY_WEAK] = "weak",
		[ABILITY_MISSING] = "MISSING",
		[ABILITY_NOTE] = "note",
	};

	printf("%-8s %-21s %s\n", words[a->state], a->name, a->found);
	if (*a->means)
		printf("%-8s %-21s - %s\n", "", "", a->means);
}

static int tell_abilities(void)
{
	struct ability list[ABILITIES_MAX];
	size_t n = ability_try_all(list);
	bool suffices = ability_suffices(list, n);
	int code;

	for (size_t i = 0; i < n; i++)
		print(&list[i]);
	puts(suffices ? "\nPolicies can be enforced here."
		      : "\nNothing can be enforced here: see MISSING above.");
	code = output_flush();
	return code ? code : !suffices;
}

static int run(int argc, char **argv)
{
	bool wants_escape = false;
	struct options o;
	const char *value;
	int opt;

	options_start(&o, WORD_DOCTOR, argc, argv);
	while ((opt = options_next(&o, &value)) >= 0)
		wants_escape |= opt == OPT_ESCAPE;
	if (opt == OPTIONS_STOP)
		return o.exit_code;
	/* The command of the session that doctor --escape starts. */
	if (wants_escape && o.n_rest && !strcmp(o.rest[0], "inside"))
		return escape_inside(o.rest + 1, o.n_rest - 1);
	if (o.n_rest) {
		output_error("doctor takes no arguments");
		return EXIT_USAGE;
	}
	return wants_escape ? escape_run() : tell_abilities();
}

const struct command cmd_doctor = {
	.name = "doctor",
	.args = "",
	.summary = "tell what this kernel and sandbox can enforce",
	.words = "",
	.run = run,
};
