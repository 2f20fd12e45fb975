// SPDX-License-Identifier: MIT
// Secrets in arguments. Each rule marks the bytes of a secret; at the end every
// run of marked bytes is written as one REDACTED.
//
// An argument is read as words: what stands between blanks, quotation marks and
// signs of a shell, so that the same rules hold within "sh -c '...'". The
// tables below are what a person has to look over: egress-filter-sessions(1)
// tells the same.
#include "audit/redact.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * How names end under which secrets are kept: of options (--db-password), of
 * assignments (GITHUB_TOKEN=), of headers (X-Api-Key:), of queries (?sig=). Case
 * and the kind of hyphen do not count, clientSecret is client-secret; what
 * stands before has to end in a hyphen or a dot.
 */
static const char *const names[] = {
	"access-key", "access-key-id", "account-key", "api-key",
	"apikey",     "auth",	       "authtoken",   "authorization",
	"cookie",     "credential",    "credentials", "encryption-key",
	"oauth",      "otp",	       "pass",	      "passcode",
	"passphrase", "passwd",	       "password",    "private-key",
	"secret",     "secret-key",    "session-key", "sig",
	"signature",  "signing-key",   "token",
};

enum value {
	VALUE_WHOLE, /* all of it is secret */
	VALUE_USER,  /* "user:password" */
};

/* Options of single programs, after a word where one has to come first; the
 * value follows at once or as the next argument. */
static const struct {
	const char *program, *word, *option;
	enum value value;
} options[] = {
	{ "curl", NULL, "-u", VALUE_USER },
	{ "curl", NULL, "-U", VALUE_USER },
	{ "docker", "login", "-p", VALUE_WHOLE },
	{ "helm", "login", "-p", VALUE_WHOLE },
	{ "http", NULL, "-a", VALUE_USER },
	{ "https", NULL, "-a", VALUE_USER },
	{ "ldapsearch", NULL, "-w", VALUE_WHOLE },
	{ "mariadb", NULL, "-p", VALUE_WHOLE },
	{ "mongosh", NULL, "-p", VALUE_WHOLE },
	{ "mysql", NULL, "-p", VALUE_WHOLE },
	{ "mysqldump", NULL, "-p", VALUE_WHOLE },
	{ "podman", "login", "-p", VALUE_WHOLE },
	{ "redis-cli", NULL, "-a", VALUE_WHOLE },
	{ "sshpass", NULL, "-p", VALUE_WHOLE },
	{ "unzip", NULL, "-P", VALUE_WHOLE },
	{ "zip", NULL, "-P", VALUE_WHOLE },
};

/* Long options of any program whose value is "user:password". */
static const char *const user_options[] = { "--user", "--proxy-user" };

/* How the tokens of known services begin, and how many more letters, digits,
 * hyphens and dots follow at least. */
static const struct {
	const char *prefix;
	size_t more;
} prefixes[] = {
	{ "AGE-SECRET-KEY-1", 20 },
	{ "AIza", 30 },
	{ "AKIA", 16 },
	{ "ASIA", 16 },
	{ "GOCSPX-", 20 },
	{ "SG.", 30 },
	{ "dckr_pat_", 20 },
	{ "dop_v1_", 30 },
	{ "eyJ", 40 }, /* a JSON web token */
	{ "figd_", 20 },
	{ "ghp_", 20 },
	{ "gho_", 20 },
	{ "ghu_", 20 },
	{ "ghs_", 20 },
	{ "ghr_", 20 },
	{ "github_pat_", 20 },
	{ "gldt-", 16 },
	{ "glpat-", 16 },
	{ "glptt-", 16 },
	{ "glrt-", 16 },
	{ "hf_", 30 },
	{ "hvb.", 20 },
	{ "hvs.", 20 },
	{ "lin_api_", 20 },
	{ "npm_", 30 },
	{ "pypi-", 30 },
	{ "rk_live_", 10 },
	{ "rubygems_", 30 },
	{ "shpat_", 20 },
	{ "sk-", 20 },
	{ "sk_live_", 10 },
	{ "sk_test_", 10 },
	{ "tskey-", 16 },
	{ "whsec_", 16 },
	{ "xapp-", 10 },
	{ "xoxa-", 10 },
	{ "xoxb-", 10 },
	{ "xoxp-", 10 },
	{ "xoxr-", 10 },
	{ "xoxs-", 10 },
	{ "ya29.", 20 },
};

