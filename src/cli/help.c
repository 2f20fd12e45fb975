/* SPDX-License-Identifier: MIT */
/* Help texts, printed from the tables of words and options. */
#include "cli/help.h"

#include "cli/command.h"
#include "cli/option_table.h"
#include "cli/options.h"
#include "cli/output.h"

void help_version(FILE *f)
{
	fprintf(f, "egress-filter %s\n", PACKAGE_VERSION);
}

/* An example is shown once the word it uses is built. */
static const struct {
	enum word word;
	const char *line, *what;
} examples[] = {
	{ WORD_RUN, "egress-filter -c policy.yaml npm ci", "enforce a policy" },
	{ WORD_TRUST, "egress-filter trust; egress-filter npm ci",
	  "accept ./egress-allowlist.yaml and enforce it" },
	{ WORD_RUN, "egress-filter --mode audit make",
	  "let everything pass, record it" },
	{ WORD_WHY, "egress-filter why registry.example.com:443",
	  "explain a decision" },
	{ WORD_LOG, "egress-filter log verdict:deny", "what was denied" },
};

static bool is_built(enum word word)
{
	return command_of(word)->run != NULL;
}

void help_usage(FILE *f)
{
	fputs("egress-filter - run a command with outbound connections limited "
	      "to an allow list\n\n"
	      "usage: egress-filter [OPTION...] [--] COMMAND [ARG...]\n"
	      "       egress-filter SUBCOMMAND [OPTION...]\n"
	      "       egress-filter help [SUBCOMMAND]\n",
	      f);
	fputs("\nexamples\n", f);
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
		if (is_built(examples[i].word))
			fprintf(f, "  %-43s %s\n", examples[i].line,
				examples[i].what);
}

static void print_words(FILE *f)
{
	fputs("\nsubcommands\n", f);
	for (int w = 0; w < N_WORDS; w++)
		if (is_built((enum word)w))
			fprintf(f, "  %-12s %s\n", command_of((enum word)w)->name,
				command_of((enum word)w)->summary);
}

static void print_program(bool is_full, FILE *f)
{
	help_usage(f);
	print_words(f);
	if (!is_full) {
		fputs("\nall options: egress-filter --help\n", f);
		return;
	}
	fputs("\noptions before COMMAND (also of run)\n", f);
	option_print(WORD_RUN, f);
	fputs("\nWithout -c: ./egress-allowlist.yaml if its content was "
	      "accepted "
	      "(egress-filter trust),\nelse nothing may go out. -- ends the "
	      "options, so that COMMAND may have the name of\na subcommand. "
	      "Exit code: that of COMMAND; 128+N for signal N; 125 not "
	      "started;\n"
	      "126 not executable; 127 not found. Manual: man egress-filter\n",
	      f);
}

void help_print(int word, bool is_full, FILE *f)
{
	const struct command *c;

	if (word < 0) {
		print_program(is_full, f);
		return;
	}
	c = command_of((enum word)word);
	fprintf(f, "egress-filter %s - %s\n\nusage: egress-filter %s%s%s\n\n",
		c->name, c->summary, c->name, *c->args ? " " : "", c->args);
	if (!c->run)
		fputs("not built yet in this version\n\n", f);
	fputs("options\n", f);
	option_print((enum word)word, f);
}

static int run_version(int argc, char **argv)
{
	struct options o;
	const char *value;

	options_start(&o, WORD_VERSION, argc, argv);
	if (options_next(&o, &value) == OPTIONS_STOP)
		return o.exit_code;
	help_version(stdout);
	return output_flush();
}

static int run_help(int argc, char **argv)
{
	struct options o;
	const char *value;
	int word = -1;

	options_start(&o, WORD_HELP, argc, argv);
	if (options_next(&o, &value) == OPTIONS_STOP)
		return o.exit_code;
	if (o.n_rest) {
		const char *near = command_nearest(o.rest[0]);

		word = command_find(o.rest[0]);
		if (word < 0) {
			output_error("no subcommand %s%s%s%s", o.rest[0],
				     near ? "; did you mean " : "",
				     near ? near : "", near ? "?" : "");
			return EXIT_USAGE;
		}
	}
	help_print(word, true, stdout);
	return output_flush();
}

const struct command cmd_help = {
	.name = "help",
	.args = "[SUBCOMMAND]",
	.summary = "show the help of the program or of a subcommand",
	.words = "@word",
	.run = run_help,
};

const struct command cmd_version = {
	.name = "version",
	.args = "",
	.summary = "show the version",
	.words = "",
	.run = run_version,
};
