/* SPDX-License-Identifier: MIT */
/* The command line of the screens. */
#include "options.h"

#include <getopt.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view.h"

enum {
	OPT_DB = 256,
	OPT_SESSION,
	OPT_ATTACH,
	OPT_VIEW,
	OPT_MOUSE,
	OPT_COLOR,
	OPT_GLYPHS,
	OPT_KEYS,
	OPT_DUMP,
	OPT_SIZE,
	OPT_KEYS_FROM
};

static const struct option table[] = {
	{ "db", required_argument, NULL, OPT_DB },
	{ "session", required_argument, NULL, OPT_SESSION },
	{ "attach", no_argument, NULL, OPT_ATTACH },
	{ "view", required_argument, NULL, OPT_VIEW },
	{ "mouse", no_argument, NULL, OPT_MOUSE },
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "glyphs", required_argument, NULL, OPT_GLYPHS },
	{ "keys", no_argument, NULL, OPT_KEYS },
	{ "dump-screen", required_argument, NULL, OPT_DUMP },
	{ "size", required_argument, NULL, OPT_SIZE },
	{ "keys-from", required_argument, NULL, OPT_KEYS_FROM },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static const char help[] =
	"usage: egress-filter-tui [OPTION...]\n"
	"\n"
	"Screens on recorded and running sessions; \"egress-filter tui\" and\n"
	"\"egress-filter attach\" start it.\n"
	"\n"
	"      --db PATH            records: a file, a folder, a pattern\n"
	"      --session ID         open this session (any unique prefix)\n"
	"      --attach             open the newest running session\n"
	"      --view VIEW          live, sites, procs, rules or sessions\n"
	"      --mouse              take the mouse from the terminal\n"
	"      --color WHEN         auto, always or never\n"
	"      --glyphs WHICH       auto, ascii or unicode\n"
	"      --keys               print the keys of the view\n"
	"      --dump-screen VIEW   print the view as text, without a "
	"terminal\n"
	"      --size WxH           size of what is printed (100x30)\n"
	"      --keys-from FILE     keys and times from a script, without a "
	"terminal\n"
	"  -h, --help               show help\n"
	"  -V, --version            show the version\n";

static bool refuse(struct command_line *c, const char *option,
		   const char *value, const char *want)
{
	char shown[256];

	fprintf(stderr, "egress-filter: --%s: %s is not %s\n", option,
		ef_ui_escape(value, strlen(value), shown, sizeof(shown)), want);
	c->exit_code = 2;
	return false;
}

static bool take_view(struct command_line *c, const char *option, const char *name)
{
	c->options.view = view_find(name);
	return c->options.view >= 0 ||
	       refuse(c, option, name, "live, sites, procs, rules or sessions");
}

static bool take_color(struct command_line *c, const char *when)
{
	if (!strcmp(when, "always"))
		c->options.is_mono = false;
	else if (!strcmp(when, "never"))
		c->options.is_mono = true;
	else
		return !strcmp(when, "auto") ||
		       refuse(c, "color", when, "auto, always or never");
	return true;
}

static bool take_glyphs(struct command_line *c, const char *which)
{
	if (!strcmp(which, "ascii"))
		c->options.is_ascii = true;
	else if (!strcmp(which, "unicode"))
		c->options.is_ascii = false;
	else
		return !strcmp(which, "auto") ||
		       refuse(c, "glyphs", which, "auto, ascii or unicode");
	return true;
}

static bool take_size(struct command_line *c, const char *size)
{
	char rest;

	return (sscanf(size, "%dx%d%c", &c->w, &c->h, &rest) == 2 && c->w > 0 &&
		c->h > 0 && c->w <= 1000 && c->h <= 1000) ||
	       refuse(c, "size", size, "WIDTHxHEIGHT, such as 100x30");
}

static bool take(struct command_line *c, int opt, const char *value)
{
	switch (opt) {
	case OPT_DB:
		if (c->options.n_db == 64)
			return refuse(c, "db", value, "one of at most 64");
		c->options.db[c->options.n_db++] = value;
		return true;
	case OPT_SESSION:
		c->options.session = value;
		return true;
	case OPT_ATTACH:
		c->options.running = true;
		return true;
	case OPT_VIEW:
		return take_view(c, "view", value);
	case OPT_DUMP:
		c->dump = value;
		return take_view(c, "dump-screen", value);
	case OPT_MOUSE:
		c->options.mouse = true;
		return true;
	case OPT_COLOR:
		return take_color(c, value);
	case OPT_GLYPHS:
		return take_glyphs(c, value);
	case OPT_KEYS:
		c->wants_keys = true;
		return true;
	case OPT_SIZE:
		return take_size(c, value);
	case OPT_KEYS_FROM:
		c->keys_from = value;
		return true;
	case 'h':
		fputs(help, stdout);
		return false;
	case 'V':
		printf("egress-filter-tui %s\n", ef_version());
		return false;
	default: /* getopt has said what is wrong */
		c->exit_code = 2;
		return false;
	}
}

/* Lines of Unicode are as wide as two letters on some terminals of those who
 * write Chinese, Japanese or Korean. */
static bool is_plain_locale(void)
{
	const char *lang = getenv("LC_ALL");

	if (!lang || !*lang)
		lang = getenv("LC_CTYPE");
	if (!lang || !*lang)
		lang = getenv("LANG");
	return strcmp(nl_langinfo(CODESET), "UTF-8") != 0 || !lang ||
	       !strncmp(lang, "zh", 2) || !strncmp(lang, "ja", 2) ||
	       !strncmp(lang, "ko", 2);
}

bool options_read(struct command_line *c, int argc, char **argv)
{
	const char *no_color = getenv("NO_COLOR");
	int opt;

	*c = (struct command_line){ .w = 100, .h = 30 };
	c->options.view = -1;
	c->options.is_mono = no_color && *no_color;
	c->options.is_ascii = is_plain_locale();
	while ((opt = getopt_long(argc, argv, "hV", table, NULL)) != -1)
		if (!take(c, opt, optarg))
			return false;
	if (optind == argc)
		return true;
	fprintf(stderr, "egress-filter: the screens take no further words\n");
	c->exit_code = 2;
	return false;
}
