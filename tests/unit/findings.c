/* SPDX-License-Identifier: MIT */
/* What is found in policies: each kind, where it is and is not, and what is
 * left when rules that do nothing are taken out. */
#include "policy_help.h"
#include "tap.h"

#include "learn/findings.h"
#include "learn/findings_fix.h"
#include "learn/script.h"
#include "policy/decide.h"

static struct suffixes *suffixes;

/* "LINE kind" of everything found, blanks between. */
static char *found(const char *yaml)
{
	static char buf[4096];
	struct policy *p = policy_of(yaml);
	struct findings f;
	size_t len = 0;

	buf[0] = '\0';
	if (findings_find(p, suffixes, &f) < 0)
		abort();
	for (size_t i = 0; i < f.n; i++) {
		len += (size_t)snprintf(buf + len, sizeof(buf) - len, "%s%u %s",
					i ? ", " : "", f.list[i].line,
					finding_word(f.list[i].kind));
		if (strlen(f.list[i].text) + 1 >= sizeof(f.list[i].text))
			printf("# cut: %s\n", f.list[i].text);
	}
	findings_done(&f);
	policy_unref(p);
	return buf;
}

#define NAMES  "domains:\n"
#define RANGES "ip_ranges:\n"
#define UNIX   "unix_sockets:\n"

static void test_wide(void)
{
	ok_str(found(NAMES "- {pattern: a.example, ports: [443]}\n"), "");
	ok_str(found("version: 1\ndefault_policy: allow\n"), "2 default-allow");
	ok_str(found("{default_policy: allow}\n"), "0 default-allow");
	ok_str(found(NAMES "- {pattern: a.example}\n"), "2 no-ports");
	ok_str(found(NAMES "- {pattern: a.example, ports: [\"1-65535\"]}\n"),
	       "2 no-ports");
	ok_str(found(NAMES "- {pattern: a.example, ports: [\"300-65535\", "
			   "\"1-300\"]}\n"),
	       "2 no-ports");
	ok_str(found(NAMES "- {pattern: a.example, ports: [\"2-65535\"]}\n"), "");
	ok_str(found(NAMES "- {pattern: '*.github.io', ports: [443]}\n"
			   "- {pattern: 'me.github.io', ports: [443]}\n"
			   "- {pattern: '*.me.github.io', ports: [443]}\n"),
	       "2 public-suffix, 3 shadowed, 4 shadowed");
	ok_str(found(NAMES "- {pattern: '*.co.uk', ports: [443]}\n"),
	       "2 public-suffix");
	ok_str(found(NAMES "- {pattern: '*.blob.core.windows.net', "
			   "ports: [443]}\n"
			   "- {pattern: '*.core.windows.net', ports: [443]}\n"
			   "- {pattern: 'me.blob.core.windows.net', "
			   "ports: [22]}\n"),
	       "2 shared-host, 2 shadowed, 3 shared-host");
	ok_str(found(NAMES "- {pattern: webhook.site, ports: [443]}\n"),
	       "2 open-host");
	ok_str(found(NAMES "- {pattern: metadata.google.internal, "
			   "ports: [80]}\n"),
	       "2 danger");
	ok_str(found(RANGES "- {cidr: 203.0.0.0/16, ports: [1]}\n"
			    "- {cidr: 203.2.0.0/15, ports: [1]}\n"
			    "- {cidr: 10.0.0.0/8, ports: [1]}\n"
			    "- {cidr: 172.16.0.0/12, ports: [1]}\n"
			    "- {cidr: 8.0.0.0/6, ports: [1]}\n"
			    "- {cidr: 2001::/31, ports: [1]}\n"
			    "- {cidr: 2001:db8::/32, ports: [1]}\n"
			    "- {cidr: fc00:0::/8, ports: [1]}\n"),
	       "3 broad, 4 shadowed, 6 broad, 7 broad");
	ok_str(found(RANGES "- {cidr: 169.254.169.254, ports: [80]}\n"
			    "- {cidr: 169.254.1.0/24, ports: [80]}\n"
			    "- {cidr: 100.100.0.0/16, ports: [80]}\n"
			    "- {cidr: 168.63.129.0/24, ports: [80]}\n"
			    "- {cidr: 'fe80::/64', ports: [80]}\n"
			    "- {cidr: 'fd00::/16', ports: [80]}\n"
			    "- {cidr: 168.63.130.0/24, ports: [80]}\n"),
	       "2 danger, 3 danger, 4 danger, 5 danger, 6 danger, 7 danger");
	ok_str(found(RANGES "- {cidr: 0.0.0.0/0, ports: [80]}\n"),
	       "2 danger, 2 broad, 2 placeholders");
	ok_str(found(RANGES "- {cidr: 127.0.0.0/8}\n- {cidr: '::1'}\n"
			    "- {cidr: 203.0.113.1}\n"
			    "- {cidr: 198.19.1.1, ports: [80]}\n"),
	       "2 loopback-ports, 3 loopback-ports, 4 no-ports, "
	       "5 placeholders");
	ok_str(found(UNIX "  allow: ['/run/**']\n"), "2 danger");
	ok_str(found(UNIX "  allow: ['/run/d*.sock', '@b*']\n"
			  "  deny: ['/**/docker.sock']\n"),
	       "");
}

