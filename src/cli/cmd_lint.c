/* SPDX-License-Identifier: MIT */
/* lint: say everything that is wrong with policy files. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/escape.h"
#include "base/cleanup.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"
#include "policy/load.h"

#define DEFAULT_FILE "egress-allowlist.yaml"

#define EXIT_CLEAN    0
#define EXIT_FINDINGS 1
/* and EXIT_USAGE when a file cannot be read */

AUTO(policy, policy_unref)

static const char *level(const struct problem *p)
{
	return p->is_error ? "error" : "warning";
}

static void print_text(const char *file, const struct problems *ps)
{
	size_t rest = ps->n_errors + ps->n_warnings - ps->n;
	char name[1024];

	escape_text(file, strlen(file), name, sizeof(name));
	for (size_t i = 0; i < ps->n; i++) {
		const struct problem *p = &ps->list[i];

		if (p->line)
			printf("%s:%u:%u: %s: %s\n", name, p->line, p->column,
			       level(p), p->text);
		else
			printf("%s: %s: %s\n", name, level(p), p->text);
	}
	if (rest)
		printf("%s: and %zu more\n", name, rest);
}

static void put_json(const char *text)
{
	char buf[8192];
	size_t n;

	escape_json(text, strlen(text), buf, sizeof(buf), &n);
	printf("\"%s\"", buf);
}

static void print_json(const char *file, const struct problems *ps,
		       const char *gap)
{
	printf("%s{\"file\":", gap);
	put_json(file);
	printf(",\"errors\":%zu,\"warnings\":%zu,\"problems\":[", ps->n_errors,
	       ps->n_warnings);
	for (size_t i = 0; i < ps->n; i++) {
		const struct problem *p = &ps->list[i];

		printf("%s{\"line\":%u,\"column\":%u,\"level\":\"%s\","
		       "\"text\":",
		       i ? "," : "", p->line, p->column, level(p));
		put_json(p->text);
		printf("}");
	}
	printf("]}");
}

/* Look at one file: what it means for the exit code. */
static int lint(const char *file, struct problems *ps)
{
	auto_of(policy) struct policy *p = NULL;
	struct ef_err err = { 0 };
	int ret = policy_load_file(file, ps, &p, &err);

	if (ret < 0 && !ps->n_errors) {
		output_error("%s", err.msg);
		return EXIT_USAGE;
	}
	return ps->n_errors || ps->n_warnings ? EXIT_FINDINGS : EXIT_CLEAN;
}

static int lint_all(char **files, int n, bool as_json)
{
	auto_free struct problems *ps = calloc(1, sizeof(*ps));
	int worst = EXIT_CLEAN, printed = 0;

	if (!ps) {
		output_error("out of memory");
		return EXIT_USAGE;
	}
	if (as_json)
		printf("{\"files\":[");
	for (int i = 0; i < n; i++) {
		int found = lint(files[i], ps);

		worst = found > worst ? found : worst;
		if (found == EXIT_USAGE)
			continue;
		if (as_json)
			print_json(files[i], ps, printed++ ? "," : "");
		else
			print_text(files[i], ps);
	}
	if (as_json)
		printf("]}\n");
	return worst;
}

static int run(int argc, char **argv)
{
	static char default_file[] = DEFAULT_FILE;
	char *only[] = { default_file };
	struct options o;
	bool as_json = false;
	const char *value;
	int opt, ret;

	options_start(&o, WORD_LINT, argc, argv);
	while ((opt = options_next(&o, &value)) >= 0)
		if (opt == OPT_JSON)
			as_json = true;
	if (opt == OPTIONS_STOP)
		return o.exit_code;
	ret = o.n_rest ? lint_all(o.rest, o.n_rest, as_json)
		       : lint_all(only, 1, as_json);
	return output_flush() == 0 ? ret : EXIT_USAGE;
}

const struct command cmd_lint = {
	.name = "lint",
	.args = "[--json] [FILE...]",
	.summary = "say everything that is wrong with policy files",
	.words = "@policy",
	.run = run,
};
