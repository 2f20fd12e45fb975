/* SPDX-License-Identifier: MIT */
/* What is suggested for each destination. */
#include "learn/suggest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/escape.h"
#include "learn/generated.h"
#include "learn/suggest_impl.h"
#include "policy/glob.h"
#include "policy/placeholder.h"
#include "wire/cidr.h"

/* The ports that Linux gives to who asks for any (ip_local_port_range). */
#define GIVEN_FIRST 32768
#define GIVEN_LAST  60999

void suggestions_free(struct suggestions *s)
{
	if (!s)
		return;
	arena_done(&s->arena);
	free(s->list);
	free(s->edits);
	free(s);
}

size_t suggestions_n(const struct suggestions *s)
{
	return s->n;
}

const struct suggestion *suggestions_at(const struct suggestions *s, size_t i)
{
	return &s->list[i];
}

size_t suggestions_count(const struct suggestions *s, enum suggestion_state state)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->list[i].state == state;
	return n;
}

/* The destination as an edit takes it. */
static char *dest_of(struct suggestions *out, const struct seen *seen)
{
	char text[DNAME_TEXT_MAX] = "";

	switch (seen->kind) {
	case DEST_NAME:
		dname_text(&seen->name, text);
		break;
	case DEST_ADDRESS:
		cidr_text(&seen->addr, seen->prefix, text);
		break;
	case DEST_LISTENER:
	default:
		return arena_copy(&out->arena, seen->listener,
				  strlen(seen->listener));
	}
	return arena_copy(&out->arena, text, strlen(text));
}

char *suggest_shown(struct suggestions *out, const struct suggestion *s)
{
	char text[2048];

	snprintf(text, sizeof(text), s->is_wildcard ? "*." : "");
	escape_text(s->dest, strlen(s->dest), text + strlen(text),
		    sizeof(text) - strlen(text));
	return arena_copy(&out->arena, text, strlen(text));
}

/* An exact rule for the destination that lists ports, or NULL; *ret_all when
 * there is one that does not. */
static const struct rule *exact_rule(const struct policy *p,
				     const struct seen *s, bool *ret_all)
{
	const struct rule *r, *found = NULL;

	*ret_all = false;
	for (size_t i = 0; i < policy_n_rules(p); i++) {
		bool is_exact;

		r = policy_rule(p, i);
		if (s->kind == DEST_NAME)
			is_exact = r->kind == RULE_NAME && !r->is_wildcard &&
				   dname_equal(&r->name, &s->name);
		else
			is_exact = s->kind == DEST_ADDRESS &&
				   r->kind == RULE_ADDRESS &&
				   r->prefix == s->prefix &&
				   addr_same_ip(&r->net, &s->addr);
		if (!is_exact)
			continue;
		*ret_all |= !r->ports;
		if (r->ports && !found)
			found = r;
	}
	return found;
}

/* A name that a wildcard covers gets a rule with all of its ports: one name,
 * one truth. Otherwise only what is missing is written. */
static bool is_wanted(const struct suggestion *s, const struct seen_port *p)
{
	return p->is_needed || (s->kind == DEST_NAME && !s->rule);
}

static void add_range(struct suggestion *s, uint16_t first, uint16_t last)
{
	s->ports[s->n_ports++] = (struct port_range){ first, last };
}

/* Of this machine's ports those that are given to who asks for any are another
 * one each time: they become one range. */
static void add_machine_ports(struct suggestion *s, const struct seen *seen)
{
	bool has_given = false, has_last = false;

	for (size_t i = 0; i < seen->n_ports; i++) {
		const struct seen_port *p = &seen->ports[i];

		if (!is_wanted(s, p))
			continue;
		if (p->port < GIVEN_FIRST)
			add_range(s, p->port, p->port);
		has_given |= p->port >= GIVEN_FIRST;
		has_last |= p->port > GIVEN_LAST;
	}
	if (has_given)
		add_range(s, GIVEN_FIRST, has_last ? UINT16_MAX : GIVEN_LAST);
}

static int set_ports(const struct making *m, struct suggestion *s)
{
	const struct seen *seen = s->seen;

	s->ports = arena_take(&m->out->arena,
			      (seen->n_ports + 1) * sizeof(*s->ports));
	if (!s->ports)
		return -ENOMEM;
	if (s->kind == DEST_LISTENER)
		return 0;
	if (addr_is_loopback(&seen->addr)) {
		add_machine_ports(s, seen);
		return 0;
	}
	for (size_t i = 0; i < seen->n_ports; i++)
		if (is_wanted(s, &seen->ports[i]))
			add_range(s, seen->ports[i].port, seen->ports[i].port);
	if (!s->n_ports) {
		s->doubts |= DOUBT_PORT;
		add_range(s, m->options->assumed_port, m->options->assumed_port);
	}
	return 0;
}

