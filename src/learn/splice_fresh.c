/* SPDX-License-Identifier: MIT */
/* Edits where there is no file to edit: a new one, or lines to paste. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "learn/splice.h"
#include "learn/splice_text.h"

int splice_fresh(const struct edit *edits, size_t n, struct spliced *ret,
		 struct ef_err *err)
{
	static const char start[] =
		"# What the command may reach: see egress-allowlist.yaml(5).\n"
		"version: 1\n"
		"default_policy: deny\n"
		"\n"
		"domains: []\n"
		"\n"
		"ip_ranges: []\n";
	int r = splice_apply(start, sizeof(start) - 1, edits, n, ret, err);

	/* No line of a file that is not there was edited. */
	if (r == 0)
		ret->n_edited = 0;
	return r;
}

/* The new entries of one kind below their key, if there are any. */
static void add_section(struct text *t, const char *key, size_t column,
			const struct edit *edits, size_t n, enum edit_kind kind)
{
	struct shape shape = {
		.column = column, .gap = 2, .quote = '"', .eol = "\n"
	};
	bool is_first = true;

	for (size_t i = 0; i < n; i++) {
		if (edits[i].kind != kind)
			continue;
		if (is_first)
			text_put(t, "%s", key);
		is_first = false;
		text_block_entry(t, &edits[i], &shape);
	}
}

/* "# line 12, "github.com": add to its ports: 443, "8000-8100"" */
static void add_ports(struct text *t, const struct edit *e)
{
	char what[160];

	snprintf(what, sizeof(what),
		 "line %u, %.100s: add to its ports: ", e->line, e->dest);
	text_comment(t, what);
	for (size_t i = 0; i < e->n_ports; i++) {
		text_put(t, "%s", i ? ", " : "");
		text_port(t, &e->ports[i]);
	}
	text_put(t, "\n");
}

int splice_snippet(const struct edit *edits, size_t n, char **ret,
		   struct ef_err *err)
{
	struct text t = { 0 };
	int r = n <= EDITS_MAX
			? 0
			: err_set(err, E2BIG, "more than %d edits", EDITS_MAX);

	for (size_t i = 0; r == 0 && i < n; i++)
		r = text_check(&edits[i], err);
	if (r < 0)
		return r;
	text_put(&t, "%s", "");
	add_section(&t, "domains:\n", 2, edits, n, EDIT_NEW_NAME);
	add_section(&t, "ip_ranges:\n", 2, edits, n, EDIT_NEW_RANGE);
	add_section(&t, "unix_sockets:\n  allow:\n", 4, edits, n, EDIT_NEW_UNIX);
	for (size_t i = 0; i < n; i++)
		if (edits[i].kind == EDIT_ADD_PORTS)
			add_ports(&t, &edits[i]);
	if (t.failed) {
		free(t.bytes);
		return err_set(err, ENOMEM, "out of memory");
	}
	*ret = t.bytes;
	return 0;
}
