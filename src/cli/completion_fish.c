/* SPDX-License-Identifier: MIT */
/* The script for fish: a line for each thing that may stand somewhere. */
#include <stdio.h>
#include <string.h>

#include "cli/completion.h"

/* What a table offers, as arguments of "complete"; is_only: no files. */
static void put_offer(const char *values)
{
	char words[COMPLETION_MAX];

	completion_words(values, words);
	fputs(completion_offers(values, "@file") ||
			      completion_offers(values, "@policy")
		      ? " -F"
		      : " -f",
	      stdout);
	if (!*words && !completion_offers(values, "@session"))
		return;
	fputs(" -a '", stdout);
	printf("%s", words);
	if (completion_offers(values, "@session"))
		fputs(" (__egress_filter_sessions)", stdout);
	putchar('\'');
}

static void put_options(int word)
{
	const struct option_row *r;

	for (int i = 0; (r = option_of((enum word)word, i)); i++) {
		if (word == WORD_RUN)
			fputs("complete -c egress-filter -n "
			      "'__fish_use_subcommand; or "
			      "__fish_seen_subcommand_from run'",
			      stdout);
		else
			printf("complete -c egress-filter -n "
			       "'__fish_seen_subcommand_from %s'",
			       command_of((enum word)word)->name);
		printf(" -l %s", r->name);
		if (r->letter)
			printf(" -s %c", r->letter);
		if (completion_needs_value(r)) {
			fputs(" -r", stdout);
			put_offer(option_values(r) ? option_values(r) : "");
		}
		fputs(" -d ", stdout);
		completion_quoted(r->sentence);
		putchar('\n');
	}
}

static void put_line(const char *condition, const char *values)
{
	printf("complete -c egress-filter -n '%s'", condition);
	put_offer(values);
	putchar('\n');
}

/* The words behind a subcommand. */
static void put_words(const struct command *c)
{
	char name[COMPLETION_MAX], values[COMPLETION_MAX];
	char condition[COMPLETION_MAX * 4], all[COMPLETION_MAX] = "";

	for (int i = 0; completion_pair(c, i, name, values); i++) {
		if (strlen(all) + strlen(name) + 2 > sizeof(all))
			break;
		strcat(all, i ? " " : "");
		strcat(all, name);
		snprintf(condition, sizeof(condition),
			 "__fish_seen_subcommand_from %s; and "
			 "__fish_seen_subcommand_from %s",
			 c->name, name);
		put_line(condition, values);
	}
	snprintf(condition, sizeof(condition),
		 *all ? "__fish_seen_subcommand_from %s; and not "
			"__fish_seen_subcommand_from %s"
		      : "__fish_seen_subcommand_from %s%s",
		 c->name, all);
	put_line(condition, *all ? all : c->words ? c->words : "@file");
}

void completion_fish(void)
{
	puts("# fish completion for egress-filter\n"
	     "function __egress_filter_sessions\n"
	     "\tegress-filter sessions 2>/dev/null | string match -r -g "
	     "'^([0-9a-f-]+)\\t'\n"
	     "end");
	for (int w = 0; w < N_WORDS; w++) {
		if (!completion_has(w))
			continue;
		printf("complete -c egress-filter -n __fish_use_subcommand "
		       "-a %s -d ",
		       command_of((enum word)w)->name);
		completion_quoted(command_of((enum word)w)->summary);
		putchar('\n');
		put_options(w);
		if (w != WORD_RUN)
			put_words(command_of((enum word)w));
	}
	puts("complete -c egress-filter -n __fish_use_subcommand "
	     "-a '(__fish_complete_command)'");
}
