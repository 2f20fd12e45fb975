/* SPDX-License-Identifier: MIT */
/* Matching of listener names against patterns. */
#include "policy/glob.h"

#include <stddef.h>

enum token { END, BYTE, ANY_ONE, ANY_NAME, ANY_PATH };

/* The token at *p, which is moved behind it; its byte goes to *ret. */
static enum token next_token(const char **p, char *ret)
{
	char c = **p;

	if (!c)
		return END;
	(*p)++;
	*ret = c;
	if (c == '?')
		return ANY_ONE;
	if (c == '*') {
		enum token t = ANY_NAME;

		for (; **p == '*'; (*p)++)
			t = ANY_PATH;
		return t;
	}
	if (c == '\\' && (**p == '*' || **p == '?' || **p == '\\'))
		*ret = *(*p)++;
	return BYTE;
}

/* Where to go on when what follows a star does not match. */
struct retry {
	const char *pattern; /* behind the star; NULL: there was none */
	const char *text;    /* the first byte the star has not swallowed */
};

static bool swallow(struct retry *r, bool slash_too)
{
	if (!r->pattern || !*r->text || (!slash_too && *r->text == '/'))
		return false;
	r->text++;
	return true;
}

/*
 * A later star of the same kind never needs an earlier one to take more, so
 * one place to go back to is enough for each kind; a "**" forgets both.
 */
bool glob_matches(const char *pattern, const char *text)
{
	struct retry name = { 0 }, path = { 0 };

	for (;;) {
		char c;
		enum token t = next_token(&pattern, &c);

		if (t == ANY_NAME) {
			name = (struct retry){ pattern, text };
			continue;
		}
		if (t == ANY_PATH) {
			path = (struct retry){ pattern, text };
			name.pattern = NULL;
			continue;
		}
		if (t == END && !*text)
			return true;
		if ((t == BYTE && *text == c) ||
		    (t == ANY_ONE && *text && *text != '/')) {
			text++;
		} else if (swallow(&name, false)) {
			pattern = name.pattern;
			text = name.text;
		} else if (swallow(&path, true)) {
			name.pattern = NULL;
			pattern = path.pattern;
			text = path.text;
		} else {
			return false;
		}
	}
}

bool glob_is_pattern(const char *pattern)
{
	enum token t;
	char c;

	while ((t = next_token(&pattern, &c)) != END)
		if (t != BYTE)
			return true;
	return false;
}
