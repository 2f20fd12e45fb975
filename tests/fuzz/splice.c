/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a policy and as edits of it (tests/unit/splice_case.h), with a
 * NUL between: edits first. What is edited is the old policy and the edits,
 * and the diff says how; what is not edited is told about.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "learn/diff.h"
#include "learn/splice.h"
#include "unit/splice_case.h"
#include "unit/splice_dump.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool claim)
{
	if (!claim)
		abort();
}

static void must_be_told(const struct ef_err *err, int r)
{
	must(err->code == -r && err->msg[0] && !strchr(err->msg, '\n'));
}

static void must_be_pasteable(const struct edit *edits, size_t n)
{
	struct ef_err err = { 0 };
	char *snippet = NULL;
	int r = splice_snippet(edits, n, &snippet, &err);

	if (r < 0) {
		must_be_told(&err, r);
		return;
	}
	for (const char *p = snippet; *p; p++)
		must((*p >= ' ' && *p <= '~') || *p == '\n');
	free(snippet);
}

/* Reasons that are not UTF-8 are read back as others: not compared here. */
static bool is_comparable(const struct edit *edits, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (const char *p = edits[i].reason; p && *p; p++)
			if ((unsigned char)*p > 0x7f)
				return false;
	return true;
}

static void must_be_sum(const struct splice_case *c, const struct spliced *s)
{
	char *d = NULL;
	size_t len;

	must(s->text && s->text[s->len] == '\0');
	if (is_comparable(c->edits, c->n))
		must(dump_is_sum(c->text, c->len, c->edits, c->n, s->text,
				 s->len));
	must(diff_texts("a", c->text, c->len, "b", s->text, s->len, &d, &len) ==
	     0);
	must((len == 0) ==
	     (c->len == s->len && !memcmp(c->text, s->text, s->len)));
	must(c->n == 0 || len > 0);
	free(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size ? memchr(data, '\0', size) : NULL;
	struct spliced s = { 0 };
	struct ef_err err = { 0 };
	struct splice_case c;
	int r;

	if (!nul)
		return 0;
	memset(&c, 0, sizeof(c));
	c.script = strdup((const char *)data);
	c.len = size - (size_t)(nul + 1 - data);
	c.text = malloc(c.len + 1);
	memcpy(c.text, nul + 1, c.len);
	c.text[c.len] = '\0';
	case_parse(&c);
	must_be_pasteable(c.edits, c.n);
	r = splice_apply(c.text, c.len, c.edits, c.n, &s, &err);
	if (r == 0)
		must_be_sum(&c, &s);
	else
		must_be_told(&err, r);
	must(r == 0 || r == -EINVAL || r == -ENOTSUP);
	spliced_done(&s);
	free(c.text);
	free(c.script);
	return 0;
}
