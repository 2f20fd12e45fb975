/* SPDX-License-Identifier: MIT */
/* Name patterns of a policy file, and what else people write in their place. */
#include "policy/load_value.h"

#include <arpa/inet.h>
#include <idn2.h>
#include <stdio.h>
#include <string.h>

static bool is_digits(const char *text)
{
	return *text && text[strspn(text, "0123456789")] == '\0';
}

static bool is_address(const char *text)
{
	unsigned char ip[16];

	return inet_pton(AF_INET, text, ip) == 1 ||
	       inet_pton(AF_INET6, text, ip) == 1;
}

bool value_looks_like_address(const char *text)
{
	const char *last = strrchr(text, '.');

	last = last ? last + 1 : text;
	return is_address(text) || text[0] == '[' || is_digits(last) ||
	       !strncmp(last, "0x", 2) || !strncmp(last, "0X", 2);
}

/* "host:443" into its two parts; false when it is not of that form. */
static bool split_port(const char *text, char *host, size_t size,
		       const char **ret_port)
{
	const char *colon = strrchr(text, ':');

	if (!colon || !is_digits(colon + 1) || (size_t)(colon - text) >= size)
		return false;
	memcpy(host, text, (size_t)(colon - text));
	host[colon - text] = '\0';
	*ret_port = colon + 1;
	return true;
}

static void refuse_url(struct problems *ps, struct place at, const char *text)
{
	const char *host = strstr(text, "://") + 3;
	int n = (int)strcspn(host, "/?#");
	const char *user = memchr(host, '@', (size_t)n);
	char alone[64], q[QUOTE_MAX], q2[QUOTE_MAX];

	if (user) {
		n -= (int)(user + 1 - host);
		host = user + 1;
	}
	n = n > 60 ? 60 : n;
	snprintf(alone, sizeof(alone), "%.*s", n, host);
	alone[strcspn(alone, ":")] = '\0';
	problems_error(ps, at, "%s is a URL: write its host alone, %s",
		       problem_quote(text, q), problem_quote(alone, q2));
}

static void refuse_path(struct problems *ps, struct place at, const char *text)
{
	char alone[64], q[QUOTE_MAX], q2[QUOTE_MAX];
	int n = (int)strcspn(text, "/");

	snprintf(alone, sizeof(alone), "%.*s", n > 60 ? 60 : n, text);
	if (is_address(alone))
		problems_error(ps, at,
			       "%s is a network: put it under ip_ranges, as "
			       "cidr",
			       problem_quote(text, q));
	else
		problems_error(ps, at,
			       "a path in pattern %s: write the name alone, %s",
			       problem_quote(text, q), problem_quote(alone, q2));
}

static void refuse_address(struct problems *ps, struct place at,
			   const char *text, const char *port)
{
	char q[QUOTE_MAX];

	problems_error(ps, at,
		       "%s is an address: put it under ip_ranges, as "
		       "cidr%s%.5s%s",
		       problem_quote(text, q), port ? ", with ports: [" : "",
		       port ? port : "", port ? "]" : "");
}

static void refuse_port(struct problems *ps, struct place at, const char *text,
			const char *host, const char *port)
{
	char q[QUOTE_MAX], q2[QUOTE_MAX];

	problems_error(ps, at,
		       "%s has a port: write pattern: %s and ports: [%.5s]",
		       problem_quote(text, q), problem_quote(host, q2), port);
}

/* What a pattern must not be before it is taken for a name. */
static bool is_sound(struct problems *ps, struct place at, const char *text)
{
	char q[QUOTE_MAX], host[300];
	const char *port;

	if (!*text)
		problems_error(ps, at,
			       "an empty pattern: write a name, such as "
			       "\"example.com\"");
	else if (text[strcspn(text, " \t\r\n\v\f")])
		problems_error(ps, at,
			       "white space in pattern %s: write one name for "
			       "each rule",
			       problem_quote(text, q));
	else if (strstr(text, "://"))
		refuse_url(ps, at, text);
	else if (strchr(text, '/'))
		refuse_path(ps, at, text);
	else if (is_address(text))
		refuse_address(ps, at, text, NULL);
	else if (!split_port(text, host, sizeof(host), &port)) {
		if (!value_looks_like_address(text))
			return true;
		refuse_address(ps, at, text, NULL);
	} else if (value_looks_like_address(host))
		refuse_address(ps, at, host, port);
	else
		refuse_port(ps, at, text, host, port);
	return false;
}

