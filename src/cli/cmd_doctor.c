/* SPDX-License-Identifier: MIT */
/* What this kernel and sandbox give, and what that means. */
#include "cli/command.h"
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

static int run(int argc, char **argv)
{
	struct ability list[ABILITIES_MAX];
	struct options o;
	const char *value;
	size_t n;
	bool suffices;
	int code;

	options_start(&o, WORD_DOCTOR, argc, argv);
	if (options_next(&o, &value) == OPTIONS_STOP)
		return o.exit_code;
	if (o.n_rest) {
		output_error("doctor takes no arguments");
		return EXIT_USAGE;
	}
	n = ability_try_all(list);
	suffices = ability_suffices(list, n);
	for (size_t i = 0; i < n; i++)
		print(&list[i]);
	puts(suffices ? "\nPolicies can be enforced here."
		      : "\nNothing can be enforced here: see MISSING above.");
	code = output_flush();
	return code ? code : !suffices;
}

const struct command cmd_doctor = {
	.name = "doctor",
	.args = "",
	.summary = "tell what this kernel and sandbox can enforce",
	.run = run,
};
