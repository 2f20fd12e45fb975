/* SPDX-License-Identifier: MIT */
/* The script for zsh: specifications for _arguments. */
#include <stdio.h>

#include "cli/completion.h"

/* What a table offers, as the action of a specification. */
static void action_of(const char *values, char *buf, size_t size)
{
	char words[COMPLETION_MAX];

	completion_words(values, words);
	if (completion_offers(values, "@session"))
		snprintf(buf, size, "_egress_filter_ids %s", words);
	else if (completion_offers(values, "@policy"))
		snprintf(buf, size, "_files -g \"*.y*ml(-.)\"");
	else if (completion_offers(values, "@file"))
		snprintf(buf, size,
			 *words ? "_alternative \"words:word:(%s)\" "
				  "\"files:file:_files\""
				: "_files%s",
			 words);
	else if (completion_offers(values, "@filter"))
		snprintf(buf, size, "compadd -S \"\" -- %s", words);
	else
		snprintf(buf, size, *words ? "(%s)" : " %s", words);
}

/* One option of a word as a specification of zsh's _arguments. */
static void put_option(const struct option_row *r)
{
	char spec[COMPLETION_MAX * 2], action[COMPLETION_MAX + 64];
	bool is_needed = completion_needs_value(r);

	action_of(option_values(r), action, sizeof(action));
	if (r->letter) {
		snprintf(spec, sizeof(spec), "-%c[%s]%s%s", r->letter,
			 r->sentence, is_needed ? ":value:" : "",
			 is_needed ? action : "");
		fputs(" \\\n\t\t", stdout);
		completion_quoted(spec);
	}
	snprintf(spec, sizeof(spec), "--%s%s[%s]%s%s", r->name,
		 !r->arg     ? ""
		 : is_needed ? "="
			     : "=-",
		 r->sentence,
		 !r->arg     ? ""
		 : is_needed ? ":value:"
			     : "::value:",
		 is_needed ? action : "");
	fputs(" \\\n\t\t", stdout);
	completion_quoted(spec);
}

/* The words behind a subcommand. */
static void put_words(const struct command *c)
{
	char spec[COMPLETION_MAX * 2], action[COMPLETION_MAX + 64];
	char name[COMPLETION_MAX], values[COMPLETION_MAX];

	if (!completion_pair(c, 0, name, values)) {
		action_of(c->words ? c->words : "@file", action, sizeof(action));
		snprintf(spec, sizeof(spec), "*:word:%s", action);
		fputs(" \\\n\t\t", stdout);
		completion_quoted(spec);
		return;
	}
	fputs(" \\\n\t\t'1:word:(", stdout);
	for (int i = 0; completion_pair(c, i, name, values); i++)
		printf("%s%s", i ? " " : "", name);
	printf(")' \\\n\t\t'*:word:_egress_filter_%s'", c->name);
}

/* What follows each word behind a subcommand, as a function. */
static void put_pairs(const struct command *c)
{
	char action[COMPLETION_MAX + 64];
	char name[COMPLETION_MAX], values[COMPLETION_MAX];

	if (!completion_pair(c, 0, name, values))
		return;
	printf("_egress_filter_%s() {\n\tcase $line[1] in\n", c->name);
	for (int i = 0; completion_pair(c, i, name, values); i++) {
		if (!*values)
			continue;
		action_of(values, action, sizeof(action));
		printf("\t%s) %s ;;\n", name, action);
	}
	puts("\tesac\n}");
}

static void put_functions(void)
{
	const struct option_row *r;

	puts("#compdef egress-filter\n"
	     "_egress_filter_ids() { # ids of sessions; other words besides\n"
	     "\tlocal -a ids\n"
	     "\tids=(${(M)${(f)\"$(_call_program sessions egress-filter "
	     "sessions "
	     "2>/dev/null | cut -f1)\"}:#[0-9a-f-]##})\n"
	     "\tcompadd -- $ids \"$@\"\n"
	     "}");
	for (int w = 0; w < N_WORDS; w++)
		if (completion_has(w))
			put_pairs(command_of((enum word)w));
	puts("_egress_filter_word() {\n"
	     "\tlocal -a line\n"
	     "\tcase $1 in");
	for (int w = 0; w < N_WORDS; w++) {
		if (!completion_has(w) || w == WORD_RUN)
			continue;
		printf("\t%s) _arguments", command_of((enum word)w)->name);
		for (int i = 0; (r = option_of((enum word)w, i)); i++)
			put_option(r);
		put_words(command_of((enum word)w));
		puts(" ;;");
	}
	puts("\t*) _normal ;;\n"
	     "\tesac\n"
	     "}");
}

void completion_zsh(void)
{
	const struct option_row *r;

	put_functions();
	puts("_egress_filter() {\n"
	     "\tsetopt localoptions extendedglob\n"
	     "\tlocal curcontext=$curcontext state\n"
	     "\tlocal -a line words_\n"
	     "\twords_=(");
	for (int w = 0; w < N_WORDS; w++) {
		char entry[128];

		if (!completion_has(w))
			continue;
		snprintf(entry, sizeof(entry), "%s:%s",
			 command_of((enum word)w)->name,
			 command_of((enum word)w)->summary);
		fputs("\t\t", stdout);
		completion_quoted(entry);
		putchar('\n');
	}
	fputs("\t)\n\t_arguments -C -S -A '-*'", stdout);
	for (int i = 0; (r = option_of(WORD_RUN, i)); i++)
		put_option(r);
	puts(" \\\n\t\t'1: :->first' '*:: :->rest'\n"
	     "\tcase $state in\n"
	     "\tfirst) _describe subcommand words_; _command_names -e ;;\n"
	     "\trest) _egress_filter_word $words[1] ;;\n"
	     "\tesac\n"
	     "}\n"
	     "_egress_filter \"$@\"");
}
