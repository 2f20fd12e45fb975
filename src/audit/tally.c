/* SPDX-License-Identifier: MIT */
/*
 * Counting attempts.
 *
 * What an attempt was about takes a query that joins seven tables. So attempts
 * are read as the numbers they are made of, and each different set of numbers
 * is looked up once ("kinds"). A filter has to see whole rows: under one there
 * is no such short cut, and a step takes longer.
 */
#include "audit/tally.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "audit/escape.h"
#include "audit/numbering.h"
#include "audit/site.h"
#include "base/cleanup.h"

#define KINDS_MAX 200000

AUTO(tally, tally_free)

struct tally {
	struct tally_totals totals;
	struct numbering kind_numbers, place_numbers, program_numbers,
		group_numbers, process_numbers;
	/* As many as there may be: what is not used costs no memory. */
	uint32_t *place_of_kind;
	struct tally_place *places;
	char **programs;
	struct tally_process *processes;
	uint32_t *program_of_process;
	struct tally_group *groups;
	/* of the step that is being made */
	struct reader *reader;
	size_t session;
	struct ef_err *err;
	bool failed; /* out of memory */
};

struct tally *tally_new(void)
{
	auto_of(tally) struct tally *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->kind_numbers.max = KINDS_MAX;
	t->place_numbers.max = TALLY_PLACES_MAX;
	t->program_numbers.max = TALLY_PROGRAMS_MAX;
	t->group_numbers.max = TALLY_GROUPS_MAX;
	t->process_numbers.max = TALLY_PROCESSES_MAX;
	t->place_of_kind = calloc(KINDS_MAX, sizeof(*t->place_of_kind));
	t->places = calloc(TALLY_PLACES_MAX, sizeof(*t->places));
	t->programs = calloc(TALLY_PROGRAMS_MAX, sizeof(*t->programs));
	t->processes = calloc(TALLY_PROCESSES_MAX, sizeof(*t->processes));
	t->program_of_process =
		calloc(TALLY_PROCESSES_MAX, sizeof(*t->program_of_process));
	t->groups = calloc(TALLY_GROUPS_MAX, sizeof(*t->groups));
	if (!t->place_of_kind || !t->places || !t->programs || !t->processes ||
	    !t->program_of_process || !t->groups)
		return NULL;
	return STEAL(t);
}

void tally_free(struct tally *t)
{
	if (!t)
		return;
	for (uint32_t i = 0; i < t->place_numbers.n; i++) {
		free(t->places[i].destination);
		free(t->places[i].site);
		free(t->places[i].port);
		free(t->places[i].reason);
		free(t->places[i].rule);
		free(t->places[i].file);
	}
	for (uint32_t i = 0; i < t->program_numbers.n; i++)
		free(t->programs[i]);
	numbering_done(&t->kind_numbers);
	numbering_done(&t->place_numbers);
	numbering_done(&t->program_numbers);
	numbering_done(&t->group_numbers);
	numbering_done(&t->process_numbers);
	free(t->place_of_kind);
	free(t->places);
	free(t->programs);
	free(t->program_of_process);
	free(t->processes);
	free(t->groups);
	free(t);
}

static char *keep(struct tally *t, const char *text)
{
	char *copy = strdup(text);

	t->failed |= !copy;
	return copy;
}

/* The texts of a place, as one key with a NUL after each. */
struct place_texts {
	char destination[600], port[64], reason[300], rule[300], file[1100];
};

static void fill_texts(const struct row *r, struct place_texts *x)
{
	row_destination(r, x->destination, sizeof(x->destination));
	row_port(r, x->port, sizeof(x->port));
	row_reason(r, x->reason, sizeof(x->reason));
	escape_text(r->rule, strlen(r->rule), x->rule, sizeof(x->rule));
	escape_text(r->file, strlen(r->file), x->file, sizeof(x->file));
}

static uint32_t number_place(struct tally *t, const struct row *r,
			     const struct place_texts *x, bool *ret_new)
{
	const char *texts[] = { x->destination, x->port, x->reason,
				x->rule,	x->file, row_verdict(r) };
	char key[sizeof(*x) + 64], *at = key;

	memcpy(at, &r->line, sizeof(r->line));
	at += sizeof(r->line);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		at = stpcpy(at, texts[i]) + 1;
	return numbering_of(&t->place_numbers, key, (size_t)(at - key), ret_new);
}

static const char *fixed_verdict(const struct row *r)
{
	static const char *const words[] = { "allow", "deny", "would", "held" };
	const char *v = row_verdict(r);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(v, words[i]))
			return words[i];
	return "";
}

