/* SPDX-License-Identifier: MIT */
/*
 * Counted attempts put together: by site, program, process or rule. A group
 * is found by its label below its parent; members are chained to it, and come
 * out behind it.
 */
#include "lib/ui_impl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/numbering.h"
#include "base/cleanup.h"
#include "lib/ui_rules.h"

AUTO(ef_ui_groups, ef_ui_groups_free)

#define NONE	   NUMBERING_NONE
#define LEVELS_MAX 64 /* of the tree of processes */

struct group {
	uint32_t first, last, next; /* members; the next one of the same */
	const char *label;	    /* belongs to the tally or the key */
	int64_t allow, deny, would, first_ms, last_ms, line;
	char ports[40], programs[40], cover[24], note[256], where[400];
	const char *file;
	bool is_partly;
};

struct groups {
	struct numbering numbers;
	struct group *list;
	size_t room;
	uint32_t first, last; /* outermost */
	const struct tally *tally;
	struct ef_ui_groups *out;
	bool failed;
};

/* Append a word to a list that has blanks between, once. */
static void add_word(char *list, size_t size, const char *word, size_t len)
{
	size_t used = strlen(list);

	for (const char *at = list; *at; at += strspn(at, " ")) {
		size_t n = strcspn(at, " ");

		if (n == len && !memcmp(at, word, len))
			return;
		at += n;
	}
	if (used + len + 2 < size)
		sprintf(list + used, "%s%.*s", used ? " " : "", (int)len, word);
	else if (used && list[used - 1] != '+' && used + 2 < size)
		strcat(list, "+");
}

static struct group *add(struct groups *g, struct group *parent,
			 const char *label, const char *more)
{
	uint32_t above = parent ? (uint32_t)(parent - g->list) : NONE, n;
	uint32_t *first = &g->first, *last = &g->last;
	char key[1400];
	bool is_new;
	int len = snprintf(key, sizeof(key), "%u/%s/%s", above, label, more);

	n = numbering_of(&g->numbers, key,
			 (size_t)len < sizeof(key) ? (size_t)len : sizeof(key) - 1,
			 &is_new);
	if (n == NONE || n >= g->room) {
		g->failed = true;
		return NULL;
	}
	if (!is_new)
		return &g->list[n];
	g->list[n] = (struct group){ NONE, NONE, NONE, label, .file = "" };
	if (parent) {
		first = &parent->first;
		last = &parent->last;
	}
	if (*first == NONE)
		*first = n;
	else
		g->list[*last].next = n;
	*last = n;
	return &g->list[n];
}

static void count(struct group *to, const struct tally_group *from,
		  const struct tally_place *p)
{
	if (!strcmp(p->verdict, "allow"))
		to->allow += from->calls;
	else if (!strcmp(p->verdict, "would"))
		to->would += from->calls;
	else
		to->deny += from->calls;
	if (!to->first_ms || from->first_ms < to->first_ms)
		to->first_ms = from->first_ms;
	if (from->last_ms > to->last_ms)
		to->last_ms = from->last_ms;
}

static void tell(struct groups *g, struct group *to,
		 const struct tally_group *from, const struct tally_place *p)
{
	const char *program = tally_program(g->tally, from->program);
	char line[24];

	count(to, from, p);
	add_word(to->ports, sizeof(to->ports), p->port, strcspn(p->port, "/"));
	add_word(to->programs, sizeof(to->programs), program, strlen(program));
	if (p->risks & RISK_DANGER)
		snprintf(to->note, sizeof(to->note), "!danger");
	else if (p->risks & RISK_RAW)
		snprintf(to->note, sizeof(to->note), "!raw");
	if (strcmp(p->verdict, "allow") || !p->line)
		return;
	snprintf(line, sizeof(line), "line %lld", (long long)p->line);
	if (*to->cover && strcmp(to->cover, line) != 0) {
		to->is_partly = true;
		return;
	}
	strcpy(to->cover, line);
	to->line = p->line;
	to->file = p->file;
}

/* Sites of what is no domain name. */
static const char *site_label(const struct tally_place *p)
{
	if (*p->site)
		return p->site;
	if (p->risks & RISK_DANGER)
		return "(metadata)";
	if (!strncmp(p->destination, "127.", 4) ||
	    !strcmp(p->destination, "::1"))
		return "(loopback)";
	if (!strncmp(p->port, "unix", 4))
		return "(unix sockets)";
	return p->risks & RISK_RAW ? "(no name)" : "(other)";
}

