/* SPDX-License-Identifier: MIT */
/* The one scanner of options. */
#include "cli/options.h"

#include <string.h>

#include "base/nearest.h"
#include "cli/help.h"
#include "cli/option_table.h"
#include "cli/output.h"

static bool ends_at_word(enum word word)
{
	return option_is_of(OPT_WAIT, word); /* it runs a command */
}

void options_start(struct options *o, enum word word, int argc, char **argv)
{
	*o = (struct options){ .word = word, .argc = argc, .argv = argv, .next = 1 };
	o->rest = argv + 1;
}

static int stop(struct options *o, int exit_code)
{
	o->exit_code = exit_code;
	return OPTIONS_STOP;
}

/* The name of the first subcommand other than this one that takes an option. */
static const char *owner_of(int opt)
{
	for (int w = 0; w < N_WORDS; w++)
		if (option_is_of(opt, (enum word)w))
			return command_of((enum word)w)->name;
	return "run";
}

static const char *nearest_option(enum word word, const char *name)
{
	unsigned int best = NEAREST_FAR;
	const char *found = NULL;

	for (int i = 0; i < N_OPTS; i++) {
		unsigned int d;

		if (!option_is_of(i, word))
			continue;
		d = nearest_distance(name, option_row(i)->name);
		if (d < best) {
			best = d;
			found = option_row(i)->name;
		}
	}
	return nearest_is_close(name, best) ? found : NULL;
}

/* An option this word does not take: say where it belongs or what is near. */
static int refuse(struct options *o, int opt, const char *name, char letter)
{
	char shown[64];
	const char *near = letter ? NULL : nearest_option(o->word, name);
	const char *help = o->is_bare ? "" : command_of(o->word)->name;
	const char *gap = o->is_bare ? "" : " ";

	if (letter)
		snprintf(shown, sizeof(shown), "-%c", letter);
	else
		snprintf(shown, sizeof(shown), "--%.50s", name);
	if (opt >= 0)
		output_error("%s is an option of %s: egress-filter %s %s",
			     shown, owner_of(opt), owner_of(opt), shown);
	else if (near)
		output_error("unknown option %s; did you mean --%s?", shown,
			     near);
	else
		output_error("unknown option %s; see egress-filter help%s%s",
			     shown, gap, help);
	return stop(o, EXIT_USAGE);
}

/* The option is known and taken here; help and version end the reading. */
static int accept(struct options *o, int opt)
{
	if (opt == OPT_HELP) {
		help_print(o->is_bare ? -1 : (int)o->word, true, stdout);
		return stop(o, 0);
	}
	if (opt == OPT_VERSION) {
		help_version(stdout);
		return stop(o, 0);
	}
	o->saw_option = true;
	return opt;
}

static bool is_optional(int opt)
{
	return option_row(opt)->arg && option_row(opt)->arg[0] == '[';
}

static int need_value(struct options *o, int opt, const char **ret_value)
{
	if (o->next < o->argc) {
		*ret_value = o->argv[o->next++];
		return accept(o, opt);
	}
	output_error("--%s needs a value: --%s %s", option_row(opt)->name,
		     option_row(opt)->name, option_row(opt)->arg);
	return stop(o, EXIT_USAGE);
}

static int next_long(struct options *o, const char *text, const char **ret_value)
{
	size_t n = strcspn(text, "=");
	int elsewhere = -1;

	for (int i = 0; i < N_OPTS; i++) {
		if (strlen(option_row(i)->name) != n ||
		    strncmp(option_row(i)->name, text, n) != 0)
			continue;
		if (!option_is_of(i, o->word)) {
			elsewhere = i;
			continue;
		}
		if (text[n] == '=' && !option_row(i)->arg) {
			output_error("--%s takes no value", option_row(i)->name);
			return stop(o, EXIT_USAGE);
		}
		if (text[n] == '=')
			*ret_value = text + n + 1;
		else if (option_row(i)->arg && !is_optional(i))
			return need_value(o, i, ret_value);
		return accept(o, i);
	}
	return refuse(o, elsewhere, strndupa(text, n), 0);
}

static int next_letter(struct options *o, const char **ret_value)
{
	char letter = *o->bundle++;
	int elsewhere = -1;

	for (int i = 0; i < N_OPTS; i++) {
		if (!option_row(i)->letter || option_row(i)->letter != letter)
			continue;
		if (!option_is_of(i, o->word)) {
			elsewhere = i;
			continue;
		}
		if (i == OPT_HELP && o->is_bare) {
			help_print(-1, false, stdout);
			return stop(o, 0);
		}
		if (!option_row(i)->arg)
			return accept(o, i);
		if (!*o->bundle)
			return need_value(o, i, ret_value);
		*ret_value = o->bundle;
		o->bundle = "";
		return accept(o, i);
	}
	return refuse(o, elsewhere, "", letter);
}

static int end(struct options *o)
{
	if (ends_at_word(o->word)) {
		o->rest = o->argv + o->next;
		o->n_rest = o->argc - o->next;
		return OPTIONS_END;
	}
	while (o->next < o->argc)
		o->rest[o->n_rest++] = o->argv[o->next++];
	o->rest[o->n_rest] = NULL;
	return OPTIONS_END;
}

int options_next(struct options *o, const char **ret_value)
{
	*ret_value = NULL;
	if (o->bundle && *o->bundle)
		return next_letter(o, ret_value);
	while (o->next < o->argc) {
		char *arg = o->argv[o->next];

		if (!strcmp(arg, "--")) {
			o->saw_dashes = true;
			o->next++;
			return end(o);
		}
		if (arg[0] == '-' && arg[1] == '-') {
			o->next++;
			return next_long(o, arg + 2, ret_value);
		}
		if (arg[0] == '-' && arg[1]) {
			o->next++;
			o->bundle = arg + 1;
			return next_letter(o, ret_value);
		}
		if (ends_at_word(o->word))
			return end(o);
		o->rest[o->n_rest++] = arg;
		o->next++;
	}
	return end(o);
}