static bool is_printable(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

/* Does a rule deny this listener? Then another one cannot allow it. */
static bool is_denied_listener(const struct policy *p, const char *name)
{
	const struct rule *r;
	size_t i = 0;

	while ((r = policy_next_unix(p, &i)))
		if (r->kind == RULE_UNIX_DENY && glob_matches(r->text, name))
			return true;
	return false;
}

/* Why no rule is suggested at all, or NULL. */
static const char *danger_of(const struct making *m, const struct suggestion *s)
{
	const struct seen *seen = s->seen;

	switch (s->kind) {
	case DEST_NAME:
		return danger_of_name(&seen->name);
	case DEST_ADDRESS:
		return placeholders_contain(&seen->addr)
			       ? "an address that a session made up for a name"
			       : danger_of_addr(&seen->addr);
	case DEST_LISTENER:
	default:
		if (seen->door)
			return seen->door;
		if (is_denied_listener(m->policy, seen->listener))
			return "unix_sockets.deny has it";
		if (*seen->listener != '/' && *seen->listener != '@')
			return "a relative path is no name a rule can have";
		return is_printable(seen->listener)
			       ? NULL
			       : "its name has bytes that no rule can have";
	}
}

static const char *set_target(const struct making *m, struct suggestion *s)
{
	bool is_open;
	const char *why = danger_of(m, s);

	if (why)
		return why;
	if (s->seen->n_ports > SUGGEST_PORTS_MAX &&
	    !addr_is_loopback(&s->seen->addr))
		return "so many ports are a scan, not a service";
	s->rule = exact_rule(m->policy, s->seen, &is_open);
	return is_open ? "there is a rule for it, without ports, and it does "
			 "not help"
		       : NULL;
}

static unsigned int notes_of(const struct suggestion *s)
{
	const struct seen *seen = s->seen;
	unsigned int notes = 0;

	if (s->kind == DEST_NAME)
		notes = notes_of_name(&seen->name);
	else if (s->kind == DEST_ADDRESS)
		notes = notes_of_addr(&seen->addr);
	else
		notes = NOTE_LISTENER;
	if (seen->is_private)
		notes |= NOTE_PRIVATE;
	for (size_t i = 0; i < s->n_ports; i++)
		if (s->ports[i].first == s->ports[i].last)
			notes |= notes_of_port(s->ports[i].first);
	return notes;
}

static bool has_generated_label(const struct dname *name)
{
	for (const uint8_t *p = name->wire; *p; p += *p + 1)
		if (label_is_generated((const char *)p + 1, *p))
			return true;
	return false;
}

static bool is_unsent(const struct seen *seen)
{
	for (size_t i = 0; i < seen->n_ports; i++)
		if (seen->ports[i].is_sent)
			return false;
	return seen->n_ports && seen->kind != DEST_LISTENER;
}

void suggest_weigh(const struct making *m, struct suggestion *s)
{
	const struct seen *seen = s->seen;

	if (!s->is_wildcard) {
		s->notes = notes_of(s);
		if (s->kind == DEST_ADDRESS)
			s->doubts |= DOUBT_ADDRESS;
		if (seen->is_ambiguous)
			s->doubts |= DOUBT_AMBIGUOUS;
		if (is_unsent(seen))
			s->doubts |= DOUBT_UNSENT;
		if (s->kind == DEST_NAME && has_generated_label(&seen->name))
			s->doubts |= DOUBT_GENERATED;
		if (s->kind == DEST_NAME && note_is_reserved(&seen->name))
			s->doubts |= DOUBT_RESERVED;
	}
	if (s->notes & NOTES_CAUTION)
		s->doubts |= DOUBT_NOTE;
	if (s->doubts)
		s->confidence = CONFIDENCE_LOW;
	else if (s->n_sessions >= 2 ||
		 (observations_n_sessions(m->o) == 1 && s->attempts >= 3))
		s->confidence = CONFIDENCE_HIGH;
	else
		s->confidence = CONFIDENCE_MEDIUM;
}

static void look_at_decisions(const struct making *m, struct suggestion *s)
{
	enum decided d =
		decisions_find(m->options->decisions, s->shown, s->last_ms);

	if (s->state != SUGGESTED || d == DECIDED_NOTHING)
		return;
	s->state = PUT_ASIDE;
	s->why = d == DECIDED_NEVER ? "never" : "skip";
}

static int make_one(const struct making *m, const struct seen *seen,
		    struct suggestion *s)
{
	*s = (struct suggestion){
		.seen = seen,
		.kind = seen->kind,
		.no_wildcard = WILDCARD_NONE,
		.attempts = seen->attempts,
		.denied = seen->denied,
		.first_ms = seen->first_ms,
		.last_ms = seen->last_ms,
		.n_sessions = seen->n_sessions,
		.first_session = seen->first_session,
	};
	s->why = set_target(m, s);
	s->state = s->why ? NEVER_OFFERED : SUGGESTED;
	s->dest = dest_of(m->out, seen);
	s->shown = s->dest ? suggest_shown(m->out, s) : NULL;
	if (!s->shown || set_ports(m, s) < 0)
		return -ENOMEM;
	suggest_weigh(m, s);
	look_at_decisions(m, s);
	if (s->state != NEVER_OFFERED && s->kind == DEST_NAME)
		suggest_alternatives(m, s);
	return 0;
}

static int make_all(struct making *m)
{
	size_t n = observations_n(m->o);

	m->out->list = calloc(n + m->options->n_widen + 1, sizeof(*m->out->list));
	if (!m->out->list)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct seen *seen = observations_at(m->o, i);

		if (!seen->is_needed)
			continue;
		if (make_one(m, seen, &m->out->list[m->out->n]) < 0)
			return -ENOMEM;
		m->out->n++;
	}
	return 0;
}

int suggest(const struct observations *o, const struct policy *p,
	    const struct suggest_options *options, struct suggestions **ret,
	    struct ef_err *err)
{
	struct making m = { .o = o,
			    .policy = p,
			    .options = options,
			    .out = calloc(1, sizeof(*m.out)) };
	int n = m.out ? make_all(&m) : -ENOMEM;

	if (n == 0)
		n = suggest_widen(&m, err);
	if (n == 0)
		*ret = m.out;
	else
		suggestions_free(m.out);
	return n == -ENOMEM ? err_set(err, ENOMEM, "out of memory") : n;
}
