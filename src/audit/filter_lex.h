/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_FILTER_LEX_H
#define EF_AUDIT_FILTER_LEX_H

#include "audit/filter_impl.h"

/*
 * Words, values and operators of the filter language, as the parser
 * (filter.c) finds them, and how it says what is wrong. What returns an int
 * returns 0, or -EINVAL after telling.
 */
struct parser {
	struct filter *f;
	const char *text, *p;
	int64_t now_ms;
	int depth;
	struct ef_err *err;
};

/* Tell what is wrong, at this place of the text. Returns -EINVAL. */
int lex_wrong(struct parser *ps, const char *at, const char *what);

/* Go on to what is no blank. */
void lex_skip_blanks(struct parser *ps);

/* True for what cannot be within a word. */
bool lex_ends_word(char c);

/* Take a keyword when it stands here as a word of its own. */
bool lex_keyword(struct parser *ps, const char *word);

/* Where the texts of values are kept; the parser's text bounds their sum. */
char *lex_text_here(struct parser *ps);

/* Append a byte there. */
void lex_put_char(struct parser *ps, char c);

/* Take what stands between quotation marks. */
int lex_quoted(struct parser *ps);

/* The text of one value, NUL-terminated; lower case when case is ignored. */
int lex_text(struct parser *ps, bool is_regex, const char **ret);

/* The operator here, and how long it is; 0: none. */
size_t lex_operator(const char *p, enum op *ret);

/* There is no such field: tell, and which one is near. Returns -EINVAL. */
int lex_unknown_field(struct parser *ps, const char *name, size_t len);

#endif
