/* SPDX-License-Identifier: MIT */
/* Suggestions as edits, with what is written beside a rule. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "learn/suggest_impl.h"

static const char *comment_of(struct suggestions *out,
			      const struct observations *o,
			      const struct suggestion *s)
{
	const struct seen_session *session =
		observations_session_at(o, s->first_session);
	char command[2 * PROGRAM_WORD + 4], date[24], text[EDIT_COMMENT_MAX];
	time_t at = (time_t)(s->first_ms / 1000);
	struct tm tm = { 0 };

	gmtime_r(&at, &tm);
	strftime(date, sizeof(date), "%Y-%m-%d", &tm);
	snprintf(text, sizeof(text), "learned %s session %.8s: %s", date,
		 session->uuid,
		 program_text(&session->command, command, sizeof(command)));
	return arena_copy(&out->arena, text, strlen(text));
}

static const char *reason_of(struct suggestions *out, const struct suggestion *s)
{
	char text[2 * PROGRAM_WORD + 4];

	if (!s->seen->n_programs)
		return NULL;
	program_text(&s->seen->programs[0], text, sizeof(text));
	return arena_copy(&out->arena, text, strlen(text));
}

static enum edit_kind kind_of(const struct suggestion *s)
{
	switch (s->kind) {
	case DEST_NAME:
		return EDIT_NEW_NAME;
	case DEST_ADDRESS:
		return EDIT_NEW_RANGE;
	case DEST_LISTENER:
	default:
		return EDIT_NEW_UNIX;
	}
}

/* A suggestion as a rule of its own. */
static struct edit own_rule(const struct suggestion *s)
{
	return (struct edit){ .kind = kind_of(s),
			      .dest = s->dest,
			      .is_wildcard = s->is_wildcard,
			      .allow_private = s->rule && s->rule->allow_private,
			      .ports = s->ports,
			      .n_ports = s->n_ports };
}

struct edit *suggestions_accepted(const struct suggestions *s, size_t *ret_n)
{
	struct edit *list = calloc(s->n + 1, sizeof(*list));

	*ret_n = 0;
	for (size_t i = 0; list && i < s->n; i++)
		if (s->list[i].state == SUGGESTED)
			list[(*ret_n)++] = own_rule(&s->list[i]);
	return list;
}

static void make_edit(struct suggestions *out, const struct suggestion *s,
		      struct edit *e)
{
	*e = own_rule(s);
	if (s->rule) {
		e->kind = EDIT_ADD_PORTS;
		e->dest = s->rule->text;
		e->is_wildcard = e->allow_private = false;
		e->line = s->rule->line;
		e->column = s->rule->column;
	} else if (s->kind != DEST_LISTENER) {
		e->reason = reason_of(out, s);
	}
}

int suggestions_edits(struct suggestions *s, const struct observations *o,
		      bool with_comments, const struct edit **ret, size_t *ret_n)
{
	size_t said = 0, n = 0; /* the session of the last comment */
	enum edit_kind list = EDIT_ADD_PORTS;

	free(s->edits);
	s->edits = calloc(s->n + 1, sizeof(*s->edits));
	if (!s->edits)
		return -ENOMEM;
	for (size_t i = 0; i < s->n; i++) {
		const struct suggestion *one = &s->list[i];
		struct edit *e = &s->edits[n];

		if (one->state != SUGGESTED)
			continue;
		n++;
		make_edit(s, one, e);
		if (e->kind == EDIT_ADD_PORTS || !with_comments)
			continue;
		/* One comment for rules that follow each other. */
		if (e->kind != list || one->first_session != said)
			e->comment = comment_of(s, o, one);
		list = e->kind;
		said = one->first_session;
	}
	*ret = s->edits;
	*ret_n = n;
	return 0;
}
