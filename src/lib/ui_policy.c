/* SPDX-License-Identifier: MIT */
/* The policy a session ran under: its text, its rules, what it says. */
#include "lib/ui_impl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/escape.h"
#include "base/cleanup.h"
#include "learn/replay.h"
#include "learn/replay_hosts.h"
#include "lib/ui_rules.h"
#include "policy/explain.h"
#include "policy/load.h"

AUTO(policy, policy_unref)

#define STORY_MAX 16384

/* Texts of rules, one block for each. */
struct ui_rules {
	char **texts;
	size_t n;
	char *file;
};

static void cleanup_revision(struct revision *v)
{
	revision_done(v);
}

/* The revision of a row, or (seq 0) the last one. */
static int revision_of(struct reader *r, size_t session, int64_t seq,
		       struct revision *ret, struct ef_err *err)
{
	return seq > 0 ? reader_revision(r, session, seq, ret, err)
		       : reader_last_revision(r, session, ret, err);
}

/* NULL when this program does not read it (any more). */
static struct policy *load(const struct revision *v)
{
	auto_free struct problems *problems = calloc(1, sizeof(*problems));
	struct policy *p = NULL;

	if (!*v->path)
		return policy_new_fixed(v->allows ? VERDICT_ALLOW : VERDICT_DENY);
	if (problems)
		policy_load(v->text, v->len, v->path, problems, &p);
	return p;
}

static char *escaped(const char *text)
{
	size_t size = strlen(text) * 4 + 1;
	char *buf = malloc(size);

	return buf ? escape_text(text, strlen(text), buf, size) : NULL;
}

static void ports_text(const struct rule *r, char *buf, size_t size)
{
	size_t len = 0;

	snprintf(buf, size, "%s", r->ports ? "" : "*");
	for (size_t i = 0; i < r->n_ports && len < size; i++) {
		const struct port_range *p = &r->ports[i];
		int n = p->first == p->last
				? snprintf(buf + len, size - len, "%s%u",
					   i ? " " : "", p->first)
				: snprintf(buf + len, size - len, "%s%u-%u",
					   i ? " " : "", p->first, p->last);

		len += (size_t)n;
	}
}

struct ui_rules *ui_rules_of(struct reader *r, size_t session,
			     void (*fn)(void *arg, const struct ui_rule *rule),
			     void *arg)
{
	__attribute__((cleanup(cleanup_revision))) struct revision v = { 0 };
	auto_of(policy) struct policy *p = NULL;
	struct ui_rules *rules;

	if (revision_of(r, session, 0, &v, NULL) < 0 || !(p = load(&v)))
		return NULL;
	rules = calloc(1, sizeof(*rules));
	if (rules) {
		rules->texts = calloc(policy_n_rules(p) + 1, sizeof(char *));
		rules->file = escaped(v.path);
	}
	for (size_t i = 0; rules && rules->texts && i < policy_n_rules(p); i++) {
		const struct rule *from = policy_rule(p, i);
		struct ui_rule to = { .line = from->line };

		rules->texts[i] = escaped(from->text);
		rules->n = i + 1;
		to.text = rules->texts[i] ? rules->texts[i] : "";
		to.file = rules->file ? rules->file : "";
		if (from->reason)
			escape_text(from->reason, strlen(from->reason),
				    to.reason, sizeof(to.reason));
		ports_text(from, to.ports, sizeof(to.ports));
		fn(arg, &to);
	}
	return rules;
}

void ui_rules_done(struct ui_rules *rules)
{
	if (!rules)
		return;
	for (size_t i = 0; i < rules->n; i++)
		free(rules->texts[i]);
	free(rules->texts);
	free(rules->file);
	free(rules);
}

/* Lines, each escaped by itself. */
static char *escaped_lines(const char *text, size_t len)
{
	char *buf = malloc(len * 10 + 2), *at = buf;

	for (const char *end = text + len; buf && text < end;) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((stop ? stop : end) - text);

		escape_text(text, n, at, n * 10 + 1);
		at += strlen(at);
		*at++ = '\n';
		text += n + 1;
	}
	if (buf)
		*at = '\0';
	return buf;
}

int ef_ui_history_policy(struct ef_ui_history *history, long long seq,
			 char **ret_path, char **ret_text, struct ef_error *err)
{
	__attribute__((cleanup(cleanup_revision))) struct revision v = { 0 };
	struct ef_err why = { 0 };
	int r = revision_of(history->reader, history->session, seq, &v, &why);

	*ret_path = *ret_text = NULL;
	if (r < 0)
		return handle_error(err, &why, r);
	*ret_path = strdup(v.path);
	*ret_text = escaped_lines(v.text, v.len);
	if (*ret_path && *ret_text)
		return handle_error(err, NULL, 0);
	free(*ret_path);
	free(*ret_text);
	*ret_path = *ret_text = NULL;
	return handle_error(err, NULL, -ENOMEM);
}

/* What the judge says of the row, told. */
static int tell(struct ef_ui_history *h, const struct row *row,
		const struct policy *p, char **ret_text, struct ef_err *err)
{
	auto_free struct explanation *e = calloc(1, sizeof(*e));
	auto_free char *story = malloc(STORY_MAX);
	struct replay_hosts hosts = { 0 };
	struct observation seen;
	struct decision said;

	if (!e || !story)
		return err_set(err, ENOMEM, "out of memory");
	replay_hosts_read(h->reader, h->session, &p, 1, &hosts, NULL);
	said = replay_judge(p, row, &hosts, &seen);
	replay_hosts_done(&hosts);
	if (seen.stage == N_STAGES)
		return err_set(err, ENOENT, "no policy decides this");
	policy_explain(p, &seen, e);
	if (e->said.verdict == said.verdict)
		explain_text(p, e, story, STORY_MAX);
	else
		snprintf(story, STORY_MAX, "denied: %s\n",
			 reason_text(said.reason));
	*ret_text = STEAL(story);
	return 0;
}

int ef_ui_history_why(struct ef_ui_history *history, long long seq,
		      char **ret_text, struct ef_error *err)
{
	__attribute__((cleanup(cleanup_revision))) struct revision v = { 0 };
	auto_of(policy) struct policy *p = NULL;
	struct page page = { 0 };
	struct ef_err why = { 0 };
	int r = revision_of(history->reader, history->session, seq, &v, &why);

	*ret_text = NULL;
	if (r == 0) {
		p = load(&v);
		r = p ? reader_row(history->reader, history->session, seq,
				   &page, &why)
		      : err_set(&why, ENOENT,
				"this version cannot read the policy of then");
	}
	if (r == 0)
		r = tell(history, page.rows, p, ret_text, &why);
	page_done(&page);
	return handle_error(err, &why, r);
}
