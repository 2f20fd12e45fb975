/* SPDX-License-Identifier: MIT */
#ifndef SPLICE_GEN_H
#define SPLICE_GEN_H

/*
 * Policies as people might write them, and edits as outside text might make
 * them, from a number: the same number gives the same.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "learn/edit.h"

#define GEN_EDITS 6
#define GEN_PORTS 3

struct gen {
	uint64_t state;
	FILE *f;
	const char *eol;
	unsigned int step;    /* of lists below their key */
	unsigned int next_id; /* for names that differ */
	bool may_refuse;      /* something in it need not be editable */
	bool is_open;	      /* the last line has no end yet */
	unsigned int anchors;
};

/* A number below n. */
static inline unsigned int gen_below(struct gen *g, unsigned int n)
{
	g->state ^= g->state << 13;
	g->state ^= g->state >> 7;
	g->state ^= g->state << 17;
	return (unsigned int)((g->state >> 33) % n);
}

static inline bool gen_one_in(struct gen *g, unsigned int n)
{
	return gen_below(g, n) == 0;
}

static inline const char *gen_word(struct gen *g, const char *const *words)
{
	unsigned int n = 0;

	while (words[n])
		n++;
	return words[gen_below(g, n)];
}

#define GEN_WORD(g, ...) gen_word(g, (const char *const[]){ __VA_ARGS__, NULL })

__attribute__((format(printf, 2, 3))) static inline void
gen_put(struct gen *g, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(g->f, fmt, ap);
	va_end(ap);
}

static inline void gen_indent(struct gen *g, unsigned int n)
{
	gen_put(g, "%*s", (int)n, "");
}

static inline void gen_comment(struct gen *g)
{
	gen_put(g, "#%s",
		GEN_WORD(g, "", " x", " - pattern: a", " größe 漢字 🙂",
			 "key: []", " ], }", "\t*x &y !z", " |", " \"", "'"));
}

/* The end of a line, at times behind a comment. */
static inline void gen_end(struct gen *g)
{
	if (gen_one_in(g, 6)) {
		gen_put(g, "%s", GEN_WORD(g, " ", "   ", "\t"));
		gen_comment(g);
	} else if (gen_one_in(g, 12)) {
		gen_put(g, "%s", GEN_WORD(g, " ", "   "));
	}
	gen_put(g, "%s", g->eol);
}

/* Nothing, or lines that say nothing. */
static inline void gen_gap(struct gen *g)
{
	while (gen_one_in(g, 4)) {
		if (gen_one_in(g, 2)) {
			gen_indent(g, gen_below(g, 12));
			gen_comment(g);
		} else if (gen_one_in(g, 4)) {
			gen_indent(g, gen_below(g, 12));
		}
		gen_put(g, "%s", g->eol);
	}
}

/* A scalar on one line, in some quotes. */
static inline void gen_scalar(struct gen *g, const char *text, bool plain)
{
	switch (gen_below(g, plain ? 3 : 2)) {
	case 0:
		gen_put(g, "\"%s\"", text);
		break;
	case 1:
		gen_put(g, "'%s'", text);
		break;
	default:
		gen_put(g, "%s", text);
	}
}

static inline void gen_text(struct gen *g)
{
	gen_put(g, "%s",
		GEN_WORD(g, "why", "two words", "\"q # x\"", "'it''s'",
			 "\"\\u00fc \\\" \\\\\"", "größe 漢字 🙂", "\"\"",
			 "''", "a:b", "x#y", "\"- a: []\"", "'{}'"));
}

/* A text over several lines, in a value whose key is in a column. */
static inline void gen_long_text(struct gen *g, unsigned int column)
{
	unsigned int indent = column + 1 + gen_below(g, 4), n;
	const char *chomp = GEN_WORD(g, "", "-", "+");

	if (gen_one_in(g, 3)) {
		gen_put(g, "\"one%s", g->eol);
		gen_indent(g, gen_below(g, 10));
		gen_put(g, "%s\"", GEN_WORD(g, "two", "# two", "- two: x"));
		gen_end(g);
		return;
	}
	gen_put(g, "%s%s%s", GEN_WORD(g, "|", ">"), chomp, g->eol);
	for (n = 1 + gen_below(g, 3); n > 0; n--) {
		gen_indent(g, indent);
		gen_put(g, "%s%s",
			GEN_WORD(g, "text", "# text", "- a: b", "größe 漢"),
			g->eol);
		if (gen_one_in(g, 4))
			gen_put(g, "%s", g->eol);
	}
	for (n = gen_below(g, 3); n > 0; n--) {
		gen_indent(g, gen_one_in(g, 2) ? indent + gen_below(g, 3) : 0);
		gen_put(g, "%s", g->eol);
	}
	/* Without a line end it is another text; that may be refused. */
	g->may_refuse |= *chomp != '-';
}

