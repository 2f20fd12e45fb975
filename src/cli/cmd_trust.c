/* SPDX-License-Identifier: MIT */
/* trust: accept the content of a policy file, and show what that means. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/escape.h"
#include "base/cleanup.h"
#include "base/state.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"
#include "lib/steer.h"
#include "policy/load.h"
#include "policy/trust.h"

#define DEFAULT_FILE "egress-allowlist.yaml"
#define NAMES_SHOWN  40

AUTO(policy, policy_unref)
AUTO(trust_list, trust_list_free)

static int fail(const struct ef_err *err)
{
	output_error("%s", err->msg);
	return EXIT_USAGE;
}

static void print_ports(const struct rule *r)
{
	printf(r->n_ports ? "  ports" : "  every port");
	for (size_t i = 0; i < r->n_ports; i++) {
		const struct port_range *p = &r->ports[i];

		printf("%s %u", i ? "," : "", p->first);
		if (p->last != p->first)
			printf("-%u", p->last);
	}
}

static void print_rule(const struct rule *r)
{
	static const char *const kinds[] = {
		[RULE_NAME] = "name",
		[RULE_ADDRESS] = "address",
		[RULE_UNIX_ALLOW] = "listener",
		[RULE_UNIX_DENY] = "not listener",
	};
	char text[512];

	escape_text(r->text, strlen(r->text), text, sizeof(text));
	printf("  %-8s %s", kinds[r->kind], text);
	if (r->kind == RULE_NAME || r->kind == RULE_ADDRESS)
		print_ports(r);
	if (r->allow_private)
		printf(", private addresses too");
	if (r->reason) {
		escape_text(r->reason, strlen(r->reason), text, sizeof(text));
		printf("  (%s)", text);
	}
	printf("\n");
}

static void print_server(const struct addr *a)
{
	char text[ADDR_TEXT_MAX];

	printf("  resolver %s\n", addr_port_text(a, text));
}

/*
 * All that allows much, however many rules there are: who wrote the file may
 * have put it behind a long list of names.
 */
static void print_rules(const struct policy *p)
{
	size_t n = policy_n_rules(p), names = 0;

	for (size_t i = 0; i < n; i++) {
		const struct rule *r = policy_rule(p, i);

		if (r->kind != RULE_NAME || r->is_wildcard ||
		    ++names <= NAMES_SHOWN)
			print_rule(r);
	}
	if (names > NAMES_SHOWN)
		printf("  and %zu more names\n", names - NAMES_SHOWN);
}

/* What a person should have seen before accepting it. */
static void print_policy(const struct policy *p)
{
	const struct settings *s = policy_settings(p);

	printf("  what no rule matches is %s\n",
	       s->default_policy == VERDICT_ALLOW ? "ALLOWED" : "denied");
	if (s->unix_default == VERDICT_ALLOW)
		printf("  unix listeners outside the session are ALLOWED, but "
		       "for known ways out\n");
	for (size_t i = 0; i < s->n_servers; i++)
		print_server(&s->servers[i]);
	print_rules(p);
}

static void print_problems(const char *file, const struct problems *ps)
{
	for (size_t i = 0; i < ps->n; i++)
		output_error("%s:%u:%u: %s: %s", file, ps->list[i].line,
			     ps->list[i].column,
			     ps->list[i].is_error ? "error" : "warning",
			     ps->list[i].text);
}

/* The bytes that are shown are the bytes that are accepted. */
static int accept_file(const char *state_dir, const char *file)
{
	auto_free struct problems *ps = calloc(1, sizeof(*ps));
	auto_of(policy) struct policy *p = NULL;
	auto_free char *text = NULL, *real = NULL;
	struct ef_err err = { 0 };
	char digest[TRUST_DIGEST_TEXT];
	size_t len;

	if (!ps) {
		output_error("out of memory");
		return EXIT_USAGE;
	}
	if (policy_read_file(file, &text, &len, &err) < 0)
		return fail(&err);
	if (policy_load(text, len, file, ps, &p) < 0) {
		print_problems(file, ps);
		output_error("%s: not accepted: it does not load", file);
		return EXIT_USAGE;
	}
	print_problems(file, ps);
	if (trust_accept(state_dir, file, text, len, &err) < 0 ||
	    trust_digest(text, len, digest) < 0)
		return fail(&err);
	/* Running sessions would take it for their command's work. */
	real = realpath(file, NULL);
	if (real)
		steer_announce_to_all(digest, real);
	printf("accepted %s (sha256 %s):\n", file, digest);
	print_policy(p);
	return 0;
}

static int list(const char *state_dir)
{
	auto_of(trust_list) struct trust_list *l = NULL;
	struct ef_err err = { 0 };
	char path[2 * TRUST_PATH_MAX];

	if (trust_read(state_dir, &l, &err) < 0)
		return fail(&err);
	for (size_t i = 0; i < trust_list_n(l); i++) {
		const struct trust_entry *e = trust_list_entry(l, i);

		printf("%s %s\n", e->digest,
		       escape_text(e->path, strlen(e->path), path, sizeof(path)));
	}
	return 0;
}

static int take_back(const char *state_dir, const char *file)
{
	struct ef_err err = { 0 };
	int n = trust_remove(state_dir, file, &err);

	if (n < 0)
		return fail(&err);
	if (n == 0) {
		output_error("%s: was not accepted", file);
		return EXIT_USAGE;
	}
	return 0;
}

static int run(int argc, char **argv)
{
	bool is_list = false, is_remove = false;
	char state_dir[TRUST_PATH_MAX];
	struct ef_err err = { 0 };
	const char *value, *file;
	struct options o;
	int opt, ret;

	options_start(&o, WORD_TRUST, argc, argv);
	while ((opt = options_next(&o, &value)) >= 0) {
		is_list |= opt == OPT_LIST;
		is_remove |= opt == OPT_REMOVE;
	}
	if (opt == OPTIONS_STOP)
		return o.exit_code;
	if (o.n_rest > 1 || (is_list && (is_remove || o.n_rest))) {
		output_error("trust takes one file, or --list alone");
		return EXIT_USAGE;
	}
	file = o.n_rest ? o.rest[0] : DEFAULT_FILE;
	if (state_make(state_dir, sizeof(state_dir), &err) < 0)
		return fail(&err);
	if (is_list)
		ret = list(state_dir);
	else if (is_remove)
		ret = take_back(state_dir, file);
	else
		ret = accept_file(state_dir, file);
	return output_flush() == 0 ? ret : EXIT_USAGE;
}

const struct command cmd_trust = {
	.name = "trust",
	.args = "[--remove] [FILE] | --list",
	.summary = "accept the content of a policy file",
	.words = "@policy",
	.run = run,
};
