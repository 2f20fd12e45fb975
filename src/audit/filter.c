/* SPDX-License-Identifier: MIT */
/*
 * The parser of the filter language: recursive descent over the text, each
 * function one rule of the grammar in egress-filter-filter(7).
 */
#include "audit/filter.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/filter_impl.h"
#include "audit/filter_lex.h"

static int add_node(struct parser *ps, struct node node)
{
	if (ps->f->n_nodes == FILTER_NODES_MAX)
		return lex_wrong(ps, ps->p, "too many tests in one filter");
	ps->f->nodes[ps->f->n_nodes] = node;
	return ps->f->n_nodes++;
}

static int add_regex(struct parser *ps, struct node *t)
{
	const char *from = ps->p, *text, *problem;
	char why[128];
	int r = lex_text(ps, true, &text);

	if (r < 0)
		return r;
	problem = filter_regex_problem(text);
	if (problem)
		return lex_wrong(ps, from, problem);
	if (ps->f->n_regexes == FILTER_REGEXES_MAX)
		return lex_wrong(ps, from, "too many regular expressions");
	t->regex = ps->f->n_regexes;
	r = regcomp(&ps->f->regexes[t->regex], text, REG_EXTENDED | REG_NOSUB);
	if (r) {
		regerror(r, &ps->f->regexes[t->regex], why, sizeof(why));
		return lex_wrong(ps, from, why);
	}
	ps->f->n_regexes++;
	return 0;
}

static int bad_value(struct parser *ps, const struct node *t, const char *at,
		     const char *problem)
{
	char text[256];
	const char *choices = filter_choices(t->field);

	if (!*choices)
		return lex_wrong(ps, at, problem);
	snprintf(text, sizeof(text), "%s: %s", problem, choices);
	return lex_wrong(ps, at, text);
}

static int add_values(struct parser *ps, struct node *t)
{
	t->first_value = ps->f->n_values;
	for (;;) {
		const char *from = ps->p, *problem;
		struct value *v;
		int r;

		if (t->n_values == FILTER_VALUES_MAX ||
		    ps->f->n_values == FILTER_ALL_VALUES)
			return lex_wrong(ps, from, "too many values");
		v = &ps->f->values[ps->f->n_values];
		r = lex_text(ps, false, &v->text);
		if (r < 0)
			return r;
		problem = filter_value(t->field, t->op, ps->now_ms, v);
		if (problem)
			return bad_value(ps, t, from, problem);
		t->n_values++;
		ps->f->n_values++;
		if (*ps->p != ',' || t->op >= OP_GT)
			return 0;
		ps->p++;
	}
}

static bool takes(enum field field, enum op op)
{
	enum field_kind k = filter_kind(field);
	bool is_number = k == KIND_NUMBER || k == KIND_TIME;

	if (op >= OP_GT)
		return is_number;
	if (op == OP_REGEX)
		return k == KIND_TEXT || k == KIND_IP || k == KIND_SITE ||
		       (k == KIND_CHOICE && field != FIELD_RISK);
	return true;
}

static int parse_test(struct parser *ps, enum field field, enum op op,
		      size_t op_len)
{
	struct node t = { .kind = NODE_TEST, .field = field, .op = op };
	int r;

	if (!takes(field, op))
		return lex_wrong(ps, ps->p,
				 op == OP_REGEX
					 ? "this field takes no expression"
					 : "this field cannot be compared "
					   "by size");
	ps->p += op_len;
	r = op == OP_REGEX ? add_regex(ps, &t) : add_values(ps, &t);
	return r < 0 ? r : add_node(ps, t);
}

/* A word that is no test: looked for in what a row shows. */
static int parse_word(struct parser *ps)
{
	struct node t = { .kind = NODE_TEST, .field = FIELD_WORD, .op = OP_HAS };
	const char *from = ps->p;
	struct value *v;
	int r = 0;

	if (ps->f->n_values == FILTER_ALL_VALUES)
		return lex_wrong(ps, from, "too many values");
	v = &ps->f->values[ps->f->n_values];
	v->text = lex_text_here(ps);
	if (*ps->p == '"')
		r = lex_quoted(ps);
	else
		while (!lex_ends_word(*ps->p))
			lex_put_char(ps, (char)tolower((unsigned char)*ps->p++));
	lex_put_char(ps, '\0');
	if (r < 0)
		return r;
	if (from == ps->p)
		return lex_wrong(ps, from, "a test or a word is expected here");
	for (char *c = ps->f->text + (v->text - ps->f->text); *c; c++)
		*c = (char)tolower((unsigned char)*c);
	t.first_value = ps->f->n_values++;
	t.n_values = 1;
	return add_node(ps, t);
}