/* "*" is the whole of the first label or nowhere. */
static bool is_star_sound(struct problems *ps, struct place at, const char *text)
{
	const char *rest = strncmp(text, "*.", 2) ? text : text + 2;
	char q[QUOTE_MAX], q2[QUOTE_MAX];

	if (!text[strspn(text, "*.")]) {
		problems_error(ps, at,
			       "%s would be every name: to allow all of them "
			       "write default_policy: allow",
			       problem_quote(text, q));
		return false;
	}
	if (text[0] == '.') {
		problems_error(ps, at,
			       "%s begins with a dot: for the names below it "
			       "write '*%s",
			       problem_quote(text, q),
			       problem_quote(text, q2) + 1);
		return false;
	}
	if (!strchr(rest, '*'))
		return true;
	/* What is right of the last star's label is safe to propose. */
	rest = strrchr(text, '*');
	rest = strchr(rest, '.') ? strchr(rest, '.') + 1 : "example.com";
	problems_error(ps, at,
		       "'*' stands for whole labels and stands in front: "
		       "instead of %s write '*.%s",
		       problem_quote(text, q), problem_quote(rest, q2) + 1);
	return false;
}

/* IDNA2008 with the mapping of UTS 46, non-transitional; ASCII stays. */
static bool to_ascii(struct problems *ps, struct place at, const char *text,
		     char *buf, size_t size)
{
	const char *p = text;
	char q[QUOTE_MAX], *ascii = NULL;
	bool fits;
	int ret;

	while (*p && (unsigned char)*p < 0x80)
		p++;
	if (!*p) {
		snprintf(buf, size, "%s", text);
		return true;
	}
	ret = idn2_to_ascii_8z(text, &ascii,
			       IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
	if (ret != IDN2_OK) {
		problems_error(ps, at, "%s is no international name: %s",
			       problem_quote(text, q), idn2_strerror(ret));
		return false;
	}
	fits = strlen(ascii) < size;
	if (fits)
		strcpy(buf, ascii);
	idn2_free(ascii);
	return fits;
}

static const char *name_fault(const char *text)
{
	if (strlen(text) > DNAME_WIRE_MAX - 2)
		return "a name has at most 253 characters";
	if (strstr(text, ".."))
		return "an empty label between two dots";
	for (const char *p = text; *p; p += strcspn(p, "."), p += *p == '.')
		if (strcspn(p, ".") > 63)
			return "a label has at most 63 characters";
	return "a name is made of letters, digits, '-', '_' and dots";
}

bool value_pattern(struct problems *ps, struct place at, const char *text,
		   struct rule *r)
{
	char ascii[512] = "", q[QUOTE_MAX];
	const char *name;

	r->kind = RULE_NAME;
	if (!is_sound(ps, at, text) || !is_star_sound(ps, at, text))
		return false;
	r->is_wildcard = !strncmp(text, "*.", 2);
	name = r->is_wildcard ? text + 2 : text;
	if (!to_ascii(ps, at, name, ascii, sizeof(ascii)))
		return false;
	/* The mapping may have made ASCII digits or dots of others. */
	if (value_looks_like_address(ascii)) {
		refuse_address(ps, at, ascii, NULL);
		return false;
	}
	if (dname_from_text(ascii, &r->name) < 0) {
		problems_error(ps, at, "%s is no name: %s",
			       problem_quote(text, q), name_fault(ascii));
		return false;
	}
	if (r->is_wildcard && dname_labels(&r->name) == 1)
		problems_warn(ps, at,
			      "%s covers everything below a top-level name",
			      problem_quote(text, q));
	return true;
}