static void test_idle(void)
{
	ok_str(found(NAMES "- {pattern: a.example, ports: [443]}\n"
			   "- {pattern: A.example., ports: [443]}\n"),
	       "3 duplicate");
	ok_str(found(NAMES "- {pattern: a.example, ports: [443]}\n"
			   "- {pattern: a.example, ports: [80]}\n"),
	       "3 split");
	ok_str(found(NAMES "- {pattern: a.example, ports: [443]}\n"
			   "- {pattern: a.example, ports: [443, 80]}\n"),
	       "2 shadowed");
	ok_str(found(NAMES "- {pattern: a.x.example, ports: [443]}\n"
			   "- {pattern: '*.x.example', ports: [\"400-500\"]}\n"
			   "- {pattern: '*.y.x.example', ports: [443]}\n"
			   "- {pattern: x.example, ports: [443]}\n"
			   "- {pattern: b.x.example, ports: [443, 501]}\n"),
	       "2 shadowed, 4 shadowed");
	/* what may lead to private addresses is not all covered by what may not */
	ok_str(found(NAMES "- {pattern: '*.x.example', ports: [443]}\n"
			   "- {pattern: '*.x.example', ports: [443], "
			   "allow_private: true}\n"),
	       "2 shadowed");
	ok_str(found(RANGES "- {cidr: 203.0.113.0/24, ports: [1, 2]}\n"
			    "- {cidr: 203.0.113.7, ports: [2]}\n"
			    "- {cidr: 203.0.113.8, ports: [3]}\n"
			    "- {cidr: '::ffff:203.0.113.9', ports: [1]}\n"
			    "- {cidr: 203.0.112.0/23, ports: [2]}\n"),
	       "3 shadowed, 5 shadowed");
	ok_str(found(NAMES "- {pattern: localhost, ports: [80]}\n"
			   "- {pattern: '*.localhost', ports: [80]}\n"
			   "- {pattern: x.onion, ports: [80]}\n"
			   "- {pattern: invalid.example, ports: [80]}\n"),
	       "2 unreachable, 3 unreachable, 4 unreachable");
	ok_str(found(RANGES "- {cidr: 0.0.0.0, ports: [80]}\n"
			    "- {cidr: '::', ports: [80]}\n"),
	       "2 unreachable, 3 unreachable");
	ok_str(found(RANGES "- {cidr: '64:ff9b::/96', ports: [80]}\n"),
	       "2 unreachable");
	ok_str(found(RANGES "- {cidr: '64:ff9b::203.0.113.1', ports: [80]}\n"
			    "- {cidr: 203.0.113.2, ports: [80]}\n"),
	       "2 unreachable");
	ok_str(found(RANGES "- {cidr: '64:ff9b::203.0.113.1', ports: [80]}\n"
			    "- {cidr: 203.0.113.0/24, ports: [80]}\n"),
	       "");
	ok_str(found(UNIX "  allow: ['/a/b', '/a/*', '/c', '/c', '/d']\n"
			  "  deny: ['/d', '/e', '/e']\n"),
	       "2 shadowed, 2 duplicate, 2 unreachable, 3 duplicate");
}

