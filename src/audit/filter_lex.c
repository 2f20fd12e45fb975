/* SPDX-License-Identifier: MIT */
/* Words, values and operators of the filter language. */
#include "audit/filter_lex.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "audit/escape.h"
#include "base/nearest.h"

/* Columns are counted in characters. */
static int column(const struct parser *ps, const char *at)
{
	int n = 1;

	for (const char *p = ps->text; p < at; p++)
		n += ((unsigned char)*p & 0xc0) != 0x80;
	return n;
}

int lex_wrong(struct parser *ps, const char *at, const char *what)
{
	return err_set(ps->err, EINVAL, "column %d: %s", column(ps, at), what);
}

void lex_skip_blanks(struct parser *ps)
{
	while (isspace((unsigned char)*ps->p))
		ps->p++;
}

bool lex_ends_word(char c)
{
	return !c || isspace((unsigned char)c) || strchr("()|\"", c);
}

bool lex_keyword(struct parser *ps, const char *word)
{
	size_t n = strlen(word);

	if (strncasecmp(ps->p, word, n) != 0 || !lex_ends_word(ps->p[n]))
		return false;
	ps->p += n;
	return true;
}

char *lex_text_here(struct parser *ps)
{
	return ps->f->text + ps->f->text_used;
}

void lex_put_char(struct parser *ps, char c)
{
	if (ps->f->text_used < sizeof(ps->f->text) - 1)
		ps->f->text[ps->f->text_used++] = c;
}

int lex_quoted(struct parser *ps)
{
	const char *from = ps->p++;

	while (*ps->p != '"') {
		if (*ps->p == '\\' && (ps->p[1] == '"' || ps->p[1] == '\\'))
			ps->p++;
		if (!*ps->p)
			return lex_wrong(ps, from,
					 "this quotation mark is not closed");
		lex_put_char(ps, *ps->p++);
	}
	ps->p++;
	return 0;
}

/* An expression goes on to a blank, or to a ')' that it has not opened. */
static void take_regex_text(struct parser *ps)
{
	int open = 0;

	while (*ps->p && !isspace((unsigned char)*ps->p)) {
		if (*ps->p == ')' && !open)
			break;
		open += *ps->p == '(';
		open -= *ps->p == ')';
		if (*ps->p == '\\' && ps->p[1])
			lex_put_char(ps, *ps->p++);
		lex_put_char(ps, *ps->p++);
	}
}

int lex_text(struct parser *ps, bool is_regex, const char **ret)
{
	char *text = lex_text_here(ps);
	const char *from = ps->p;
	int r = 0;

	if (*ps->p == '"')
		r = lex_quoted(ps);
	else if (is_regex)
		take_regex_text(ps);
	else
		while (!lex_ends_word(*ps->p) && *ps->p != ',')
			lex_put_char(ps, *ps->p++);
	lex_put_char(ps, '\0');
	if (r < 0)
		return r;
	if (from == ps->p)
		return lex_wrong(ps, from, "a value is expected here");
	for (char *c = text; !is_regex && *c; c++)
		*c = (char)tolower((unsigned char)*c);
	*ret = text;
	return 0;
}

size_t lex_operator(const char *p, enum op *ret)
{
	static const struct {
		const char *text;
		enum op op;
	} ops[] = { { "!=", OP_NOT }, { ">=", OP_GE }, { "<=", OP_LE },
		    { ":", OP_HAS },  { "=", OP_IS },  { "~", OP_REGEX },
		    { ">", OP_GT },   { "<", OP_LT } };

	for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++) {
		size_t n = strlen(ops[i].text);

		if (!strncmp(p, ops[i].text, n)) {
			*ret = ops[i].op;
			return n;
		}
	}
	return 0;
}

int lex_unknown_field(struct parser *ps, const char *name, size_t len)
{
	unsigned int best = NEAREST_FAR;
	const char *near = NULL;
	char typed[NEAREST_WORD_MAX + 1], shown[64], text[256];

	snprintf(typed, sizeof(typed), "%.*s", (int)len, name);
	escape_text(typed, strlen(typed), shown, sizeof(shown));
	for (unsigned int i = 0; filter_field(i); i++) {
		unsigned int d = nearest_distance(typed, filter_field(i));

		if (d < best) {
			best = d;
			near = filter_field(i);
		}
	}
	if (near && nearest_is_close(typed, best))
		snprintf(text, sizeof(text),
			 "there is no field \"%s\"; did you mean \"%s\"?",
			 shown, near);
	else
		snprintf(text, sizeof(text),
			 "there is no field \"%s\" (a word with ':' in it goes "
			 "in quotation marks)",
			 shown);
	return lex_wrong(ps, name, text);
}