#define COUNT(list)    (sizeof(list) / sizeof(*(list)))
#define NAME_MAX_BYTES 64
#define RANDOM_MIN     32 /* a shorter word never looks random */
#define TOKEN_MIN      16 /* nor is a shorter user name a token */

/* The list being looked through. */
struct redactor {
	const char *text;
	char *mask; /* not 0: a byte of a secret */
	size_t len;
	const char *program; /* the one of "options" whose name came last */
	size_t arg, arg_end; /* the argument being looked at */
	bool is_next;	     /* the next argument is a value: */
	enum value next;
};

static bool is_separator(char c)
{
	return !c || strchr(" \t\n\r'\"`|<>();", c);
}

static bool is_name_byte(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.';
}

static void mark(struct redactor *x, size_t from, size_t to)
{
	/* a variable of a shell is a name, no secret */
	if (from < to && x->text[from] != '$')
		memset(x->mask + from, 1, to - from);
}

static void mark_value(struct redactor *x, size_t from, size_t to, enum value v)
{
	const char *colon = memchr(x->text + from, ':', to - from);

	if (v == VALUE_WHOLE)
		mark(x, from, to);
	else if (colon)
		mark(x, (size_t)(colon - x->text) + 1, to);
}

/* The name that ends before a place, as the table spells it. */
static size_t spell(const struct redactor *x, size_t from, size_t to,
		    char out[NAME_MAX_BYTES])
{
	size_t n = 0;

	if (to - from > NAME_MAX_BYTES / 2)
		from = to - NAME_MAX_BYTES / 2;
	for (size_t i = from; i < to; i++) {
		unsigned char c = (unsigned char)x->text[i];

		if (isupper(c) && i > from &&
		    islower((unsigned char)x->text[i - 1]))
			out[n++] = '-';
		out[n++] = c == '_' || c == '.' ? '-' : (char)tolower(c);
	}
	return n;
}

/* Do the bytes up to a place end in a name of secrets? */
static bool is_secret_name(const struct redactor *x, size_t from, size_t to)
{
	char name[NAME_MAX_BYTES];
	size_t start = to, n;

	while (start > from && is_name_byte(x->text[start - 1]))
		start--;
	n = spell(x, start, to, name);
	for (size_t i = 0; i < COUNT(names); i++) {
		size_t m = strlen(names[i]);

		if (n >= m && !memcmp(name + n - m, names[i], m) &&
		    (n == m || name[n - m - 1] == '-'))
			return true;
	}
	return false;
}

/* "NAME=VALUE", also several of them in a query. */
static void mark_assignments(struct redactor *x, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		size_t end = i + 1;

		if (x->text[i] != '=' || !is_secret_name(x, from, i))
			continue;
		while (end < to && !strchr("&#", x->text[end]))
			end++;
		mark(x, i + 1, end);
		i = end;
	}
}

/* Where a text that began within quotation marks ends. */
static size_t end_of_quoted(const struct redactor *x, size_t at)
{
	while (at < x->arg_end && !strchr("'\"", x->text[at]))
		at++;
	return at;
}

static size_t skip_blanks(const struct redactor *x, size_t at)
{
	while (at < x->arg_end && strchr(" \t\n\r", x->text[at]))
		at++;
	return at;
}

/* "Name: all of this", as a header has it, and "\"name\": \"value\"". */
static void mark_header(struct redactor *x, size_t from, size_t to)
{
	const char *colon = memchr(x->text + from, ':', to - from);
	size_t at = colon ? (size_t)(colon - x->text) : to;

	if (!is_secret_name(x, from, at))
		return;
	if (!colon) {
		if (at + 1 >= x->arg_end || x->text[at] != '"')
			return;
		at = skip_blanks(x, at + 1);
		if (at >= x->arg_end || x->text[at] != ':')
			return;
	}
	if (at + 2 < x->arg_end && x->text[at + 1] == '/' &&
	    x->text[at + 2] == '/')
		return; /* a URL of a scheme that has such a name */
	at = skip_blanks(x, at + 1);
	if (at < x->arg_end && x->text[at] == '"')
		at++;
	mark(x, at, end_of_quoted(x, at));
}