static inline void gen_port(struct gen *g, bool json)
{
	unsigned int p = 1 + gen_below(g, 65000);

	if (gen_one_in(g, 4))
		gen_put(g, "\"%u-%u\"", p, p + gen_below(g, 500));
	else if (!json && gen_one_in(g, 6))
		gen_put(g, "'%u'", p);
	else
		gen_put(g, "%u", p);
}

/* A list of ports in brackets; over several lines where a column is given. */
static inline void gen_flow_ports(struct gen *g, unsigned int column, bool json)
{
	unsigned int n = 1 + gen_below(g, 3);
	bool lines = column && gen_one_in(g, 4),
	     comma = !json && gen_one_in(g, 5);

	gen_put(g, "[%s", lines ? "" : GEN_WORD(g, "", " ", ""));
	for (unsigned int i = 0; i < n; i++) {
		if (lines) {
			if (i && !json)
				gen_end(g);
			else
				gen_put(g, "%s", g->eol);
			gen_indent(g, column + 1 + gen_below(g, 3));
		}
		gen_port(g, json);
		if (i + 1 < n || comma)
			gen_put(g, ",%s",
				lines ? "" : GEN_WORD(g, " ", "", "  "));
	}
	if (lines && gen_one_in(g, 2)) {
		if (json)
			gen_put(g, "%s", g->eol);
		else
			gen_end(g);
		gen_indent(g, column + 1);
	}
	gen_put(g, "%s]", GEN_WORD(g, "", " ", ""));
}

static inline void gen_ports(struct gen *g, unsigned int column)
{
	unsigned int dash = column + g->step, gap = 1 + gen_below(g, 3);

	if (gen_one_in(g, 12)) {
		gen_put(g, "ports: %s", GEN_WORD(g, "null", "~", ""));
	} else if (g->anchors && gen_one_in(g, 8)) {
		g->may_refuse = true;
		gen_put(g, "ports: *p%u ", gen_below(g, g->anchors));
	} else if (gen_one_in(g, 3)) {
		gen_put(g, "ports:");
		gen_end(g);
		for (unsigned int n = 1 + gen_below(g, 3); n > 0; n--) {
			gen_indent(g, dash);
			gen_put(g, "-");
			gen_indent(g, gap);
			gen_port(g, false);
			gen_end(g);
			if (n > 1)
				gen_gap(g);
		}
		return;
	} else {
		gen_put(g, "ports:%s", GEN_WORD(g, " ", "  "));
		if (gen_one_in(g, 15)) {
			g->may_refuse = true;
			gen_put(g, "&p%u ", g->anchors++);
		}
		gen_flow_ports(g, column, false);
	}
	gen_end(g);
}

/* What a rule is about; nothing else in the text is like it. */
static inline void gen_dest(struct gen *g, bool is_name, bool plain)
{
	char text[64];
	unsigned int id = g->next_id++;

	if (is_name)
		snprintf(text, sizeof(text), "%sold%u.example",
			 gen_one_in(g, 5) ? "*." : "", id);
	else if (gen_one_in(g, 3))
		snprintf(text, sizeof(text), "2001:db8::%x", id);
	else
		snprintf(text, sizeof(text), "192.0.2.%u%s", id % 256,
			 gen_one_in(g, 3) ? "/32" : "");
	gen_scalar(g, text, plain && *text != '*');
}