static int parse_or(struct parser *ps);

static int parse_group(struct parser *ps)
{
	const char *from = ps->p++;
	int inner = parse_or(ps);

	if (inner < 0)
		return inner;
	lex_skip_blanks(ps);
	if (*ps->p != ')')
		return lex_wrong(ps, *ps->p ? ps->p : from,
				 *ps->p ? "')' is expected here"
					: "this parenthesis is not closed");
	ps->p++;
	return inner;
}

static int parse_atom(struct parser *ps)
{
	const char *from = ps->p;
	size_t len = 0, op_len;
	enum op op;

	if (*from == '(')
		return parse_group(ps);
	while (isalpha((unsigned char)from[len]) || from[len] == '_')
		len++;
	op_len = len ? lex_operator(from + len, &op) : 0;
	if (op_len) {
		enum field field = filter_find_field(from, len);

		if (field == N_FIELDS)
			return lex_unknown_field(ps, from, len);
		ps->p += len;
		return parse_test(ps, field, op, op_len);
	}
	return parse_word(ps);
}

static int parse_not(struct parser *ps)
{
	int r;

	lex_skip_blanks(ps);
	if (ps->depth == FILTER_DEPTH_MAX)
		return lex_wrong(ps, ps->p, "nested too deeply");
	ps->depth++;
	if (*ps->p == '!' || lex_keyword(ps, "not")) {
		ps->p += *ps->p == '!';
		r = parse_not(ps);
		if (r >= 0)
			r = add_node(ps, (struct node){ .kind = NODE_NOT,
							.left = r });
	} else {
		r = parse_atom(ps);
	}
	ps->depth--;
	return r;
}

/* True when what comes next cannot begin another test. */
static bool at_end_of_and(struct parser *ps)
{
	const char *from = ps->p;
	bool is_or;

	lex_skip_blanks(ps);
	if (!*ps->p || *ps->p == ')' || *ps->p == '|')
		return true;
	from = ps->p;
	is_or = lex_keyword(ps, "or");
	ps->p = from;
	return is_or;
}

static int parse_and(struct parser *ps)
{
	int left = parse_not(ps);

	while (left >= 0 && !at_end_of_and(ps)) {
		int right;

		lex_keyword(ps, "and");
		right = parse_not(ps);
		if (right < 0)
			return right;
		left = add_node(ps, (struct node){ .kind = NODE_AND,
						   .left = left,
						   .right = right });
	}
	return left;
}

static int parse_or(struct parser *ps)
{
	int left = parse_and(ps);

	while (left >= 0) {
		int right;

		lex_skip_blanks(ps);
		if (*ps->p == '|')
			ps->p++;
		else if (!lex_keyword(ps, "or"))
			break;
		right = parse_and(ps);
		if (right < 0)
			return right;
		left = add_node(ps, (struct node){ .kind = NODE_OR,
						   .left = left,
						   .right = right });
	}
	return left;
}

static int parse(struct parser *ps)
{
	int root;

	if (strlen(ps->text) > FILTER_TEXT_MAX)
		return err_set(ps->err, EINVAL,
			       "column %d: a filter has at most %d bytes",
			       FILTER_TEXT_MAX, FILTER_TEXT_MAX);
	ps->f->root = -1;
	lex_skip_blanks(ps);
	if (!*ps->p)
		return 0;
	root = parse_or(ps);
	if (root < 0)
		return root;
	lex_skip_blanks(ps);
	if (*ps->p)
		return lex_wrong(ps, ps->p, "nothing opens this ')'");
	ps->f->root = root;
	return 0;
}

int filter_compile(const char *text, int64_t now_ms, struct filter **ret,
		   struct ef_err *err)
{
	struct parser ps = { .text = text, .p = text, .now_ms = now_ms, .err = err };
	int r;

	ps.f = calloc(1, sizeof(*ps.f));
	if (!ps.f)
		return err_set(err, ENOMEM, "out of memory");
	r = parse(&ps);
	if (r < 0)
		filter_free(ps.f);
	else
		*ret = ps.f;
	return r;
}

void filter_free(struct filter *f)
{
	for (int i = 0; f && i < f->n_regexes; i++)
		regfree(&f->regexes[i]);
	free(f);
}
