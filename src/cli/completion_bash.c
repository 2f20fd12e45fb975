/* SPDX-License-Identifier: MIT */
/*
 * The script for bash. What is offered is a list of words and kinds, as in the
 * tables; one function turns it into COMPREPLY. Candidates are never given to
 * "compgen -W" unless they are ours or hexadecimal digits: it expands them.
 */
#include <stdio.h>

#include "cli/completion.h"

/* Options of a word as "--a --b -c", with_value: only those that need one. */
static void put_options(int word, bool with_value)
{
	const struct option_row *r;
	const char *gap = "";

	for (int i = 0; (r = option_of((enum word)word, i)); i++) {
		if (with_value && !completion_needs_value(r))
			continue;
		printf("%s--%s", gap, r->name);
		if (r->letter)
			printf(" -%c", r->letter);
		gap = " ";
	}
}

/* What a table offers, the lists among the kinds spelt out. */
static void put_offer(const char *values)
{
	static const char *const kinds[] = { "@file", "@policy", "@session" };
	char words[COMPLETION_MAX];

	if (!values)
		values = "@file";
	printf("'%s", completion_words(values, words));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (completion_offers(values, kinds[i]))
			printf(" %s", kinds[i]);
	puts("' ;;");
}

static void put_word_options(void)
{
	puts("# bash completion for egress-filter\n"
	     "_egress_filter_options() {\n"
	     "\tcase $1 in");
	for (int w = 0; w < N_WORDS; w++) {
		if (!completion_has(w))
			continue;
		printf("\t%s) echo '", command_of((enum word)w)->name);
		put_options(w, false);
		puts("' ;;");
	}
	puts("\tesac\n"
	     "}");
}

/* What the value of an option is; nothing for one that takes none. */
static void put_option_values(void)
{
	puts("_egress_filter_values() {\n"
	     "\tcase $1 in");
	for (int opt = 0; opt < N_OPTS; opt++) {
		const struct option_row *r = option_row(opt);
		const char *values = option_values(r);

		if (!completion_needs_value(r))
			continue;
		printf("\t--%s", r->name);
		if (r->letter)
			printf(" | -%c", r->letter);
		fputs(") echo ", stdout);
		put_offer(values ? values : "");
	}
	puts("\tesac\n"
	     "}");
}

/* What stands behind a subcommand, and behind a word of it. */
static void put_words(void)
{
	puts("_egress_filter_words() {\n"
	     "\tcase \"$1 $2\" in");
	for (int w = 0; w < N_WORDS; w++) {
		const struct command *c = command_of((enum word)w);
		char name[COMPLETION_MAX], values[COMPLETION_MAX];
		bool has_pairs = completion_pair(c, 0, name, values);

		if (!completion_has(w) || w == WORD_RUN)
			continue;
		if (!has_pairs) {
			printf("\t'%s '*) echo ", c->name);
			put_offer(c->words);
			continue;
		}
		for (int i = 0; completion_pair(c, i, name, values); i++) {
			printf("\t'%s %s') echo ", c->name, name);
			put_offer(values);
		}
		printf("\t'%s ') echo '", c->name);
		for (int i = 0; completion_pair(c, i, name, values); i++)
			printf("%s%s", i ? " " : "", name);
		puts("' ;;");
	}
	puts("\tesac\n"
	     "}");
}

static void put_names(void)
{
	char words[COMPLETION_MAX];

	printf("%s", completion_words("@word", words));
}