/* A rule in braces; over several lines where a column is given. */
static inline void gen_flow_rule(struct gen *g, bool is_name,
				 unsigned int column, bool json)
{
	const char *q = json || gen_one_in(g, 8) ? "\"" : "";
	bool lines = column && gen_one_in(g, 4), first = true;
	unsigned int order = gen_below(g, 3);

	gen_put(g, "{%s", GEN_WORD(g, "", " "));
	for (unsigned int i = 0; i < 3; i++) {
		unsigned int what = (i + order) % 3;

		if (what && gen_one_in(g, 2))
			continue;
		if (!first)
			gen_put(g, ",%s", lines ? "" : " ");
		if (!first && lines) {
			gen_put(g, "%s", g->eol);
			gen_indent(g, column + 2);
		}
		first = false;
		gen_put(g, "%s%s%s: ", q,
			what == 1 ? "ports"
			: what	  ? "reason"
			: is_name ? "pattern"
				  : "cidr",
			q);
		if (what == 0 && json)
			gen_put(g,
				is_name ? "\"old%u.example\"" : "\"10.1.%u.0\"",
				g->next_id++ % 256);
		else if (what == 0)
			gen_dest(g, is_name, false);
		else if (what == 1)
			gen_flow_ports(g, lines ? column + 2 : 0, json);
		else
			gen_put(g, "\"%s\"",
				GEN_WORD(g, "why", "größe", "a, b]"));
	}
	gen_put(g, "%s}", GEN_WORD(g, "", " "));
}

/* A rule in lines; its dash is there and its keys stand in a column. */
static inline void gen_rule(struct gen *g, bool is_name, unsigned int column)
{
	unsigned int order = gen_below(g, 3);
	bool first = true;

	for (unsigned int i = 0; i < 3; i++) {
		unsigned int what = (i + order) % 3;

		if (what && gen_one_in(g, 2))
			continue;
		if (!first) {
			gen_gap(g);
			gen_indent(g, column);
		}
		first = false;
		if (what == 0) {
			gen_put(g, is_name ? "pattern: " : "cidr: ");
			gen_dest(g, is_name, true);
			gen_end(g);
		} else if (what == 1) {
			gen_ports(g, column);
		} else {
			gen_put(g, "reason: ");
			if (gen_one_in(g, 3)) {
				gen_long_text(g, column);
			} else {
				gen_put(g, "%s", "");
				if (!gen_one_in(g, 8))
					gen_text(g);
				gen_end(g);
			}
		}
	}
}

static inline void gen_block_rules(struct gen *g, bool is_name, unsigned int key)
{
	unsigned int dash = key + g->step, gap = 1 + gen_below(g, 3);

	gen_end(g);
	for (unsigned int n = 1 + gen_below(g, 4); n > 0; n--) {
		gen_gap(g);
		gen_indent(g, dash);
		gen_put(g, "-");
		if (gen_one_in(g, 3)) {
			gen_indent(g, gap);
			gen_flow_rule(g, is_name, dash + gap + 1, false);
			gen_end(g);
			continue;
		}
		if (gen_one_in(g, 8)) {
			gen_end(g);
			gen_indent(g, dash + gap + 1);
		} else {
			gen_indent(g, gap);
		}
		gen_rule(g, is_name, dash + gap + 1);
	}
}

/* Rules in brackets, on one line or on several. */
static inline void gen_flow_rules(struct gen *g, bool is_name, unsigned int key,
				  bool json)
{
	bool lines = gen_one_in(g, 2), comma = !json && gen_one_in(g, 3);
	unsigned int n = gen_below(g, 4), column = key + 1 + gen_below(g, 5);

	gen_put(g, "[");
	for (unsigned int i = 0; i < n; i++) {
		if (lines) {
			if (json)
				gen_put(g, "%s", g->eol);
			else
				gen_end(g);
			gen_indent(g, column);
		}
		gen_flow_rule(g, is_name, lines ? column : 0, json);
		if (i + 1 < n || comma)
			gen_put(g, "%s", lines ? "," : ", ");
	}
	if (lines && gen_one_in(g, 4))
		lines = false;
	if (lines) {
		if (json)
			gen_put(g, "%s", g->eol);
		else
			gen_end(g);
		if (!json)
			gen_gap(g);
		gen_indent(g, key + 1);
	}
	gen_put(g, "]");
}

static inline void gen_rules(struct gen *g, bool is_name, unsigned int key)
{
	gen_indent(g, key);
	gen_put(g, is_name ? "domains:" : "ip_ranges:");
	switch (gen_below(g, 6)) {
	case 0:
		gen_put(g, "%s", GEN_WORD(g, "", " ~", " null", " []", " [ ]"));
		gen_end(g);
		break;
	case 1:
		gen_put(g, " ");
		gen_flow_rules(g, is_name, key, false);
		gen_end(g);
		break;
	default:
		gen_block_rules(g, is_name, key);
	}
}

