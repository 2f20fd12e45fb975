/* SPDX-License-Identifier: MIT */
/*
 * Which words of the command line are whose. Options come first, up to the
 * first other word W or "--". After "--", with a slash in W, or with an option
 * before it, W is a program. Otherwise W is a subcommand when it is one of the
 * reserved words, and a program when it is not.
 */
#include "cli/command.h"
#include "cli/help.h"
#include "cli/options.h"
#include "cli/output.h"
#include "lib/lookup.h"

static int run_word(enum word word, int argc, char **argv)
{
	const struct command *c = command_of(word);

	if (!c->run) {
		output_error("%s is not built yet in this version; to run a "
			     "program of that name: egress-filter -- %s",
			     c->name, c->name);
		return EXIT_USAGE;
	}
	return c->run(argc, argv);
}

static int run_bare(const struct options *o, int argc, char **argv)
{
	if (!o->n_rest && o->saw_option) {
		output_error("no command to run; see egress-filter --help");
		return EXIT_USAGE;
	}
	if (!o->n_rest) {
		help_usage(stderr);
		return EXIT_USAGE;
	}
	return run_word(WORD_RUN, argc, argv);
}

int main(int argc, char **argv)
{
	struct options o;
	const char *value;
	int opt, word;

	options_start(&o, WORD_RUN, argc, argv);
	o.is_bare = true;
	do
		opt = options_next(&o, &value);
	while (opt >= 0);
	if (opt == OPTIONS_STOP)
		return o.exit_code ? o.exit_code : output_flush();

	word = o.n_rest ? command_find(o.rest[0]) : -1;
	if (word < 0 || o.saw_dashes || o.saw_option)
		return run_bare(&o, argc, argv);
	if (lookup_program(o.rest[0]) == 0)
		output_error(
			"%s is a subcommand; for the program of that name: "
			"egress-filter -- %s",
			o.rest[0], o.rest[0]);
	return run_word((enum word)word, o.n_rest, o.rest);
}