void completion_bash(void)
{
	put_word_options();
	put_option_values();
	put_words();
	fputs("_egress_filter_offer() { # words and kinds, for $cur\n"
	      "\tlocal kind list=\n"
	      "\tfor kind in $1; do\n"
	      "\t\tcase $kind in\n"
	      "\t\t@file) mapfile -t -O \"${#COMPREPLY[@]}\" COMPREPLY < "
	      "<(compgen -f -- \"$cur\") ;;\n"
	      "\t\t@policy) mapfile -t -O \"${#COMPREPLY[@]}\" COMPREPLY < "
	      "<(compgen -d -- \"$cur\"; compgen -f -X '!*.y*ml' -- \"$cur\") "
	      ";;\n"
	      "\t\t@session) list+=\" $(\"${COMP_WORDS[0]}\" sessions "
	      "2>/dev/null | sed -n "
	      "'s/^\\([0-9a-f-]*\\)[[:space:]].*/\\1/p')\" ;;\n"
	      "\t\t*) list+=\" $kind\" ;;\n"
	      "\t\tesac\n"
	      "\tdone\n"
	      "\t[[ $list ]] && mapfile -t -O \"${#COMPREPLY[@]}\" COMPREPLY < "
	      "<(compgen -W \"$list\" -- \"$cur\")\n"
	      "\t[[ ${COMPREPLY[0]} == *: ]] && compopt -o nospace "
	      "2>/dev/null\n"
	      "}\n"
	      "_egress_filter() {\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} words='",
	      stdout);
	put_names();
	fputs("' valued=' ", stdout);
	put_options(WORD_RUN, true);
	puts(" '\n"
	     "\tlocal i n word= opts= prev=${COMP_WORDS[COMP_CWORD - 1]} "
	     "first=\n"
	     "\tCOMPREPLY=()\n"
	     "\t# --option=value is three words here\n"
	     "\tif [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD - 2]}; "
	     "fi\n"
	     "\tif [[ $cur == = ]]; then cur=; fi\n"
	     "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	     "\t\tcase ${COMP_WORDS[i]} in\n"
	     "\t\t--) opts=1; ((i++)); word=${COMP_WORDS[i]}; break ;;\n"
	     "\t\t-*) opts=1\n"
	     "\t\t\tif [[ ${COMP_WORDS[i + 1]} == = ]]; then ((i += 2)); elif "
	     "[[ $valued == *\" ${COMP_WORDS[i]} \"* ]]; then ((i++)); fi ;;\n"
	     "\t\trun) [[ $opts ]] && { word=run; break; }; opts=1 ;;\n"
	     "\t\t*) word=${COMP_WORDS[i]}; break ;;\n"
	     "\t\tesac\n"
	     "\tdone\n"
	     "\tif ((i >= COMP_CWORD)); then\n"
	     "\t\tif ((i > COMP_CWORD || i == COMP_CWORD)) && [[ $prev == -* "
	     "&& "
	     "$valued == *\" $prev \"* ]]; then\n"
	     "\t\t\t_egress_filter_offer \"$(_egress_filter_values "
	     "\"$prev\")\"\n"
	     "\t\telif [[ $cur == -* ]]; then\n"
	     "\t\t\t_egress_filter_offer \"$(_egress_filter_options run)\"\n"
	     "\t\telse\n"
	     "\t\t\tmapfile -t COMPREPLY < <(compgen -c -- \"$cur\")\n"
	     "\t\t\t[[ $opts ]] || _egress_filter_offer \"$words\"\n"
	     "\t\tfi\n"
	     "\telif [[ ! $opts && \" $words \" == *\" $word \"* && $word != "
	     "run ]]; then\n"
	     "\t\tfor ((n = i + 1; n < COMP_CWORD; n++)); do\n"
	     "\t\t\tcase ${COMP_WORDS[n]} in\n"
	     "\t\t\t-*) if [[ ${COMP_WORDS[n + 1]} == = ]]; then ((n += 2)); "
	     "elif [[ $(_egress_filter_values \"${COMP_WORDS[n]}\") ]]; then "
	     "((n++)); fi ;;\n"
	     "\t\t\t*) first=${COMP_WORDS[n]}; break ;;\n"
	     "\t\t\tesac\n"
	     "\t\tdone\n"
	     "\t\tif [[ $prev == -* && $(_egress_filter_values \"$prev\") ]]; "
	     "then\n"
	     "\t\t\t_egress_filter_offer \"$(_egress_filter_values "
	     "\"$prev\")\"\n"
	     "\t\telif [[ $cur == -* ]]; then\n"
	     "\t\t\t_egress_filter_offer \"$(_egress_filter_options "
	     "\"$word\")\"\n"
	     "\t\telse\n"
	     "\t\t\t_egress_filter_offer \"$(_egress_filter_words \"$word\" "
	     "\"$first\")\"\n"
	     "\t\tfi\n"
	     "\telif declare -F _command_offset >/dev/null; then\n"
	     "\t\t_command_offset \"$i\"\n"
	     "\telse\n"
	     "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
	     "\tfi\n"
	     "}\n"
	     "complete -o filenames -o bashdefault -F _egress_filter "
	     "egress-filter");
}