static const char *odd(const char *name)
{
	struct dname n = name_of(name);
	static struct script_look look;
	static char text[160];

	if (!script_is_odd(&n, &look))
		return "";
	snprintf(text, sizeof(text), "%s: %s %s", look.label, look.first,
		 look.second ? look.second : "alone");
	return text;
}

static void test_scripts(void)
{
	ok_str(odd("www.example.com"), "");
	ok_str(odd("xn--pypl-53dc.com"), "xn--pypl-53dc: Latin Cyrillic");
	ok_str(odd("a.xn--80ak6aa92e.com"), "xn--80ak6aa92e: Cyrillic alone");
	ok_str(odd("xn--bcher-kva.example"), "");
	ok_str(odd("xn--e1afmkfd.xn--80akhbyknj4f"), ""); /* plain Russian */
	ok_str(odd("xn--fsqu00a.xn--0zwm56d"), "");	  /* Chinese */
	ok_str(odd("xn--r8jz45g.xn--zckzah"), "");	  /* Japanese */
	ok_str(odd("xn--9n2bp8q.xn--9t4b11yi5a"), "");	  /* Korean */
	ok_str(odd("xn--.example"), "");
	ok_str(odd("xn--zzzzzzzzzzzzzzzz.example"), "");
}

/* The text of a policy without the rules that may go. */
static char *fixed(const char *yaml, size_t *ret_left)
{
	static char buf[4096];
	struct policy *p = policy_of(yaml);
	struct ef_err err = { 0 };
	struct findings f;
	char *text = NULL;
	size_t len;

	if (findings_find(p, suffixes, &f) < 0)
		abort();
	if (findings_fix(p, &f, &text, &len, ret_left, &err) < 0)
		snprintf(buf, sizeof(buf), "%s", err.msg);
	else
		snprintf(buf, sizeof(buf), "%s", text);
	free(text);
	findings_done(&f);
	policy_unref(p);
	return buf;
}

static void test_fix(void)
{
	size_t left;

	ok_str(fixed("version: 1\n\ndomains:\n  # one\n"
		     "  - pattern: a.example # two\n    ports: [443]\n"
		     "  # three\n  - ports: # four\n      - 443\n"
		     "    pattern: a.example\n\n  # five\n"
		     "  - pattern: b.example\n    ports: [443]\n",
		     &left),
	       "version: 1\n\ndomains:\n  # one\n"
	       "  - pattern: a.example # two\n    ports: [443]\n"
	       "  # three\n\n  # five\n"
	       "  - pattern: b.example\n    ports: [443]\n");
	ok(left == 0);
	ok_str(fixed("domains:\r\n- {pattern: a.example, ports: [1]}\r\n"
		     "- {pattern: a.example, ports: [1]}",
		     &left),
	       "domains:\r\n- {pattern: a.example, ports: [1]}\r\n");
	ok(left == 0);
	/* a list that is left without an item, and one in brackets */
	ok_str(fixed("unix_sockets:\n  allow: [/a, /a]\n  deny: [/b]\n"
		     "domains: [{pattern: a.example, ports: [1]}, "
		     "{pattern: a.example, ports: [1]}]\n",
		     &left),
	       "unix_sockets:\n  allow: [/a, /a]\n  deny: [/b]\n"
	       "domains: [{pattern: a.example, ports: [1]}, "
	       "{pattern: a.example, ports: [1]}]\n");
	ok(left == 2);
	/* an anchor that others need, a text over several lines, a text that
	 * would change its meaning */
	ok_str(fixed("domains:\n- {pattern: a.example, ports: [1]}\n"
		     "- pattern: a.example\n  ports: &p [1]\n"
		     "- {pattern: b.example, ports: *p}\n"
		     "- pattern: a.example\n  ports: [1]\n  reason: |\n"
		     "    x\n    y\n"
		     "- pattern: a.example\n  ports:\n    [1,\n     1]\n",
		     &left),
	       "domains:\n- {pattern: a.example, ports: [1]}\n"
	       "- pattern: a.example\n  ports: &p [1]\n"
	       "- {pattern: b.example, ports: *p}\n"
	       "- pattern: a.example\n  ports: [1]\n  reason: |\n"
	       "    x\n    y\n");
	ok(left == 2);
	ok_str(fixed("unix_sockets:\n  allow:\n    - /a/x\n    - '/a/*'\n"
		     "    - /a/y # why\n  deny:\n    - /b\n    - /b\n",
		     &left),
	       "unix_sockets:\n  allow:\n    - '/a/*'\n"
	       "  deny:\n    - /b\n    - /b\n");
	ok(left == 0);
}

