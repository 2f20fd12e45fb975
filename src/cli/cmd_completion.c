/* SPDX-License-Identifier: MIT */
/* Completion scripts: which shell, and what the scripts have in common. */
#include <stdio.h>
#include <string.h>

#include "audit/filter.h"
#include "cli/command.h"
#include "cli/completion.h"
#include "cli/log_columns.h"
#include "cli/options.h"
#include "cli/output.h"

bool completion_has(int word)
{
	return command_of((enum word)word)->run != NULL;
}

bool completion_needs_value(const struct option_row *r)
{
	return r->arg && r->arg[0] != '[';
}

void completion_quoted(const char *text)
{
	putchar('\'');
	for (; *text; text++)
		if (*text == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*text);
	putchar('\'');
}

static void add(char *buf, const char *word, const char *end)
{
	size_t len = strlen(buf);

	snprintf(buf + len, COMPLETION_MAX - len, "%s%s%s", len ? " " : "",
		 word, end);
}

/* One word of a table, or what its kind stands for. */
static void add_word(char *buf, const char *word)
{
	const char *member;

	if (!strcmp(word, "@column"))
		for (int i = 0; (member = log_columns_name(i)); i++)
			add(buf, member, "");
	else if (!strcmp(word, "@filter"))
		for (unsigned int i = 0; (member = filter_field(i)); i++)
			add(buf, member, ":");
	else if (!strcmp(word, "@word"))
		for (int w = 0; w < N_WORDS; w++)
			add(buf,
			    completion_has(w) ? command_of((enum word)w)->name
					      : "",
			    "");
	else if (*word != '@')
		add(buf, word, "");
}

char *completion_words(const char *values, char *buf)
{
	char copy[COMPLETION_MAX];
	char *rest = copy, *word;

	*buf = '\0';
	snprintf(copy, sizeof(copy), "%s", values ? values : "");
	while ((word = strsep(&rest, " ")))
		if (*word)
			add_word(buf, word);
	return buf;
}

bool completion_offers(const char *values, const char *kind)
{
	return values && strstr(values, kind);
}

bool completion_pair(const struct command *c, int i, char *name, char *values)
{
	const char *p = c->words && strchr(c->words, ':') ? c->words : NULL;
	size_t colon;

	while (p && i-- > 0) {
		p = strchr(p, ';');
		p = p ? p + 1 : NULL;
	}
	if (!p)
		return false;
	colon = strcspn(p, ":");
	snprintf(name, COMPLETION_MAX, "%.*s", (int)colon, p);
	p += colon + 1;
	snprintf(values, COMPLETION_MAX, "%.*s", (int)strcspn(p, ";"), p);
	return true;
}

static int run(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*print)(void);
	} shells[] = { { "bash", completion_bash },
		       { "zsh", completion_zsh },
		       { "fish", completion_fish } };
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
	.words = "bash zsh fish",
	.run = run,
};
