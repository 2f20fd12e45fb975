/* SPDX-License-Identifier: MIT */
#ifndef LEARN_HELP_H
#define LEARN_HELP_H

/* Observations made by hand, and suggestions as lines of text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "learn/observe.h"
#include "learn/suggest.h"
#include "policy/load.h"

/* A policy from text; ends the test when it has errors. */
static inline struct policy *policy_text(const char *text)
{
	struct problems *ps = malloc(sizeof(*ps));
	struct policy *p = NULL;

	if (!ps || policy_load(text, strlen(text), "p.yaml", ps, &p) < 0) {
		printf("# the policy of the test does not load: %s\n",
		       ps ? ps->list[0].text : "out of memory");
		abort();
	}
	free(ps);
	return p;
}

/* An attempt, with what is usual filled in. */
static inline struct alike_entry entry(const char *name, const char *ip,
				       int64_t port, int64_t attempts)
{
	static const char argv[] = "node\0/usr/bin/yarn\0install";

	return (struct alike_entry){
		.stage = "connect",
		.proto = "tcp",
		.verdict = "deny",
		.action = "denied",
		.reason = "no-rule",
		.name = name,
		.name_source = *name ? *ip ? "dns" : "placeholder" : "none",
		.ip = ip,
		.port = port,
		.attempts = attempts,
		.first_ms = 1763906541204, /* 2025-11-23T14:02:21Z */
		.last_ms = 1763906541204,
		.processes[0] = { .exe = "/usr/bin/node",
				  .comm = "node",
				  .argv = argv,
				  .argv_len = sizeof(argv) },
		.n_processes = 1,
	};
}

static inline void put(struct observations *o, struct alike_entry e)
{
	if (observations_add(&e, o) < 0)
		abort();
}

/* Begin a session whose id has these first digits. */
static inline void session(struct observations *o, const char *digits)
{
	char uuid[37];

	snprintf(uuid, sizeof(uuid), "%.8s-0000-4000-8000-000000000000", digits);
	if (observations_session(o, uuid, "npm\0ci", 7) != 1)
		abort();
}

static inline void line_ports(char *buf, size_t size, const struct suggestion *s)
{
	size_t n = strlen(buf);

	for (size_t i = 0; i < s->n_ports; i++) {
		const struct port_range *p = &s->ports[i];

		n += (size_t)snprintf(buf + n, size - n, "%s%u", i ? "," : " ",
				      p->first);
		if (p->first != p->last)
			n += (size_t)snprintf(buf + n, size - n, "-%u", p->last);
	}
}

/*
 * A suggestion as a line: "+ NAME PORTS CONFIDENCE !NOTE *.ALTERNATIVE(SEEN)",
 * "~" for ports of a rule, "x" never, "o" put aside, "-" absorbed.
 */
static inline char *line_of(const struct suggestion *s, char *buf, size_t size)
{
	static const char marks[] = "+xo-";
	unsigned int notes = s->notes;
	char name[DNAME_TEXT_MAX];

	snprintf(buf, size, "%c %s",
		 s->state == SUGGESTED && s->rule ? '~' : marks[s->state],
		 s->shown);
	line_ports(buf, size, s);
	if (s->state != NEVER_OFFERED)
		snprintf(buf + strlen(buf), size - strlen(buf), " %s",
			 confidence_word(s->confidence));
	while (notes)
		snprintf(buf + strlen(buf), size - strlen(buf), " !%s",
			 note_word(note_next(&notes)));
	for (size_t i = 0; i < s->n_alternatives; i++)
		snprintf(buf + strlen(buf), size - strlen(buf), " *.%s(%zu)",
			 dname_text(&s->alternatives[i].parent, name),
			 s->alternatives[i].n_names);
	return buf;
}

/* All suggestions, a line each. */
static inline char *lines_of(const struct suggestions *s)
{
	static char all[65536];
	char line[2048];
	size_t n = 0;

	all[0] = '\0';
	for (size_t i = 0; i < suggestions_n(s); i++)
		n += (size_t)snprintf(
			all + n, sizeof(all) - n, "%s\n",
			line_of(suggestions_at(s, i), line, sizeof(line)));
	return all;
}

#endif