/* Policies of random rules: without the rules that may go no verdict is
 * another one. */
static void test_fix_changes_nothing(void)
{
	static const char *const names[] = { "a.x.example",   "b.x.example",
					     "*.x.example",   "*.example",
					     "*.a.x.example", "c.a.x.example" };
	static const char *const nets[] = { "203.0.113.0/24", "203.0.113.7",
					    "203.0.112.0/22", "203.0.113.0/28",
					    "::ffff:203.0.113.7" };
	static const char *const ports[] = { "[443]", "[80, 443]", "null",
					     "[\"1-1000\"]", "[443, 80]" };
	uint32_t r = 7;
	int wrong = 0, removed = 0;

	for (int round = 0; round < 400; round++) {
		char yaml[2048], *text;
		struct policy *old, *new;
		size_t len, left;

		len = (size_t)snprintf(yaml, sizeof(yaml), "domains:\n");
		for (int i = 0; i < 6; i++)
			len += (size_t)snprintf(
				yaml + len, sizeof(yaml) - len,
				"- pattern: '%s'\n  ports: %s\n%s",
				names[next_random(&r) % 6],
				ports[next_random(&r) % 5],
				next_random(&r) % 4
					? ""
					: "  allow_private: true\n");
		len += (size_t)snprintf(yaml + len, sizeof(yaml) - len,
					"ip_ranges:\n");
		for (int i = 0; i < 5; i++)
			len += (size_t)snprintf(yaml + len, sizeof(yaml) - len,
						"- cidr: '%s'\n  ports: %s\n",
						nets[next_random(&r) % 5],
						ports[next_random(&r) % 5]);
		text = fixed(yaml, &left);
		old = policy_of(yaml);
		new = policy_of(text);
		removed += (int)(policy_n_rules(old) - policy_n_rules(new));
		for (int i = 0; i < 60; i++) {
			static const char *const to[] = {
				"203.0.113.7:443", "203.0.113.9:80",
				"203.0.114.1:22",  "198.51.100.1:443",
				"10.0.0.1:443",	   "10.0.0.1:80"
			};
			static const char *const by[] = {
				"a.x.example", "b.x.example", "d.c.a.x.example",
				"c.a.x.example", "x.example"
			};
			struct observation o =
				connect_to(to[next_random(&r) % 6]);

			add_candidate(&o, by[next_random(&r) % 5], NAME_DNS);
			wrong += policy_decide(old, &o).verdict !=
				 policy_decide(new, &o).verdict;
		}
		policy_unref(new);
		policy_unref(old);
	}
	ok(wrong == 0);
	ok(removed > 400);
}

/* Many rules on one name do not make it slow, and are counted. */
static void test_many(void)
{
	size_t size = 2u << 20, len;
	char *yaml = malloc(size);
	struct policy *p;
	struct findings f;

	len = (size_t)snprintf(yaml, size, "domains:\n");
	for (int i = 0; i < 40000; i++)
		len += (size_t)snprintf(yaml + len, size - len,
					"- {pattern: a.example, ports: [1]}\n");
	p = policy_of(yaml);
	ok(findings_find(p, suffixes, &f) == 0);
	ok(f.n == FINDINGS_MAX && f.n + f.more == 39999);
	findings_done(&f);
	policy_unref(p);
	free(yaml);
}

int main(void)
{
	struct ef_err err = { 0 };

	if (suffixes_open(NULL, &suffixes, &err) < 0) {
		printf("Bail out! %s\n", err.msg);
		return 1;
	}
	test_wide();
	test_idle();
	test_scripts();
	test_fix();
	test_fix_changes_nothing();
	test_many();
	suffixes_free(suffixes);
	return done();
}