/* The place of a row; NUMBERING_NONE when there are too many. */
static uint32_t place_of(struct tally *t, const struct row *r)
{
	const char *owner = row_has_host(r) ? site_of(r->name) : "";
	struct place_texts x;
	char site[300];
	struct tally_place *p;
	bool is_new;
	uint32_t n;

	fill_texts(r, &x);
	n = number_place(t, r, &x, &is_new);
	if (!is_new || n == NUMBERING_NONE)
		return n;
	p = &t->places[n];
	escape_text(owner, strlen(owner), site, sizeof(site));
	*p = (struct tally_place){
		.destination = keep(t, x.destination),
		.site = keep(t, site),
		.port = keep(t, x.port),
		.reason = keep(t, x.reason),
		.rule = keep(t, x.rule),
		.file = keep(t, x.file),
		.verdict = fixed_verdict(r),
		.line = r->line,
		.risks = row_risks(r),
		.has_host = row_has_host(r),
	};
	return n;
}

/* The place of an attempt by the numbers it is made of. */
static int place_of_kind(struct tally *t, const struct browse_attempt *a,
			 uint32_t *ret)
{
	struct {
		int64_t same[BROWSE_SAME];
		char words[BROWSE_WORDS];
	} key = { 0 };
	struct page page = { 0 };
	bool is_new;
	uint32_t kind;
	int n;

	memcpy(key.same, a->same, sizeof(key.same));
	strcpy(key.words, a->words);
	kind = numbering_of(&t->kind_numbers, &key,
			    sizeof(key.same) + strlen(key.words), &is_new);
	if (!is_new) {
		*ret = t->place_of_kind[kind];
		return 0;
	}
	n = reader_row(t->reader, t->session, a->seq, &page, t->err);
	if (n < 0)
		return n;
	*ret = place_of(t, page.rows);
	if (kind != NUMBERING_NONE)
		t->place_of_kind[kind] = *ret;
	page_done(&page);
	return 0;
}

static uint32_t program_of(struct tally *t, const char *name)
{
	bool is_new;
	uint32_t n =
		numbering_of(&t->program_numbers, name, strlen(name), &is_new);

	if (is_new && n != NUMBERING_NONE)
		t->programs[n] = keep(t, name);
	return n;
}

/* The number of a process and, in *ret_program, that of its program. */
static int process_of(struct tally *t, int64_t row, uint32_t *ret,
		      uint32_t *ret_program)
{
	struct browse_process is;
	bool is_new;
	int n;

	*ret = numbering_of(&t->process_numbers, &row, sizeof(row), &is_new);
	if (!is_new) {
		*ret_program = t->program_of_process[*ret];
		return 0;
	}
	n = row ? browse_process(t->reader, t->session, row, &is, t->err)
		: -ENOENT;
	if (n < 0 && n != -ENOENT)
		return n;
	if (n == -ENOENT)
		is = (struct browse_process){ .row = row,
					      .program = "?",
					      .command = "?" };
	*ret_program = program_of(t, is.program);
	if (*ret != NUMBERING_NONE) {
		t->processes[*ret].is = is;
		t->program_of_process[*ret] = *ret_program;
	}
	return 0;
}

/* Those that started a process, as far back as they are known; a cycle, which
 * nobody but a forger writes, ends where it was entered. */
static int add_ancestors(struct tally *t, uint32_t process)
{
	uint32_t before, program;
	int n = 0;

	while (n == 0 && process != NUMBERING_NONE &&
	       t->processes[process].is.parent) {
		before = t->process_numbers.n;
		n = process_of(t, t->processes[process].is.parent, &process,
			       &program);
		if (t->process_numbers.n == before)
			break;
	}
	return n;
}

/* One call's numbers, from a whole row or from what stands for it. */
struct counted {
	int64_t seq, at_ms, calls;
	const char *verdict, *action; /* of the record */
	bool is_held;
};

static void add_totals(struct tally *t, const struct counted *c)
{
	struct tally_totals *sum = &t->totals;

	if (!strcmp(c->verdict, "allow"))
		sum->allowed += c->calls;
	else if (!strcmp(c->action, "allowed"))
		sum->would += c->calls;
	if (!strcmp(c->action, "denied"))
		sum->denied += c->calls;
	if (c->is_held)
		sum->held += c->calls;
}

static void add_process(struct tally *t, uint32_t i, const struct counted *c)
{
	struct tally_process *p = &t->processes[i];

	if (i == NUMBERING_NONE)
		return;
	if (!p->first_ms)
		p->first_ms = c->at_ms;
	if (!strcmp(c->verdict, "allow"))
		p->allowed += c->calls;
	else if (!strcmp(c->action, "allowed"))
		p->would += c->calls;
	else
		p->denied += c->calls;
}