/* A value in quotation marks; "" when it holds what the filter language, or
 * escaping, has a meaning for. */
static void where(struct group *g, const char *field, const char *value)
{
	if (*value && !strpbrk(value, "\"\\"))
		snprintf(g->where, sizeof(g->where), "%s\"%s\"", field, value);
}

static void add_site(struct groups *g, const struct tally_group *from,
		     const struct tally_place *p)
{
	struct group *site = add(g, NULL, site_label(p), ""), *host;

	if (!site)
		return;
	tell(g, site, from, p);
	if (*p->site)
		where(site, "site:", p->site);
	host = add(g, site, p->destination, "");
	if (!host)
		return;
	tell(g, host, from, p);
	where(host, *p->site ? "host=" : "", p->destination);
}

static void add_program(struct groups *g, const struct tally_group *from,
			const struct tally_place *p)
{
	const char *name = tally_program(g->tally, from->program);
	struct group *program = add(g, NULL, name, ""), *place;

	if (!program)
		return;
	tell(g, program, from, p);
	if (!name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
			       "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")])
		snprintf(program->where, sizeof(program->where), "exe~/%s$",
			 name);
	place = add(g, program, p->destination, p->port);
	if (!place)
		return;
	tell(g, place, from, p);
	where(place, p->has_host ? "host=" : "", p->destination);
}

/* A rule that the policy has, used or not. */
static void add_rule(void *arg, const struct ui_rule *r)
{
	char line[24];
	struct group *rule;

	snprintf(line, sizeof(line), "%u", r->line);
	rule = add(arg, NULL, r->text, line);
	if (!rule)
		return;
	rule->line = r->line;
	rule->file = r->file;
	snprintf(rule->ports, sizeof(rule->ports), "%s", r->ports);
	snprintf(rule->note, sizeof(rule->note), "%s", r->reason);
	snprintf(rule->cover, sizeof(rule->cover), "%s", "unused");
	snprintf(rule->where, sizeof(rule->where), "line=%u", r->line);
}

static void add_use(struct groups *g, const struct tally_group *from,
		    const struct tally_place *p)
{
	const char *program = tally_program(g->tally, from->program);
	char line[24] = "";
	struct group *rule;

	if (p->line)
		snprintf(line, sizeof(line), "%lld", (long long)p->line);
	rule = add(g, NULL, *line ? p->rule : p->reason, line);
	if (!rule)
		return;
	count(rule, from, p);
	add_word(rule->programs, sizeof(rule->programs), program,
		 strlen(program));
	rule->line = p->line;
	rule->file = p->file;
	if (*line)
		snprintf(rule->where, sizeof(rule->where), "line=%s", line);
	else
		where(rule, "reason:", p->reason);
	if (!*line)
		strcpy(rule->cover, "no rule");
	else if (rule->allow || rule->would)
		strcpy(rule->cover, "used");
	else if (strcmp(rule->cover, "unused"))
		strcpy(rule->cover, "near");
}

static void put_group(struct groups *g, const struct group *from, int level)
{
	struct ui_table *t = &g->out->table;
	long i = ui_table_add(t);
	const char *cover =
		from->is_partly || (from->deny && *from->cover &&
				    strncmp(from->cover, "line", 4) == 0)
			? "partly"
		: *from->cover ? from->cover
		: from->allow  ? "allowed"
			       : "none";

	ui_table_put(t, i, EF_UI_LABEL, from->label);
	ui_table_set(t, i, EF_UI_LEVEL, level);
	ui_table_set(t, i, EF_UI_KEY, from - g->list + 1);
	ui_table_put(t, i, EF_UI_PORTS, from->ports);
	ui_table_put(t, i, EF_UI_PROGRAMS, from->programs);
	ui_table_put(t, i, EF_UI_COVER, cover);
	ui_table_put(t, i, EF_UI_NOTE, from->note);
	ui_table_set(t, i, EF_UI_ALLOW_N, from->allow);
	ui_table_set(t, i, EF_UI_DENY_N, from->deny);
	ui_table_set(t, i, EF_UI_WOULD_N, from->would);
	ui_table_set(t, i, EF_UI_FIRST_MS, from->first_ms);
	ui_table_set(t, i, EF_UI_LAST_MS, from->last_ms);
	ui_table_set(t, i, EF_UI_RULE_LINE, from->line);
	ui_table_put(t, i, EF_UI_GROUP_FILE, from->file);
	ui_table_put(t, i, EF_UI_WHERE, from->where);
}