/* "scheme://user:password@host", "scheme://token@host". */
static void mark_url(struct redactor *x, size_t from, size_t to)
{
	for (size_t i = from; i + 3 <= to; i++) {
		size_t end = i + 3, at = 0;

		if (memcmp(x->text + i, "://", 3) != 0)
			continue;
		for (; end < to && !strchr("/?#", x->text[end]); end++)
			if (x->text[end] == '@')
				at = end;
		if (!at)
			continue;
		if (memchr(x->text + i + 3, ':', at - i - 3))
			mark_value(x, i + 3, at, VALUE_USER);
		else if (at - i - 3 >= TOKEN_MIN)
			mark(x, i + 3, at);
	}
}

/* How many characters of a token stand here. */
static size_t token_length(const struct redactor *x, size_t from, size_t to)
{
	size_t n = 0;

	while (from + n < to && is_name_byte(x->text[from + n]))
		n++;
	return n;
}

static void mark_known(struct redactor *x, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		if (i > from && is_name_byte(x->text[i - 1]))
			continue;
		for (size_t p = 0; p < COUNT(prefixes); p++) {
			size_t m = strlen(prefixes[p].prefix);
			size_t n = token_length(x, i, to);

			if (n >= m + prefixes[p].more &&
			    !memcmp(x->text + i, prefixes[p].prefix, m))
				mark(x, i, i + n);
		}
	}
}

static int class_of(char c)
{
	return isdigit((unsigned char)c)   ? 1
	       : isupper((unsigned char)c) ? 2
	       : islower((unsigned char)c) ? 3
					   : 0;
}

/*
 * A word of small letters, capitals and digits that change all the time, digits
 * among them (ThisIsNone1). Plain hexadecimal digits do not count: those are
 * commits and digests as a rule.
 */
static bool looks_random(const char *p, size_t n)
{
	bool has[4] = { false };
	size_t changes = 0, of_digits = 0;

	if (n < RANDOM_MIN || (n > 7 && !memcmp(p, "sha", 3) && p[6] == '-'))
		return false;
	for (size_t i = 0; i < n; i++) {
		int now = class_of(p[i]), was = i ? class_of(p[i - 1]) : now;

		has[now] = true;
		changes += now != was;
		of_digits += now != was && (now == 1 || was == 1);
	}
	return has[2] && has[3] && changes * 5 >= n * 2 && of_digits * 10 >= n;
}

static void mark_random(struct redactor *x, size_t from, size_t to)
{
	for (size_t i = from, n; i < to; i += n + 1) {
		n = 0;
		while (i + n < to && (isalnum((unsigned char)x->text[i + n]) ||
				      strchr("_-+=", x->text[i + n])))
			n++;
		if (looks_random(x->text + i, n))
			mark(x, i, i + n);
	}
}

static bool is_word(const struct redactor *x, size_t from, size_t to,
		    const char *word)
{
	return to - from == strlen(word) &&
	       !memcmp(x->text + from, word, to - from);
}

/* Did this word come before? */
static bool has_word(const struct redactor *x, const char *word, size_t before)
{
	for (size_t at = 0, n; at < before; at += n + 1) {
		n = 0;
		while (at + n < before && !is_separator(x->text[at + n]))
			n++;
		if (is_word(x, at, at + n, word))
			return true;
	}
	return false;
}

/* What follows an option: the rest of it, the next argument, or the next word
 * of this one. */
static void announce(struct redactor *x, size_t end, enum value v)
{
	size_t at = end, stop;

	if (end == x->arg_end) {
		x->is_next = true;
		x->next = v;
		return;
	}
	while (at < x->arg_end && is_separator(x->text[at]))
		at++;
	stop = at;
	while (stop < x->arg_end && !is_separator(x->text[stop]))
		stop++;
	mark_value(x, at, stop, v);
}

