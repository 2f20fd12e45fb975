/* SPDX-License-Identifier: MIT */
/*
 * reload: have a running session take the changed policy file. The bytes whose
 * difference is shown are the bytes that are sent and loaded.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/escape.h"
#include "base/cleanup.h"
#include "base/state.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"
#include "learn/diff.h"
#include "lib/steer.h"
#include "policy/load.h"
#include "policy/trust.h"

AUTO(policy, policy_unref)
AUTO(steer, steer_close)

struct change {
	const char *path, *live; /* of the session */
	size_t live_len;
	char *text; /* of the file */
	size_t len;
};

static int fail(const struct ef_err *err)
{
	output_error("%s", err->msg);
	return EXIT_USAGE;
}

/* Line by line: what is between line feeds is made printable. */
static void print_escaped(const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((stop ? stop : end) - text);
		auto_free char *line = malloc(4 * n + 1);

		if (line)
			puts(escape_text(text, n, line, 4 * n + 1));
		text += n + 1;
	}
}

static int print_diff(const struct change *c)
{
	auto_free char *diff = NULL;
	size_t n;

	if (diff_texts("in force", c->live, c->live_len, c->path, c->text,
		       c->len, &diff, &n) < 0) {
		output_error("out of memory");
		return EXIT_USAGE;
	}
	print_escaped(diff, n);
	return 0;
}

static void print_problems(const char *file, const struct problems *ps)
{
	for (size_t i = 0; i < ps->n; i++)
		output_error("%s:%u:%u: %s: %s", file, ps->list[i].line,
			     ps->list[i].column,
			     ps->list[i].is_error ? "error" : "warning",
			     ps->list[i].text);
}

/* What does not load here would not load there. */
static int check(const struct change *c)
{
	auto_free struct problems *ps = calloc(1, sizeof(*ps));
	auto_of(policy) struct policy *p = NULL;
	int r;

	if (!ps) {
		output_error("out of memory");
		return EXIT_USAGE;
	}
	r = policy_load(c->text, c->len, c->path, ps, &p);
	print_problems(c->path, ps);
	if (r < 0)
		output_error("%s: not reloaded: it does not load", c->path);
	return r < 0 ? EXIT_USAGE : 0;
}

/* Only a whole line that says yes is one. */
static bool is_confirmed(const char *id)
{
	auto_free char *line = NULL;
	size_t size = 0;
	ssize_t n;

	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
		output_error(
			"nothing was changed: a person has to confirm it on "
			"a terminal, or --yes");
		return false;
	}
	fprintf(stderr, "Load this into session %.8s? [y/N] ", id);
	n = getline(&line, &size, stdin);
	if (n > 0 && (!strcmp(line, "y\n") || !strcmp(line, "yes\n")))
		return true;
	output_error("nothing was changed");
	return false;
}

/*
 * Where the session runs under an accepted file, the new content is accepted,
 * too: the person has just seen it.
 */
static void accept_too(const struct change *c, const char *digest)
{
	char state_dir[TRUST_PATH_MAX];
	auto_free char *real = realpath(c->path, NULL);
	struct ef_err err = { 0 };

	if (!real || state_path(state_dir, sizeof(state_dir), NULL) < 0 ||
	    !trust_is_accepted(state_dir, c->path, c->live, c->live_len))
		return;
	if (trust_accept(state_dir, c->path, c->text, c->len, &err) < 0)
		output_error("%s", err.msg);
	else
		steer_announce_to_all(digest, real);
}

static int load(struct steer *s, const struct change *c)
{
	char was[TRUST_DIGEST_TEXT], is[TRUST_DIGEST_TEXT];
	struct ef_err err = { 0 };

	if (trust_digest(c->live, c->live_len, was) < 0 ||
	    trust_digest(c->text, c->len, is) < 0) {
		output_error("out of memory");
		return EXIT_USAGE;
	}
	accept_too(c, is);
	if (steer_reload(s, was, c->text, c->len, &err) < 0) {
		output_error("not reloaded: %s", err.msg);
		return EXIT_USAGE;
	}
	printf("session %.8s has taken %s\n", steer_id(s), c->path);
	return 0;
}

static int reload(struct steer *s, bool yes)
{
	struct ef_err err = { 0 };
	auto_free char *text = NULL;
	struct change c = { 0 };
	int r;

	if (steer_policy(s, &c.path, &c.live, &c.live_len, &err) < 0 ||
	    policy_read_file(c.path, &text, &c.len, &err) < 0)
		return fail(&err);
	c.text = text;
	if (c.len == c.live_len && !memcmp(c.live, c.text, c.len)) {
		printf("session %.8s: %s has not changed\n", steer_id(s), c.path);
		return 0;
	}
	r = check(&c);
	if (!r)
		r = print_diff(&c);
	if (!r && output_flush())
		r = EXIT_USAGE;
	if (!r && !yes && !is_confirmed(steer_id(s)))
		r = EXIT_USAGE;
	return r ? r : load(s, &c);
}

static int run(int argc, char **argv)
{
	auto_of(steer) struct steer *s = NULL;
	struct ef_err err = { 0 };
	struct options o;
	const char *value;
	bool yes = false;
	int opt, r;

	options_start(&o, WORD_RELOAD, argc, argv);
	while ((opt = options_next(&o, &value)) >= 0)
		yes |= opt == OPT_YES;
	if (opt == OPTIONS_STOP)
		return o.exit_code;
	if (o.n_rest > 1) {
		output_error("reload takes one session");
		return EXIT_USAGE;
	}
	if (steer_open(o.n_rest ? o.rest[0] : NULL, &s, &err) < 0)
		return fail(&err);
	r = reload(s, yes);
	return output_flush() == 0 ? r : EXIT_USAGE;
}

const struct command cmd_reload = {
	.name = "reload",
	.args = "[--yes] [SESSION]",
	.summary = "let a running session take a changed policy",
	.run = run,
};
