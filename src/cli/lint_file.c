/* SPDX-License-Identifier: MIT */
/* What is wrong with a policy file, for people and for programs. */
#include "cli/lint_file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/escape.h"
#include "audit/ndjson.h"
#include "base/cleanup.h"
#include "cli/output.h"
#include "learn/diff.h"
#include "learn/findings_fix.h"

/* A problem or a finding. */
struct item {
	uint32_t line, column;
	enum finding_level level;
	const char *kind; /* NULL: the loader says it */
	const char *text;
};

/* Where a walk over both lists stands. */
struct walk {
	size_t problem, finding;
};

static struct item problem_item(const struct problem *p)
{
	return (struct item){ p->line, p->column,
			      p->is_error ? LEVEL_ERROR : LEVEL_WARNING, NULL,
			      p->text };
}

static struct item finding_item(const struct finding *f)
{
	return (struct item){ f->line, f->column, f->level,
			      finding_word(f->kind), f->text };
}

static bool is_before(const struct item *a, const struct item *b)
{
	return a->line != b->line ? a->line < b->line : a->column <= b->column;
}

/* The next of both, in file order. */
static bool next(const struct lint_file *f, struct walk *w, struct item *ret)
{
	bool has_problem = w->problem < f->problems.n;
	bool has_finding = w->finding < f->findings.n;
	struct item p, q;

	if (has_problem)
		p = problem_item(&f->problems.list[w->problem]);
	if (has_finding)
		q = finding_item(&f->findings.list[w->finding]);
	if (has_problem && (!has_finding || is_before(&p, &q))) {
		w->problem++;
		*ret = p;
	} else if (has_finding) {
		w->finding++;
		*ret = q;
	}
	return has_problem || has_finding;
}

struct lint_counts lint_file_count(const struct lint_file *f,
				   enum finding_level least)
{
	struct lint_counts c = { .errors = f->problems.n_errors };

	if (least <= LEVEL_WARNING)
		c.warnings = f->problems.n_warnings + f->findings.more;
	for (size_t i = 0; i < f->findings.n; i++) {
		enum finding_level level = f->findings.list[i].level;

		if (level < least)
			continue;
		c.errors += level == LEVEL_ERROR;
		c.warnings += level == LEVEL_WARNING;
		c.infos += level == LEVEL_INFO;
	}
	return c;
}

void lint_file_print(const struct lint_file *f, enum finding_level least, FILE *to)
{
	size_t more = f->problems.n_errors + f->problems.n_warnings -
		      f->problems.n + f->findings.more;
	struct walk w = { 0 };
	struct item i;
	char name[1024];

	escape_text(f->path, strlen(f->path), name, sizeof(name));
	while (next(f, &w, &i)) {
		if (i.level < least)
			continue;
		fputs(name, to);
		if (i.line)
			fprintf(to, ":%u:%u", i.line, i.column);
		fprintf(to, ": %s: %s", finding_level_word(i.level), i.text);
		if (i.kind)
			fprintf(to, " [%s]", i.kind);
		fputc('\n', to);
	}
	if (more)
		fprintf(to, "%s: and %zu more\n", name, more);
}

static void put_text(const char *text)
{
	if (text)
		ndjson_string(text, strlen(text), stdout);
	else
		fputs("null", stdout);
}

void lint_file_print_json(const struct lint_file *f, enum finding_level least)
{
	struct lint_counts c = lint_file_count(f, least);
	struct walk w = { 0 };
	bool is_first = true;
	struct item i;

	fputs("{\"file\":", stdout);
	put_text(f->path);
	printf(",\"errors\":%zu,\"warnings\":%zu,\"infos\":%zu,\"problems\":[",
	       c.errors, c.warnings, c.infos);
	while (next(f, &w, &i)) {
		if (i.level < least)
			continue;
		printf("%s{\"line\":%u,\"column\":%u,\"level\":\"%s\","
		       "\"kind\":",
		       is_first ? "" : ",", i.line, i.column,
		       finding_level_word(i.level));
		put_text(i.kind);
		fputs(",\"text\":", stdout);
		put_text(i.text);
		fputs("}", stdout);
		is_first = false;
	}
	fputs("]}", stdout);
}

/* A patch is written as it is; on a terminal nothing in it has an effect. */
static void put_diff(const char *diff, size_t len)
{
	char line[4096];

	if (!isatty(STDOUT_FILENO)) {
		fwrite(diff, 1, len, stdout);
		return;
	}
	for (size_t n; len; diff += n, len -= n) {
		const char *end = memchr(diff, '\n', len);

		n = end ? (size_t)(end - diff) + 1 : len;
		puts(escape_text(diff, end ? n - 1 : n, line, sizeof(line)));
	}
}

int lint_file_print_fix(const struct lint_file *f)
{
	auto_free char *text = NULL, *diff = NULL;
	struct ef_err err = { 0 };
	size_t old_len, len, diff_len, left = 0;
	const char *old;

	if (!f->policy)
		return 0;
	if (findings_fix(f->policy, &f->findings, &text, &len, &left, &err) < 0) {
		output_error("%s", err.msg);
		return EXIT_USAGE;
	}
	old = policy_source(f->policy, &old_len);
	if (diff_texts(f->path, old, old_len, f->path, text, len, &diff,
		       &diff_len) < 0) {
		output_error("out of memory");
		return EXIT_USAGE;
	}
	put_diff(diff, diff_len);
	if (left)
		output_error("%s: %zu rule%s cannot be taken out by lines; "
			     "remove %s by hand",
			     f->path, left, left == 1 ? "" : "s",
			     left == 1 ? "it" : "them");
	return 0;
}

void lint_file_done(struct lint_file *f)
{
	findings_done(&f->findings);
	policy_unref(f->policy);
	f->policy = NULL;
}
