/* SPDX-License-Identifier: MIT */
/*
 * Single values of a policy file: networks, ports, resolvers, listeners. Most
 * of what people write by mistake has an answer of its own.
 */
#include "policy/load_value.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy/door.h"
#include "policy/observation.h"
#include "wire/cidr.h"

static void refuse_cidr(struct problems *ps, struct place at, const char *text)
{
	char q[QUOTE_MAX], q2[QUOTE_MAX], ip[ADDR_TEXT_MAX];
	struct addr a;

	if (addr_parse(text, &a) == 0 && a.port)
		problems_error(ps, at,
			       "%s has a port: write cidr: %s and ports: [%u]",
			       problem_quote(text, q),
			       problem_quote(addr_text(&a, ip), q2), a.port);
	else if (addr_parse(text, &a) == 0 && a.scope)
		problems_error(ps, at,
			       "%s has a scope: write the address without '%%'",
			       problem_quote(text, q));
	else if (strchr(text, '-'))
		problems_error(ps, at,
			       "%s is no network: a range of addresses is "
			       "written as networks, such as 192.0.2.0/24",
			       problem_quote(text, q));
	else
		problems_error(ps, at,
			       "%s is no address: write a network such as "
			       "192.0.2.0/24 or 2001:db8::/32; names go under "
			       "domains",
			       problem_quote(text, q));
}

bool value_cidr(struct problems *ps, struct place at, const char *text,
		struct rule *r)
{
	char q[QUOTE_MAX], net[CIDR_TEXT_MAX];
	bool host_bits;
	int ret = cidr_parse(text, &r->net, &r->prefix, &host_bits);

	r->kind = RULE_ADDRESS;
	if (ret == 0 && !host_bits)
		return true;
	if (ret == 0) {
		problems_warn(ps, at,
			      "%s has bits set behind its prefix: it means %s",
			      problem_quote(text, q),
			      cidr_text(&r->net, r->prefix, net));
		return true;
	}
	if (strchr(text, '/') && ret == -ERANGE)
		problems_error(ps, at,
			       "%s: the number behind the slash is at most 32, "
			       "or 128 for IPv6",
			       problem_quote(text, q));
	else
		refuse_cidr(ps, at, text);
	return false;
}

/* Digits up to the end or a byte; no sign, no more than five. */
static bool read_port(const char **text, char end, unsigned int *ret)
{
	unsigned int v = 0, n = 0;

	for (; **text >= '0' && **text <= '9' && n < 6; (*text)++, n++)
		v = v * 10 + (unsigned int)(**text - '0');
	*ret = v;
	return n > 0 && n < 6 && **text == end;
}

bool value_port(struct problems *ps, struct place at, const char *text,
		struct port_range *ret)
{
	unsigned int first, last;
	const char *p = text;
	char q[QUOTE_MAX];
	bool is_range = strchr(text, '-') != NULL, is_read;

	is_read = read_port(&p, is_range ? '-' : '\0', &first);
	last = first;
	if (is_read && is_range) {
		p++;
		is_read = read_port(&p, '\0', &last);
	}
	if (is_read && first >= 1 && last <= 65535 && first <= last) {
		*ret = (struct port_range){ (uint16_t)first, (uint16_t)last };
		return true;
	}
	if (is_read && first > last)
		problems_error(ps, at,
			       "%s runs backwards: write the smaller port "
			       "first",
			       problem_quote(text, q));
	else if (is_read)
		problems_error(ps, at, "port %s is not between 1 and 65535",
			       problem_quote(text, q));
	else
		problems_error(ps, at,
			       "%s is no port: write a number, or a range such "
			       "as \"8000-8100\"",
			       problem_quote(text, q));
	return false;
}

bool value_server(struct problems *ps, struct place at, const char *text,
		  struct addr *ret)
{
	char q[QUOTE_MAX];

	if (addr_parse(text, ret) == 0) {
		if (!ret->port)
			ret->port = 53;
		return true;
	}
	problems_error(ps, at,
		       "%s is no resolver: write its address, 192.0.2.53, "
		       "192.0.2.53:5353 or [2001:db8::53]:53",
		       problem_quote(text, q));
	return false;
}

static void warn_of_door(struct problems *ps, struct place at, const char *text)
{
	char q[QUOTE_MAX];
	const char *sentence;
	enum door_kind door = door_find(text, &sentence);

	if (door == DOOR_NAME_SERVICE)
		problems_warn(ps, at,
			      "%s is a name service: names it looks up pass "
			      "the filter by",
			      problem_quote(text, q));
	else if (door == DOOR_OPENS)
		problems_warn(ps, at, "%s is a way out of the filter: %s",
			      problem_quote(text, q), sentence);
}

bool value_listener(struct problems *ps, struct place at, const char *text,
		    bool is_allow)
{
	char q[QUOTE_MAX];

	if ((text[0] != '/' && text[0] != '@') || !text[1]) {
		problems_error(ps, at,
			       "%s is no listener: write a path such as "
			       "/run/x.sock, or @name for an abstract one",
			       problem_quote(text, q));
		return false;
	}
	if (strlen(text) >= sizeof(((struct unix_peer *)0)->name)) {
		problems_error(ps, at, "%s is longer than any name of a listener",
			       problem_quote(text, q));
		return false;
	}
	if (is_allow)
		warn_of_door(ps, at, text);
	return true;
}
