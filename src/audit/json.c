// SPDX-License-Identifier: MIT
// A strict reader of JSON. A container is checked when it is met and read when
// somebody asks for what is in it: its texts stand as they were until then.
#include "audit/json.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct json json_over_text(char *text, size_t len)
{
	return (struct json){ .text = text, .len = len };
}

struct json json_over(const struct json_value *v)
{
	return (struct json){ .text = v->p, .len = v->len, .before = v->at + 1 };
}

static int wrong(struct json *j, size_t at, const char *problem)
{
	if (!j->problem) {
		j->problem = problem;
		j->problem_at = j->before + at;
	}
	return -1;
}

static void skip_blanks(struct json *j)
{
	while (j->at < j->len && j->text[j->at] &&
	       strchr(" \t\r\n", j->text[j->at]))
		j->at++;
}

/* The byte that stands here, or 0 at the end. */
static char peek(const struct json *j)
{
	return j->at < j->len ? j->text[j->at] : '\0';
}

static int expect(struct json *j, char c, const char *problem)
{
	skip_blanks(j);
	if (peek(j) != c || j->at == j->len)
		return wrong(j, j->at,
			     j->at == j->len ? "it ends too early" : problem);
	j->at++;
	return 0;
}

/* The length of the well-formed UTF-8 sequence at p (RFC 3629), or 0. */
static size_t utf8_length(const unsigned char *p, size_t room)
{
	static const struct {
		unsigned char first, last, low, high; /* low, high: 2nd byte */
		size_t len;
	} forms[] = {
		{ 0x00, 0x7f, 0, 0, 1 },       { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		size_t n = forms[i].len;

		if (*p < forms[i].first || *p > forms[i].last)
			continue;
		if (n > room ||
		    (n > 1 && (p[1] < forms[i].low || p[1] > forms[i].high)))
			return 0;
		for (size_t k = 2; k < n; k++)
			if ((p[k] & 0xc0) != 0x80)
				return 0;
		return n;
	}
	return 0;
}

bool json_is_utf8(const char *p, size_t len)
{
	for (size_t n; len; p += n, len -= n) {
		n = utf8_length((const unsigned char *)p, len);
		if (!n)
			return false;
	}
	return true;
}

/* The four digits after "\u", or -1. */
static int32_t hex4(const struct json *j, size_t at)
{
	int32_t n = 0;

	if (j->len - at < 4)
		return -1;
	for (size_t i = 0; i < 4; i++) {
		char c = j->text[at + i];

		if (!isxdigit((unsigned char)c))
			return -1;
		n = n * 16 + (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return n;
}

/* Write a character as UTF-8; how many bytes. */
static size_t put_utf8(char *out, uint32_t c)
{
	static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = n; i-- > 1; c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(n == 1 ? c : lead[n] | c);
	return n;
}

/* "\uXXXX" at .at, behind the u; a pair of surrogates is one character. */
static int unicode(struct json *j, uint32_t *ret)
{
	size_t start = j->at - 2;
	int32_t c = hex4(j, j->at), low;

	if (c < 0)
		return wrong(j, start, "\\u needs four digits");
	j->at += 4;
	*ret = (uint32_t)c;
	if (c < 0xd800 || c > 0xdfff)
		return 0;
	if (c > 0xdbff || j->len - j->at < 6 || j->text[j->at] != '\\' ||
	    j->text[j->at + 1] != 'u')
		return wrong(j, start, "half a pair of surrogates");
	low = hex4(j, j->at + 2);
	if (low < 0xdc00 || low > 0xdfff)
		return wrong(j, start, "half a pair of surrogates");
	j->at += 6;
	*ret = 0x10000 + (uint32_t)((c - 0xd800) << 10 | (low - 0xdc00));
	return 0;
}

/* What a backslash at .at stands for. */
static int escape(struct json *j, uint32_t *ret)
{
	static const char names[] = "\"\\/bfnrt";
	static const char means[] = "\"\\/\b\f\n\r\t";
	size_t start = j->at++;
	char c = peek(j);
	const char *found = c ? strchr(names, c) : NULL;

	j->at++;
	if (c == 'u')
		return unicode(j, ret);
	if (!found)
		return wrong(j, start, "no such escape");
	*ret = (uint32_t)means[found - names];
	return 0;
}

/*
 * A text, .at being at its quotation mark. Decoded in place unless it is only
 * to be checked: no escape is shorter than what it stands for.
 */
static int text(struct json *j, bool is_check, char **ret, size_t *ret_len)
{
	size_t start = j->at++;
	char *out = j->text + j->at;

	*ret = out;
	while (j->at < j->len && j->text[j->at] != '"') {
		const unsigned char *p = (const unsigned char *)j->text + j->at;
		uint32_t c;
		size_t n;

		if (*p == '\\') {
			char bytes[4];

			if (escape(j, &c) < 0)
				return -1;
			n = put_utf8(bytes, c);
			if (!is_check)
				memcpy(out, bytes, n);
			out += n;
			continue;
		}
		if (*p < 0x20)
			return wrong(j, j->at, "a control character in a text");
		n = utf8_length(p, j->len - j->at);
		if (!n)
			return wrong(j, j->at, "no valid UTF-8");
		if (!is_check)
			memmove(out, p, n);
		out += n;
		j->at += n;
	}
	if (j->at >= j->len)
		return wrong(j, start, "a text that does not end");
	*ret_len = (size_t)(out - *ret);
	j->at++;
	return 0;
}

static int number(struct json *j, struct json_value *ret)
{
	size_t start = j->at, digits;
	char copy[32];
	char *end;

	j->at += peek(j) == '-';
	digits = j->at;
	while (isdigit((unsigned char)peek(j)))
		j->at++;
	if (j->at == digits || (j->text[digits] == '0' && j->at - digits > 1))
		return wrong(j, start, "no value JSON knows");
	ret->kind = JSON_INT;
	if (peek(j) == '.') {
		ret->kind = JSON_REAL;
		digits = ++j->at;
		while (isdigit((unsigned char)peek(j)))
			j->at++;
		if (j->at == digits)
			return wrong(j, start, "a number that does not end");
	}
	if (peek(j) == 'e' || peek(j) == 'E') {
		ret->kind = JSON_REAL;
		j->at++;
		j->at += peek(j) == '-' || peek(j) == '+';
		digits = j->at;
		while (isdigit((unsigned char)peek(j)))
			j->at++;
		if (j->at == digits)
			return wrong(j, start, "a number that does not end");
	}
	if (ret->kind == JSON_REAL)
		return 0;
	if (j->at - start >= sizeof(copy))
		return wrong(j, start, "a number that is too large");
	memcpy(copy, j->text + start, j->at - start);
	copy[j->at - start] = '\0';
	errno = 0;
	ret->n = strtoll(copy, &end, 10);
	return errno ? wrong(j, start, "a number that is too large") : 0;
}

static int word(struct json *j, struct json_value *ret)
{
	static const struct {
		const char *word;
		enum json_kind kind;
		int64_t n;
	} words[] = { { "null", JSON_NULL, 0 },
		      { "true", JSON_BOOL, 1 },
		      { "false", JSON_BOOL, 0 } };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		size_t n = strlen(words[i].word);

		if (j->len - j->at < n ||
		    memcmp(j->text + j->at, words[i].word, n) != 0)
			continue;
		j->at += n;
		ret->kind = words[i].kind;
		ret->n = words[i].n;
		return 0;
	}
	return wrong(j, j->at,
		     j->at == j->len ? "it ends too early"
				     : "no value JSON knows");
}

/* A text, a number or a word. */
static int scalar(struct json *j, bool is_check, struct json_value *ret)
{
	char c = peek(j);

	if (c == '"') {
		ret->kind = JSON_TEXT;
		return text(j, is_check, &ret->p, &ret->len);
	}
	if (c == '-' || isdigit((unsigned char)c))
		return number(j, ret);
	return word(j, ret);
}

/* After a value within a container: its end (1), or a comma and on (0). */
static int comma_or_end(struct json *j, char end, bool is_first)
{
	skip_blanks(j);
	if (j->at < j->len && peek(j) == end) {
		j->at++;
		return 1;
	}
	if (is_first)
		return 0;
	return expect(j, ',', "here a comma or the end has to stand");
}

/*
 * Check a container and all in it, without reading it: which brackets are open
 * is kept as a stack, so that no depth of the text is one of the program's.
 */
static int check_container(struct json *j)
{
	char open[JSON_DEPTH_MAX];
	size_t depth = 0;
	bool is_first = true;
	struct json_value v;
	char *name;
	size_t n;

	do {
		char end = depth ? open[depth - 1] : '\0';
		int r = depth ? comma_or_end(j, end, is_first) : 0;

		if (r < 0)
			return -1;
		is_first = false;
		if (r) {
			depth--;
			continue;
		}
		skip_blanks(j);
		if (end == '}') {
			if (peek(j) != '"')
				return wrong(j, j->at,
					     "here a name in quotation marks "
					     "has to stand");
			if (text(j, true, &name, &n) < 0 ||
			    expect(j, ':', "here a colon has to stand") < 0)
				return -1;
			skip_blanks(j);
		}
		if (peek(j) != '[' && peek(j) != '{') {
			if (scalar(j, true, &v) < 0)
				return -1;
			continue;
		}
		if (depth == JSON_DEPTH_MAX)
			return wrong(j, j->at, "too much within each other");
		open[depth++] = peek(j) == '[' ? ']' : '}';
		is_first = true;
		j->at++;
	} while (depth);
	return 0;
}

static int value(struct json *j, struct json_value *ret)
{
	skip_blanks(j);
	*ret = (struct json_value){ .at = j->before + j->at };
	if (peek(j) != '[' && peek(j) != '{')
		return scalar(j, false, ret);
	ret->kind = peek(j) == '[' ? JSON_LIST : JSON_OBJECT;
	ret->p = j->text + j->at + 1;
	if (check_container(j) < 0)
		return -1;
	ret->len = (size_t)(j->text + j->at - ret->p) - 1;
	return 0;
}

static bool is_known(const struct json_member *list, int n)
{
	for (int i = 0; i < n; i++)
		if (list[i].name_len == list[n].name_len &&
		    !memcmp(list[i].name, list[n].name, list[n].name_len))
			return true;
	return false;
}

/* A name, its colon and its value. */
static int member(struct json *j, struct json_member *list, int n)
{
	size_t at;
	char *name;

	skip_blanks(j);
	at = j->at;
	if (n == JSON_MEMBERS_MAX)
		return wrong(j, at, "too many members in one object");
	if (peek(j) != '"')
		return wrong(j, at,
			     j->at == j->len ? "it ends too early"
					     : "here a name in quotation marks "
					       "has to stand");
	if (text(j, false, &name, &list[n].name_len) < 0)
		return -1;
	list[n].name = name;
	if (is_known(list, n))
		return wrong(j, at, "this name was there already");
	return expect(j, ':', "here a colon has to stand") < 0
		       ? -1
		       : value(j, &list[n].value);
}

int json_members(struct json *j, struct json_member list[JSON_MEMBERS_MAX])
{
	int n = 0;

	for (skip_blanks(j); j->at < j->len; skip_blanks(j)) {
		if (n && expect(j, ',', "here a comma has to stand") < 0)
			return -1;
		if (member(j, list, n) < 0)
			return -1;
		n++;
	}
	return n;
}

int json_object(struct json *j, struct json_member list[JSON_MEMBERS_MAX])
{
	int n = 0, r;

	if (expect(j, '{', "here a JSON object has to begin") < 0)
		return -1;
	while ((r = comma_or_end(j, '}', !n)) == 0) {
		if (member(j, list, n) < 0)
			return -1;
		n++;
	}
	skip_blanks(j);
	if (r > 0 && j->at < j->len)
		return wrong(j, j->at, "something follows the object");
	return r < 0 ? -1 : n;
}

int json_next(struct json *j, struct json_value *ret)
{
	bool is_first = j->at == 0;

	skip_blanks(j);
	if (j->at == j->len)
		return 0;
	if (!is_first && expect(j, ',', "here a comma has to stand") < 0)
		return -1;
	return value(j, ret) < 0 ? -1 : 1;
}

struct json_value *json_find(struct json_member *list, int n, const char *name)
{
	size_t len = strlen(name);

	for (int i = 0; i < n; i++)
		if (list[i].name_len == len && !memcmp(list[i].name, name, len))
			return &list[i].value;
	return NULL;
}
