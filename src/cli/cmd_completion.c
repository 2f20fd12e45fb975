/* SPDX-License-Identifier: MIT */
/* Completion scripts, written from the tables of words and options. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/option_table.h"
#include "cli/options.h"
#include "cli/output.h"

static bool is_built(int word)
{
	return command_of((enum word)word)->run != NULL;
}

static const char *name_of(int word)
{
	return command_of((enum word)word)->name;
}

/* Print text inside single quotes of a shell. */
static void put_quoted(const char *text)
{
	putchar('\'');
	for (; *text; text++)
		if (*text == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*text);
	putchar('\'');
}

static bool needs_value(const struct option_row *r)
{
	return r->arg && r->arg[0] != '[';
}

/* Options of a word as "--a --b -c", with_value: only those that need one. */
static void put_options(int word, bool with_value)
{
	const struct option_row *r;
	const char *gap = "";

	for (int i = 0; (r = option_of((enum word)word, i)); i++) {
		if (with_value && !needs_value(r))
			continue;
		printf("%s--%s", gap, r->name);
		if (r->letter)
			printf(" -%c", r->letter);
		gap = " ";
	}
}

static void put_words(const char *gap)
{
	for (int w = 0, n = 0; w < N_WORDS; w++)
		if (is_built(w))
			printf("%s%s", n++ ? gap : "", name_of(w));
}

static void print_bash(void)
{
	puts("# bash completion for egress-filter\n"
	     "_egress_filter_options() {\n"
	     "\tcase $1 in");
	for (int w = 0; w < N_WORDS; w++) {
		if (!is_built(w))
			continue;
		printf("\t%s) echo '", name_of(w));
		put_options(w, false);
		puts("' ;;");
	}
	fputs("\tesac\n"
	      "}\n"
	      "_egress_filter() {\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} words='",
	      stdout);
	put_words(" ");
	fputs("' valued=' ", stdout);
	put_options(WORD_RUN, true);
	puts(" '\n"
	     "\tlocal i word= opts=\n"
	     "\tCOMPREPLY=()\n"
	     "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	     "\t\tcase ${COMP_WORDS[i]} in\n"
	     "\t\t--) opts=1; ((i++)); word=${COMP_WORDS[i]}; break ;;\n"
	     "\t\t-*) opts=1; [[ $valued == *\" ${COMP_WORDS[i]} \"* ]] && "
	     "((i++)) ;;\n"
	     "\t\trun) [[ $opts ]] && { word=run; break; }; opts=1 ;;\n"
	     "\t\t*) word=${COMP_WORDS[i]}; break ;;\n"
	     "\t\tesac\n"
	     "\tdone\n"
	     "\tif ((i >= COMP_CWORD)); then\n"
	     "\t\tif ((i > COMP_CWORD)) && [[ $valued == *\" "
	     "${COMP_WORDS[COMP_CWORD - 1]} \"* ]]; then\n"
	     "\t\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n"
	     "\t\telif [[ $cur == -* ]]; then\n"
	     "\t\t\tCOMPREPLY=($(compgen -W \"$(_egress_filter_options run)\" "
	     "-- \"$cur\"))\n"
	     "\t\telse\n"
	     "\t\t\tCOMPREPLY=($(compgen -c -- \"$cur\"))\n"
	     "\t\t\t[[ $opts ]] || COMPREPLY+=($(compgen -W \"$words\" -- "
	     "\"$cur\"))\n"
	     "\t\tfi\n"
	     "\telif [[ ! $opts && \" $words \" == *\" $word \"* && $word != "
	     "run ]]; then\n"
	     "\t\tif [[ $cur == -* ]]; then\n"
	     "\t\t\tCOMPREPLY=($(compgen -W \"$(_egress_filter_options "
	     "\"$word\")\" -- \"$cur\"))\n"
	     "\t\telif [[ $word == help ]]; then\n"
	     "\t\t\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	     "\t\telse\n"
	     "\t\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n"
	     "\t\tfi\n"
	     "\telif declare -F _command_offset >/dev/null; then\n"
	     "\t\t_command_offset \"$i\"\n"
	     "\telse\n"
	     "\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n"
	     "\tfi\n"
	     "}\n"
	     "complete -o filenames -o bashdefault -F _egress_filter "
	     "egress-filter");
}