static void put_all(struct groups *g, uint32_t first, int level)
{
	for (uint32_t i = first; i != NONE; i = g->list[i].next) {
		put_group(g, &g->list[i], level);
		if (level < LEVELS_MAX)
			put_all(g, g->list[i].first, level + 1);
	}
}

/* The group of a process, below that of the one that started it. */
static struct group *add_process(struct groups *g,
				 const struct tally_process *p, int depth)
{
	const struct tally_process *parent =
		p->is.parent && depth < LEVELS_MAX
			? tally_process_of_row(g->tally, p->is.parent)
			: NULL;
	struct group *above = parent ? add_process(g, parent, depth + 1) : NULL;
	struct group *to;
	char row[24];

	snprintf(row, sizeof(row), "%lld", (long long)p->is.row);
	to = add(g, above, p->is.program, row);
	if (!to)
		return NULL;
	to->allow = p->allowed;
	to->deny = p->denied;
	to->would = p->would;
	to->first_ms = p->first_ms;
	snprintf(to->ports, sizeof(to->ports), "%lld", (long long)p->is.pid);
	snprintf(to->note, sizeof(to->note), "%s", p->is.command);
	snprintf(to->where, sizeof(to->where), "pid=%lld", (long long)p->is.pid);
	return to;
}

static void add_all(struct groups *g, enum ef_ui_by by)
{
	const struct tally_group *from;
	const struct tally_process *process;

	for (size_t i = 0;
	     by == EF_UI_BY_PROCESS && (process = tally_process(g->tally, i));
	     i++)
		add_process(g, process, 0);
	for (size_t i = 0;
	     by != EF_UI_BY_PROCESS && (from = tally_group(g->tally, i)); i++) {
		const struct tally_place *p = tally_place(g->tally, from->place);

		if (by == EF_UI_BY_SITE)
			add_site(g, from, p);
		else if (by == EF_UI_BY_PROGRAM)
			add_program(g, from, p);
		else
			add_use(g, from, p);
	}
}

int ef_ui_history_groups(struct ef_ui_history *history, enum ef_ui_by by,
			 int filtered, struct ef_ui_groups **ret,
			 struct ef_error *err)
{
	auto_of(ef_ui_groups) struct ef_ui_groups *out = calloc(1, sizeof(*out));
	struct groups g = { .first = NONE, .last = NONE, .out = out };
	struct ui_rules *rules = NULL;

	*ret = NULL;
	if (!out || by < EF_UI_BY_SITE || by > EF_UI_BY_RULE)
		return handle_error(err, NULL, out ? -EINVAL : -ENOMEM);
	g.tally = history->some && filtered && by != EF_UI_BY_PROCESS
			  ? history->some
			  : history->all;
	g.room = g.numbers.max = 2 * TALLY_GROUPS_MAX;
	g.list = calloc(g.room, sizeof(*g.list));
	out->table.columns = EF_UI_WHERE + 1;
	out->left_over = tally_totals(g.tally)->left_over;
	if (g.list && by == EF_UI_BY_RULE)
		rules = ui_rules_of(history->reader, history->session, add_rule,
				    &g);
	if (g.list)
		add_all(&g, by);
	if (g.list)
		put_all(&g, g.first, 0);
	free(g.list);
	numbering_done(&g.numbers);
	ui_rules_done(rules);
	if (!g.list || out->table.failed)
		return handle_error(err, NULL, -ENOMEM);
	*ret = STEAL(out);
	return handle_error(err, NULL, 0);
}

size_t ef_ui_groups_n(const struct ef_ui_groups *groups)
{
	return groups->table.n;
}

const char *ef_ui_groups_text(const struct ef_ui_groups *groups, size_t i,
			      enum ef_ui_group what)
{
	return ui_table_text(&groups->table, i, (int)what);
}

long long ef_ui_groups_number(const struct ef_ui_groups *groups, size_t i,
			      enum ef_ui_group what)
{
	return ui_table_number(&groups->table, i, (int)what);
}

long long ef_ui_groups_left_over(const struct ef_ui_groups *groups)
{
	return groups->left_over;
}

void ef_ui_groups_free(struct ef_ui_groups *groups)
{
	if (!groups)
		return;
	ui_table_done(&groups->table);
	free(groups);
}