static void add_group(struct tally *t, uint32_t place, uint32_t program,
		      const struct counted *c)
{
	const uint32_t key[] = { place, program };
	uint32_t n = NUMBERING_NONE;
	struct tally_group *g;
	bool is_new = false;

	if (place != NUMBERING_NONE && program != NUMBERING_NONE)
		n = numbering_of(&t->group_numbers, key, sizeof(key), &is_new);
	if (n == NUMBERING_NONE) {
		t->totals.left_over += c->calls;
		return;
	}
	g = &t->groups[n];
	if (is_new) {
		g->place = place;
		g->program = program;
		g->first_ms = c->at_ms;
		g->first_seq = c->seq;
	}
	g->calls += c->calls;
	g->last_ms = c->at_ms;
	g->last_seq = c->seq;
}

/* Take the record's words apart again: "connect/tcp/allow/allowed/rule/". */
static void split_words(const char *words, char verdict[24], char action[24])
{
	char parts[4][24] = { 0 };

	for (int i = 0; i < 4; i++) {
		size_t n = strcspn(words, "/");

		memcpy(parts[i], words, n < 23 ? n : 23);
		words += n + (words[n] != '\0');
	}
	strcpy(verdict, parts[2]);
	strcpy(action, parts[3]);
}

static int take_attempt(void *arg, const struct browse_attempt *a)
{
	char verdict[24], action[24];
	struct counted c = { a->seq,  a->at_ms, a->count,
			     verdict, action,	a->is_held };
	struct tally *t = arg;
	uint32_t place, process, program, known = t->process_numbers.n;
	int n = place_of_kind(t, a, &place);

	if (n == 0)
		n = process_of(t, a->process, &process, &program);
	if (n == 0 && process >= known)
		n = add_ancestors(t, process);
	if (n < 0)
		return n;
	split_words(a->words, verdict, action);
	add_totals(t, &c);
	add_process(t, process, &c);
	add_group(t, place, program, &c);
	t->totals.seq = a->seq;
	return t->failed ? -ENOMEM : 0;
}

static int step_all(struct tally *t, int max, int64_t last, struct ef_err *err)
{
	struct ef_err why = { 0 };
	int n;

	t->err = &why;
	n = browse_attempts(t->reader, t->session, t->totals.seq, last, max,
			    take_attempt, t, err);
	t->err = NULL;
	if (n < 0)
		return why.code ? err_set(err, -n, "%s", why.msg) : n;
	if (n < max)
		t->totals.seq = last;
	return n == max;
}

static void take_row(struct tally *t, const struct row *r)
{
	struct counted c = { r->seq,	 r->at_ms,  r->count,
			     r->verdict, r->action, r->held_ms > 0 };
	char program[64];

	add_totals(t, &c);
	add_group(t, place_of(t, r),
		  program_of(t, row_program(r, program, sizeof(program))), &c);
}

static int step_some(struct tally *t, const struct filter *f, int max,
		     int64_t last, struct ef_err *err)
{
	struct page page = { 0 };
	int64_t seq;
	int n = 0;

	for (int done = 0;
	     n == 0 && !t->failed && t->totals.seq < last && done < max;) {
		n = browse_seek(t->reader, t->session, f, t->totals.seq, false,
				&seq, err);
		if (n == 0) { /* none as far as here, where the call was dear */
			t->totals.seq = seq;
			break;
		}
		if (n > 0)
			n = reader_page(t->reader, t->session, seq - 1, &page,
					err);
		for (size_t i = 0; n == 0 && i < page.n; i++)
			if (filter_selects(f, &page.rows[i]))
				take_row(t, &page.rows[i]);
		if (n == 0)
			t->totals.seq = page.last < last ? page.last : last;
		done += (int)page.n;
	}
	page_done(&page);
	if (n == 0 && t->failed)
		n = err_set(err, ENOMEM, "out of memory");
	return n < 0 ? n : t->totals.seq < last;
}

int tally_step(struct tally *t, struct reader *r, size_t session,
	       const struct filter *f, int max, struct ef_err *err)
{
	int64_t last = reader_session(r, session)->last_seq;

	t->reader = r;
	t->session = session;
	if (t->totals.seq >= last)
		return 0;
	return f ? step_some(t, f, max, last, err) : step_all(t, max, last, err);
}

const struct tally_totals *tally_totals(const struct tally *t)
{
	return &t->totals;
}

const struct tally_group *tally_group(const struct tally *t, size_t i)
{
	return i < t->group_numbers.n ? &t->groups[i] : NULL;
}

const struct tally_place *tally_place(const struct tally *t, uint32_t i)
{
	return &t->places[i];
}

const char *tally_program(const struct tally *t, uint32_t i)
{
	return t->programs[i];
}

const struct tally_process *tally_process(const struct tally *t, size_t i)
{
	return i < t->process_numbers.n ? &t->processes[i] : NULL;
}

const struct tally_process *tally_process_of_row(const struct tally *t,
						 int64_t row)
{
	uint32_t i = numbering_find(&t->process_numbers, &row, sizeof(row));

	return i == NUMBERING_NONE ? NULL : &t->processes[i];
}