/* One option of a word as a specification of zsh's _arguments. */
static void put_zsh_option(const struct option_row *r)
{
	char spec[256];

	if (r->letter) {
		snprintf(spec, sizeof(spec), "-%c[%s]%s", r->letter,
			 r->sentence, needs_value(r) ? ":value:_files" : "");
		fputs(" \\\n\t\t", stdout);
		put_quoted(spec);
	}
	snprintf(spec, sizeof(spec), "--%s%s[%s]%s", r->name,
		 !r->arg	  ? ""
		 : needs_value(r) ? "="
				  : "=-",
		 r->sentence,
		 !r->arg	  ? ""
		 : needs_value(r) ? ":value:_files"
				  : "::value:");
	fputs(" \\\n\t\t", stdout);
	put_quoted(spec);
}

static void print_zsh(void)
{
	const struct option_row *r;

	puts("#compdef egress-filter\n"
	     "_egress_filter_word() {\n"
	     "\tcase $1 in");
	for (int w = 0; w < N_WORDS; w++) {
		if (!is_built(w) || w == WORD_RUN)
			continue;
		printf("\t%s) _arguments", name_of(w));
		for (int i = 0; (r = option_of((enum word)w, i)); i++)
			put_zsh_option(r);
		puts(" \\\n\t\t'*:file:_files' ;;");
	}
	puts("\t*) _normal ;;\n"
	     "\tesac\n"
	     "}\n"
	     "_egress_filter() {\n"
	     "\tlocal curcontext=$curcontext state line\n"
	     "\tlocal -a words_\n"
	     "\twords_=(");
	for (int w = 0; w < N_WORDS; w++) {
		char entry[128];

		if (!is_built(w))
			continue;
		snprintf(entry, sizeof(entry), "%s:%s", name_of(w),
			 command_of((enum word)w)->summary);
		fputs("\t\t", stdout);
		put_quoted(entry);
		putchar('\n');
	}
	fputs("\t)\n\t_arguments -C -S -A '-*'", stdout);
	for (int i = 0; (r = option_of(WORD_RUN, i)); i++)
		put_zsh_option(r);
	puts(" \\\n\t\t'1: :->first' '*:: :->rest'\n"
	     "\tcase $state in\n"
	     "\tfirst) _describe subcommand words_; _command_names -e ;;\n"
	     "\trest) _egress_filter_word $words[1] ;;\n"
	     "\tesac\n"
	     "}\n"
	     "_egress_filter \"$@\"");
}

static void print_fish_options(int word)
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
			       name_of(word));
		printf(" -l %s", r->name);
		if (r->letter)
			printf(" -s %c", r->letter);
		fputs(needs_value(r) ? " -r -d " : " -d ", stdout);
		put_quoted(r->sentence);
		putchar('\n');
	}
}

static void print_fish(void)
{
	puts("# fish completion for egress-filter");
	for (int w = 0; w < N_WORDS; w++) {
		if (!is_built(w))
			continue;
		printf("complete -c egress-filter -n __fish_use_subcommand "
		       "-a %s -d ",
		       name_of(w));
		put_quoted(command_of((enum word)w)->summary);
		putchar('\n');
		print_fish_options(w);
	}
	puts("complete -c egress-filter -n __fish_use_subcommand "
	     "-a '(__fish_complete_command)'");
}

static int run(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*print)(void);
	} shells[] = { { "bash", print_bash },
		       { "zsh", print_zsh },
		       { "fish", print_fish } };
	struct options o;
	const char *value;

	options_start(&o, WORD_COMPLETION, argc, argv);
	if (options_next(&o, &value) == OPTIONS_STOP)
		return o.exit_code;
	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (o.n_rest != 1 || strcmp(o.rest[0], shells[i].name) != 0)
			continue;
		shells[i].print();
		return output_flush();
	}
	output_error("which shell? egress-filter completion bash, zsh or fish");
	return EXIT_USAGE;
}

const struct command cmd_completion = {
	.name = "completion",
	.args = "bash | zsh | fish",
	.summary = "print a completion script for a shell",
	.run = run,
};