static inline void gen_listeners(struct gen *g, const char *word, unsigned int key)
{
	gen_indent(g, key);
	gen_put(g, "%s:", word);
	switch (gen_below(g, 4)) {
	case 0:
		gen_put(g, "%s",
			GEN_WORD(g, "", " ~", " []", " [/run/a, \"@b\"]"));
		gen_end(g);
		break;
	default:
		gen_end(g);
		for (unsigned int n = 1 + gen_below(g, 3); n > 0; n--) {
			gen_gap(g);
			gen_indent(g, key + g->step);
			gen_put(g, "- %s",
				GEN_WORD(g, "/run/a.sock", "'@it''s'",
					 "\"/run/\\u00fc\"", "/run/*"));
			gen_end(g);
		}
	}
}

static inline void gen_unix(struct gen *g, unsigned int key)
{
	unsigned int below = key + 1 + gen_below(g, 5);
	unsigned int first = gen_below(g, 3), n = 1 + gen_below(g, 3);

	gen_indent(g, key);
	gen_put(g, "unix_sockets:");
	if (gen_one_in(g, 3)) {
		gen_put(g, "%s",
			GEN_WORD(g, "", " ~", " {}", " {default: deny}",
				 " {allow: [/run/a], deny: []}", " {allow: []}",
				 " {deny: [/x], allow: null}"));
		gen_end(g);
		return;
	}
	gen_end(g);
	for (unsigned int i = 0; i < n; i++) {
		unsigned int what = (first + i) % 3;

		gen_gap(g);
		if (what == 0) {
			gen_indent(g, below);
			gen_put(g, "default: deny");
			gen_end(g);
		} else {
			gen_listeners(g, what == 1 ? "allow" : "deny", below);
		}
	}
}

static inline void gen_other(struct gen *g, unsigned int what, unsigned int key)
{
	gen_indent(g, key);
	if (what == 0) {
		gen_put(g, "version: 1");
	} else if (what == 1) {
		gen_put(g, "default_policy: \"deny\"");
	} else {
		gen_put(g, "dns:%s", g->eol);
		gen_indent(g, key + 1 + gen_below(g, 4));
		gen_put(g, "servers: [ '192.0.2.53' ]");
	}
	gen_end(g);
}

/* Everything in braces, as JSON has it. */
static inline void gen_json(struct gen *g)
{
	unsigned int first = gen_below(g, 4), n = 1 + gen_below(g, 4);
	bool lines = gen_one_in(g, 2);

	gen_put(g, "{");
	for (unsigned int i = 0; i < n; i++) {
		unsigned int what = (first + i) % 4;

		gen_put(g, "%s%s", i ? "," : "", lines ? g->eol : " ");
		if (what == 0) {
			gen_put(g, "\"version\": 1");
		} else if (what == 3) {
			gen_put(g, "\"unix_sockets\": %s",
				GEN_WORD(g, "{}", "{\"allow\": [\"/a\"]}",
					 "{\"default\": \"deny\"}"));
		} else {
			gen_put(g, what == 1 ? "\"domains\": "
					     : "\"ip_ranges\": ");
			gen_flow_rules(g, what == 1, 2, true);
		}
	}
	gen_put(g, "%s}%s", lines ? g->eol : " ", g->eol);
}

static inline void gen_block(struct gen *g)
{
	unsigned int key = gen_one_in(g, 8) ? 1 + gen_below(g, 3) : 0;
	unsigned int first = gen_below(g, 6), turn = gen_one_in(g, 2) ? 1 : 5;
	unsigned int n = gen_below(g, 7);

	for (unsigned int i = 0; i < n; i++) {
		unsigned int what = (first + i * turn) % 6;

		gen_gap(g);
		if (what < 3)
			gen_other(g, what, key);
		else if (what == 5)
			gen_unix(g, key);
		else
			gen_rules(g, what == 3, key);
	}
	gen_gap(g);
}

/* A policy; the caller frees it. */
static inline char *gen_policy(struct gen *g, size_t *ret_len)
{
	char *text = NULL;
	bool has_mark = gen_one_in(g, 10);

	g->f = open_memstream(&text, ret_len);
	g->eol = gen_one_in(g, 5) ? "\r\n" : "\n";
	g->step = gen_one_in(g, 3) ? 0 : 1 + gen_below(g, 5);
	if (gen_one_in(g, 10))
		gen_put(g, "\xef\xbb\xbf");
	if (has_mark && gen_one_in(g, 4))
		gen_put(g, "%%YAML 1.1%s---%s", g->eol, g->eol);
	else if (has_mark)
		gen_put(g, "---%s", g->eol);
	if (gen_one_in(g, 8))
		gen_json(g);
	else
		gen_block(g);
	if (gen_one_in(g, 10))
		gen_put(g, "...%s", g->eol);
	fclose(g->f);
	if (*ret_len && gen_one_in(g, 5))
		*ret_len -= strlen(g->eol);
	text[*ret_len] = '\0';
	return text;
}

