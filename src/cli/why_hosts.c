/* SPDX-License-Identifier: MIT */
/* Names that /etc/hosts answers for. */
#include "cli/why_hosts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "dns/resolvconf.h"
#include "policy/decide.h"

#define BLANKS	 " \t\r\n\v\f"
#define TEXT_MAX (1u << 20)

static char *read_hosts(void)
{
	FILE *f = fopen("/etc/hosts", "re");
	char *text = calloc(1, TEXT_MAX);

	if (f && text)
		text[fread(text, 1, TEXT_MAX - 1, f)] = '\0';
	if (f)
		fclose(f);
	return text;
}

/* Does a line give an address to this name? */
static bool line_has(char *line, const struct dname *name, struct addr *ret)
{
	char *rest = line, *word;
	struct dname n;

	line[strcspn(line, "#")] = '\0';
	word = strtok_r(rest, BLANKS, &rest);
	if (!word || addr_parse(word, ret) < 0 || ret->port)
		return false;
	while ((word = strtok_r(rest, BLANKS, &rest)))
		if (dname_from_text(word, &n) == 0 && dname_equal(&n, name))
			return true;
	return false;
}

/* Where programs find a name; localhost and the machine's own name, too. */
static bool find_address(const char *text, const struct dname *name,
			 struct addr *ret)
{
	auto_free char *copy = strdup(text);
	char *rest = copy, *line;

	while (rest && (line = strsep(&rest, "\n")))
		if (line_has(line, name, ret))
			return true;
	return false;
}

static bool is_own_name(const struct dname *name)
{
	char text[256] = "";
	struct dname own;

	return gethostname(text, sizeof(text) - 1) == 0 &&
	       dname_from_text(text, &own) == 0 && dname_equal(name, &own);
}

/* The names a session knows the address by: the names of the machine itself
 * give no rights, and others count where a rule mentions them. */
static void add_names(const char *text, const struct policy *p,
		      struct observation *seen)
{
	auto_free struct host_entry *list = calloc(HOSTS_MAX, sizeof(*list));
	size_t n = list ? hosts_parse(text, list, HOSTS_MAX) : 0;

	seen->n_candidates = 0;
	for (size_t i = 0; i < n && seen->n_candidates < CANDIDATES_MAX; i++)
		if (addr_same_ip(&list[i].addr, &seen->addr) &&
		    !is_own_name(&list[i].name) &&
		    policy_mentions_name(p, &list[i].name))
			seen->candidates[seen->n_candidates++] =
				(struct candidate){ .name = list[i].name,
						    .source = NAME_HOSTS };
}

bool why_hosts_apply(const struct policy *p, struct observation *seen)
{
	auto_free char *text = read_hosts();
	uint16_t port = seen->addr.port;
	bool has_name = seen->n_candidates == 1;
	struct addr a = seen->addr;

	if (!text || seen->addr.family == ADDR_NONE ||
	    (has_name && !find_address(text, &seen->candidates[0].name, &a)))
		return false;
	seen->addr = a;
	seen->addr.port = port;
	add_names(text, p, seen);
	return has_name;
}
