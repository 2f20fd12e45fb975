/* SPDX-License-Identifier: MIT */
#ifndef SPLICE_CASE_H
#define SPLICE_CASE_H

/*
 * Policies and edits as files, in tests/data/splice: NAME.yaml is the text,
 * NAME.edits what to do, and NAME.out the text that comes out or NAME.refused
 * what is said instead. An edit is a line:
 *
 *   name, below, range: DEST PORTS [REASON]   (PORTS: 22,8000-8100 or all)
 *   unix: NAME
 *   ports: DEST PORTS                (of the rule whose pattern is DEST)
 *   comment: TEXT                    (of the next one)
 *
 * where "\n" in a text is a line break.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "learn/splice.h"
#include "policy/load.h"

#define CASE_EDITS_MAX 16
#define CASE_PORTS_MAX 8

struct splice_case {
	char *text, *script; /* the caller frees both */
	size_t len;
	struct edit edits[CASE_EDITS_MAX];
	size_t n;
	struct port_range ports[CASE_EDITS_MAX][CASE_PORTS_MAX];
};

/* The whole of a file, with a NUL behind it; NULL: there is none. */
static inline char *case_read(const char *folder, const char *name,
			      const char *suffix, size_t *ret_len)
{
	char path[8192], *text = malloc(1 << 20);
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s%s", folder, name, suffix);
	f = fopen(path, "rb");
	if (!f) {
		free(text);
		return NULL;
	}
	*ret_len = fread(text, 1, (1 << 20) - 1, f);
	text[*ret_len] = '\0';
	fclose(f);
	return text;
}

/* Put line breaks where "\n" stands. */
static inline char *case_breaks(char *s)
{
	for (char *p = s; s && (p = strstr(p, "\\n"));) {
		*p++ = '\n';
		memmove(p, p + 1, strlen(p));
	}
	return s;
}

/* The next word of a line; "" at its end. */
static inline char *case_word(char **line)
{
	char *word = *line;

	*line += strcspn(*line, " ");
	if (**line)
		*(*line)++ = '\0';
	return word;
}

static inline void case_ports(struct edit *e, struct port_range *ports, char *word)
{
	e->ports = ports;
	e->all_ports = !strcmp(word, "all");
	for (char *p = strtok(word, ",");
	     p && !e->all_ports && e->n_ports < CASE_PORTS_MAX;
	     p = strtok(NULL, ",")) {
		char *end;
		unsigned long first = strtoul(p, &end, 10);

		ports[e->n_ports].first = (uint16_t)first;
		ports[e->n_ports++].last =
			(uint16_t)(*end == '-' ? strtoul(end + 1, NULL, 10)
					       : first);
	}
}

/* Where the rule whose pattern is written so stands. */
static inline void case_target(const struct splice_case *c, struct edit *e)
{
	static struct problems ps;
	struct policy *p = NULL;

	if (policy_load(c->text, c->len, "", &ps, &p) < 0)
		return;
	for (size_t i = 0; i < policy_n_rules(p); i++)
		if (!strcmp(policy_rule(p, i)->text, e->dest)) {
			e->line = policy_rule(p, i)->line;
			e->column = policy_rule(p, i)->column;
		}
	policy_unref(p);
}

static inline void case_edit(struct splice_case *c, char *line, char **comment)
{
	struct edit *e = &c->edits[c->n];
	char *word = case_word(&line);

	if (!strcmp(word, "comment")) {
		*comment = case_breaks(line);
		return;
	}
	*e = (struct edit){ .comment = *comment };
	*comment = NULL;
	e->is_wildcard = !strcmp(word, "below");
	e->kind = !strcmp(word, "range")   ? EDIT_NEW_RANGE
		  : !strcmp(word, "unix")  ? EDIT_NEW_UNIX
		  : !strcmp(word, "ports") ? EDIT_ADD_PORTS
					   : EDIT_NEW_NAME;
	if (e->kind == EDIT_NEW_UNIX) {
		e->dest = line;
	} else {
		e->dest = case_word(&line);
		case_ports(e, c->ports[c->n], case_word(&line));
		e->reason = *line ? case_breaks(line) : NULL;
	}
	if (e->kind == EDIT_ADD_PORTS)
		case_target(c, e);
	c->n++;
}

/* Read the edits from the script, which it takes apart. */
static inline void case_parse(struct splice_case *c)
{
	char *line, *next, *comment = NULL;

	for (line = c->script; *line && c->n < CASE_EDITS_MAX; line = next) {
		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = '\0';
		case_edit(c, line, &comment);
	}
}

/* Read the text and the edits of a case; false when one is missing. */
static inline bool case_load(struct splice_case *c, const char *folder,
			     const char *name)
{
	size_t len;

	memset(c, 0, sizeof(*c));
	c->text = case_read(folder, name, ".yaml", &c->len);
	c->script = case_read(folder, name, ".edits", &len);
	if (!c->text || !c->script)
		return false;
	case_parse(c);
	return true;
}

#endif
