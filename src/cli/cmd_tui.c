/* SPDX-License-Identifier: MIT */
/*
 * The screens. They are a program of their own, so that nothing that draws is
 * ever in the process that judges: here it is only found and executed.
 */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"

#define PROGRAM	  "egress-filter-tui"
#define WORDS_MAX 160

/* Words for the program. */
struct words {
	const char *list[WORDS_MAX + 1];
	int n;
};

static bool add(struct words *w, const char *word)
{
	if (w->n == WORDS_MAX) {
		output_error("too many options");
		return false;
	}
	w->list[w->n++] = word;
	return true;
}

static bool add_option(struct words *w, const char *name, const char *value)
{
	return add(w, name) && (!value || add(w, value));
}

/* The program's option for one of ours; they are the same, but for dashes. */
static const char *name_of(int opt)
{
	switch (opt) {
	case OPT_DB:
		return "--db";
	case OPT_SESSION:
		return "--session";
	case OPT_VIEW:
		return "--view";
	case OPT_MOUSE:
		return "--mouse";
	case OPT_COLOR:
		return "--color";
	case OPT_GLYPHS:
		return "--glyphs";
	case OPT_KEYS:
		return "--keys";
	case OPT_DUMP_SCREEN:
		return "--dump-screen";
	case OPT_SIZE:
		return "--size";
	case OPT_KEYS_FROM:
		return "--keys-from";
	default:
		return NULL;
	}
}

/* Beside this program, else where the distribution puts helpers; never by
 * PATH, which may be anybody's. Returns only when it cannot be executed. */
static int execute(struct words *w)
{
	char path[PATH_MAX + sizeof(PROGRAM)];
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);
	char *slash;

	w->list[w->n] = NULL;
	path[n > 0 ? n : 0] = '\0';
	slash = strrchr(path, '/');
	if (slash) {
		strcpy(slash + 1, PROGRAM);
		execv(path, (char *const *)(uintptr_t)w->list);
	}
	if (!slash || errno == ENOENT)
		execv(EF_LIBEXECDIR "/" PROGRAM,
		      (char *const *)(uintptr_t)w->list);
	if (errno == ENOENT)
		output_error("the screens are not installed (no " PROGRAM
			     "): they are built where ncursesw is; the rows "
			     "as text: egress-filter log --follow");
	else
		output_error(PROGRAM ": %s", strerror(errno));
	return EXIT_USAGE;
}

/* Read the options into words; false: leave with *ret_code. */
static bool take_options(struct options *o, struct words *w, int *ret_code)
{
	const char *value;
	int opt;

	add(w, PROGRAM);
	while ((opt = options_next(o, &value)) >= 0) {
		if (!add_option(w, name_of(opt), value)) {
			*ret_code = EXIT_USAGE;
			return false;
		}
	}
	*ret_code = o->exit_code;
	return opt != OPTIONS_STOP;
}

static int run_tui(int argc, char **argv)
{
	struct words w = { .n = 0 };
	struct options o;
	int code;

	options_start(&o, WORD_TUI, argc, argv);
	if (!take_options(&o, &w, &code))
		return code;
	if (o.n_rest) {
		output_error(
			"a command in a pane of the screen is not built "
			"yet: run it with egress-filter, and egress-filter "
			"attach in a second terminal");
		return EXIT_USAGE;
	}
	return execute(&w);
}

static int run_attach(int argc, char **argv)
{
	struct words w = { .n = 0 };
	struct options o;
	int code;

	options_start(&o, WORD_ATTACH, argc, argv);
	if (!take_options(&o, &w, &code))
		return code;
	if (o.n_rest > 1) {
		output_error("attach takes one session");
		return EXIT_USAGE;
	}
	if (!add(&w, "--attach") ||
	    (o.n_rest && !add_option(&w, "--session", o.rest[0])))
		return EXIT_USAGE;
	return execute(&w);
}

const struct command cmd_tui = {
	.name = "tui",
	.args = "[OPTION...]",
	.summary = "look at sessions on the screen",
	.run = run_tui,
};

const struct command cmd_attach = {
	.name = "attach",
	.args = "[OPTION...] [SESSION]",
	.summary = "follow a running session on the screen",
	.run = run_attach,
};
