/* SPDX-License-Identifier: MIT */
/* resolv.conf(5) and hosts(5), as they were before the target existed. */
#include "dns/resolvconf.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>

#define DNS_PORT 53
#define SPACE	 " \t\r\f\v"

/* A piece of the text; not terminated. */
struct piece {
	const char *at;
	size_t len;
};

/* Next line of *text without its newline; false at the end. */
static bool next_line(const char **text, struct piece *ret)
{
	if (!**text)
		return false;
	*ret = (struct piece){ *text, strcspn(*text, "\n") };
	*text += ret->len + ((*text)[ret->len] == '\n');
	return true;
}

/* Take the next word off a line; false when there is none. */
static bool next_word(struct piece *line, struct piece *ret)
{
	size_t from = 0, to;

	while (from < line->len && strchr(SPACE, line->at[from]))
		from++;
	for (to = from; to < line->len && !strchr(SPACE, line->at[to]);)
		to++;
	*ret = (struct piece){ line->at + from, to - from };
	*line = (struct piece){ line->at + to, line->len - to };
	return ret->len > 0;
}

static bool piece_is(const struct piece *p, const char *word)
{
	return p->len == strlen(word) && !memcmp(p->at, word, p->len);
}

/* False when it is longer than any address or name. */
static bool piece_copy(const struct piece *p, char *ret, size_t size)
{
	if (p->len >= size)
		return false;
	memcpy(ret, p->at, p->len);
	ret[p->len] = '\0';
	return true;
}

/* An address without a port; an interface may be named after '%'. */
static bool read_address(const struct piece *p, struct addr *ret)
{
	char text[ADDR_TEXT_MAX], *name;
	unsigned int index = 0;

	if (!piece_copy(p, text, sizeof(text)) || strchr(text, '['))
		return false;
	name = strchr(text, '%');
	if (name) {
		index = if_nametoindex(name + 1);
		if (index)
			*name = '\0';
	}
	if (addr_parse(text, ret) || ret->port)
		return false;
	if (index && ret->family == ADDR_IP6)
		ret->scope = index;
	return true;
}

static bool read_name(const struct piece *p, struct dname *ret)
{
	char text[DNAME_WIRE_MAX + 1];

	return piece_copy(p, text, sizeof(text)) && !dname_from_text(text, ret);
}

static void add_server(struct piece *line, struct resolvconf *ret)
{
	struct sockaddr_storage ss;
	struct piece word;
	struct addr a;
	socklen_t len;
	int domain;

	if (ret->n_servers == RESOLVCONF_SERVERS_MAX ||
	    !next_word(line, &word) || !read_address(&word, &a))
		return;
	a.port = DNS_PORT;
	/* Decoded as a destination: 0.0.0.0 is this machine. */
	domain = a.family == ADDR_IP4 ? AF_INET : AF_INET6;
	len = addr_encode(&a, domain, &ss);
	if (!addr_decode(domain, ADDR_FOR_CONNECT, &ss, len, &a))
		ret->servers[ret->n_servers++] = a;
}

/* The last of "search" and "domain" counts. */
static void take_search(struct piece *line, size_t max, struct resolvconf *ret)
{
	struct piece word;

	ret->n_search = 0;
	while (ret->n_search < max && next_word(line, &word))
		if (read_name(&word, &ret->search[ret->n_search]))
			ret->n_search++;
}

void resolvconf_parse(const char *text, struct resolvconf *ret)
{
	struct piece line, word;

	memset(ret, 0, sizeof(*ret));
	while (next_line(&text, &line)) {
		/* Keywords stand at the start of the line. */
		if (!line.len || strchr(SPACE, line.at[0]) ||
		    !next_word(&line, &word))
			continue;
		if (piece_is(&word, "nameserver"))
			add_server(&line, ret);
		else if (piece_is(&word, "search"))
			take_search(&line, RESOLVCONF_SEARCH_MAX, ret);
		else if (piece_is(&word, "domain"))
			take_search(&line, 1, ret);
	}
	if (!ret->n_servers && !addr_parse("127.0.0.1:53", &ret->servers[0]))
		ret->n_servers = 1;
}

/* Names of this machine that many systems list; they give no rights. */
static bool is_localhost(const struct dname *n)
{
	static const char *const own[] = {
		"localhost",	 "localhost.localdomain",
		"localhost6",	 "localhost6.localdomain6",
		"ip6-localhost", "ip6-loopback"
	};
	struct dname name;

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++) {
		if (dname_from_text(own[i], &name))
			continue;
		if (dname_equal(n, &name) || (!i && dname_is_below(n, &name)))
			return true;
	}
	return false;
}

size_t hosts_parse(const char *text, struct host_entry *ret, size_t max)
{
	struct piece line, word;
	struct addr a;
	size_t n = 0;

	while (next_line(&text, &line)) {
		const char *comment = memchr(line.at, '#', line.len);

		if (comment)
			line.len = (size_t)(comment - line.at);
		if (!next_word(&line, &word) || !read_address(&word, &a))
			continue;
		while (n < max && next_word(&line, &word)) {
			if (!read_name(&word, &ret[n].name) ||
			    is_localhost(&ret[n].name))
				continue;
			ret[n++].addr = a;
		}
	}
	return n;
}