/* Text from outside, with all that could mean something. */
static inline char *gen_hostile(struct gen *g, char *buf, size_t size)
{
	static const char *const parts[] = { "a",
					     "\n",
					     "\r",
					     "\t",
					     "\"",
					     "'",
					     "\\",
					     "#",
					     " #",
					     ": ",
					     "- ",
					     "[",
					     "]",
					     "{",
					     "}",
					     ",",
					     "*x",
					     "&x",
					     "!y",
					     "%",
					     "\x1b",
					     "\xe2\x80\xae",
					     "\xe2\x80\xa8",
					     "\xc2\x85",

					     "ü",
					     "🙂",
					     "\n- ",
					     "\n\n",
					     "\\n",
					     "|",
					     ">",
					     "---",
					     "\n...\n",
					     "\x7f",

					     "\xef\xbb\xbf",
					     "\"}]",
					     "\\\"",
					     " " };
	size_t len = 0;

	for (unsigned int n = gen_below(g, 12); n > 0; n--) {
		const char *p =
			parts[gen_below(g, sizeof(parts) / sizeof(parts[0]))];

		if (len + strlen(p) + 1 > size)
			break;
		strcpy(buf + len, p);
		len += strlen(p);
	}
	buf[len] = '\0';
	return buf;
}

struct gen_edits {
	struct edit list[GEN_EDITS];
	size_t n;
	struct port_range ports[GEN_EDITS][GEN_PORTS];
	char dest[GEN_EDITS][160], reason[GEN_EDITS][200],
		comment[GEN_EDITS][200];
};

static inline void gen_edit(struct gen *g, struct gen_edits *e,
			    const struct policy *old)
{
	struct edit *i = &e->list[e->n];
	char *dest = e->dest[e->n], rest[100];
	const struct rule *r;
	size_t n_rules = policy_n_rules(old);

	*i = (struct edit){ .kind = (enum edit_kind)gen_below(g, 4),
			    .dest = dest,
			    .ports = e->ports[e->n],
			    .n_ports = 1 + gen_below(g, GEN_PORTS) };
	for (size_t k = 0; k < i->n_ports; k++) {
		uint16_t first = (uint16_t)(1 + gen_below(g, 65000));

		e->ports[e->n][k].first = first;
		e->ports[e->n][k].last =
			(uint16_t)(first +
				   (gen_one_in(g, 4) ? gen_below(g, 500) : 0));
	}
	if (gen_one_in(g, 2))
		i->reason = gen_hostile(g, e->reason[e->n], sizeof(e->reason[0]));
	if (gen_one_in(g, 2))
		i->comment =
			gen_hostile(g, e->comment[e->n], sizeof(e->comment[0]));
	if (i->kind == EDIT_NEW_NAME) {
		i->is_wildcard = gen_one_in(g, 5);
		i->allow_private = gen_one_in(g, 5);
		sprintf(dest, "new%u.example", g->next_id++);
	} else if (i->kind == EDIT_NEW_RANGE) {
		sprintf(dest, "203.0.113.%u", g->next_id++ % 256);
	} else if (i->kind == EDIT_NEW_UNIX) {
		gen_hostile(g, rest, sizeof(rest));
		sprintf(dest, "%s%ux", gen_one_in(g, 2) ? "/" : "@",
			g->next_id++);
		for (char *p = rest, *q = dest + strlen(dest); *p; p++)
			if (*p >= ' ' && *p <= '~') {
				*q++ = *p;
				*q = '\0';
			}
	} else {
		r = n_rules ? policy_rule(old, gen_below(g, (unsigned)n_rules))
			    : NULL;
		if (!r || !r->ports)
			return;
		i->line = r->line;
		i->column = r->column;
		strcpy(dest, "a rule");
	}
	if (i->kind != EDIT_ADD_PORTS && gen_one_in(g, 10)) {
		i->all_ports = true;
		i->n_ports = 0;
	}
	e->n++;
}

static inline void gen_edits(struct gen *g, struct gen_edits *e,
			     const struct policy *old)
{
	e->n = 0;
	for (unsigned int n = 1 + gen_below(g, GEN_EDITS); n > 0; n--)
		gen_edit(g, e, old);
}

#endif