static void look_at_option(struct redactor *x, size_t from, size_t to)
{
	for (size_t i = 0; i < COUNT(user_options); i++) {
		size_t n = strlen(user_options[i]);

		if (is_word(x, from, to, user_options[i]))
			announce(x, to, VALUE_USER);
		else if (to - from > n && x->text[from + n] == '=' &&
			 !memcmp(x->text + from, user_options[i], n))
			mark_value(x, from + n + 1, to, VALUE_USER);
	}
	for (size_t i = 0; x->program && i < COUNT(options); i++) {
		bool is_whole = is_word(x, from, to, options[i].option);

		if (strcmp(options[i].program, x->program) != 0 ||
		    (!is_whole && (to - from < 3 ||
				   memcmp(x->text + from, options[i].option, 2))) ||
		    (options[i].word && !has_word(x, options[i].word, from)))
			continue;
		if (is_whole)
			announce(x, to, options[i].value);
		else
			mark_value(x, from + 2, to, options[i].value);
	}
	if (!memchr(x->text + from, '=', to - from) &&
	    !memchr(x->text + from, ':', to - from) &&
	    is_secret_name(x, from, to))
		announce(x, to, VALUE_WHOLE);
}

/* "curl" and "/usr/bin/curl" announce options of their own. */
static void look_for_program(struct redactor *x, size_t from, size_t to)
{
	const char *slash = memrchr(x->text + from, '/', to - from);

	if (slash)
		from = (size_t)(slash - x->text) + 1;
	for (size_t i = 0; i < COUNT(options); i++)
		if (is_word(x, from, to, options[i].program))
			x->program = options[i].program;
}

static void look_at_word(struct redactor *x, size_t from, size_t to)
{
	look_for_program(x, from, to);
	mark_assignments(x, from, to);
	mark_header(x, from, to);
	mark_url(x, from, to);
	mark_known(x, from, to);
	mark_random(x, from, to);
	if (x->text[from] == '-')
		look_at_option(x, from, to);
	else if (to - from == 6 && !strncasecmp(x->text + from, "bearer", 6) &&
		 to < x->arg_end)
		announce(x, to, VALUE_WHOLE);
}

static void look_at_argument(struct redactor *x)
{
	const char *key = memmem(x->text + x->arg, x->arg_end - x->arg,
				 "PRIVATE KEY-----", 16);

	if (x->is_next && x->text[x->arg] != '-') {
		x->is_next = false;
		mark_value(x, x->arg, x->arg_end, x->next);
		return;
	}
	x->is_next = false;
	if (key)
		mark(x, (size_t)(key - x->text) + 16, x->arg_end);
	for (size_t at = x->arg; at < x->arg_end;) {
		size_t end = at;

		while (end < x->arg_end && !is_separator(x->text[end]))
			end++;
		if (end > at)
			look_at_word(x, at, end);
		at = end + 1;
	}
}

/* The list again, each run of marked bytes written as REDACTED. */
static int write_out(const struct redactor *x, char **ret, size_t *ret_len)
{
	FILE *f = open_memstream(ret, ret_len);
	int r;

	if (!f)
		return -ENOMEM;
	for (size_t i = 0; i < x->len;) {
		if (!x->mask[i]) {
			fputc(x->text[i++], f);
			continue;
		}
		while (i < x->len && x->mask[i])
			i++;
		fputs(REDACTED, f);
	}
	r = fclose(f) ? -ENOMEM : 0;
	if (r)
		free(*ret);
	return r;
}

static void look(struct redactor *x)
{
	for (x->arg = 0; x->arg < x->len; x->arg = x->arg_end + 1) {
		x->arg_end = x->arg + strnlen(x->text + x->arg, x->len - x->arg);
		look_at_argument(x);
	}
}

int redact_argv(const char *argv, size_t len, char **ret, size_t *ret_len)
{
	struct redactor x = { .text = argv, .len = len };
	size_t n;
	char *list;
	int r;

	*ret = NULL;
	x.mask = calloc(len + 1, 1);
	if (!x.mask)
		return -ENOMEM;
	look(&x);
	if (!memchr(x.mask, 1, len)) {
		free(x.mask);
		return 0;
	}
	r = write_out(&x, &list, &n);
	free(x.mask);
	if (r)
		return r;
	if (n == len && !memcmp(list, argv, len)) {
		free(list);
		return 0;
	}
	*ret = list;
	*ret_len = n;
	return 1;
}
