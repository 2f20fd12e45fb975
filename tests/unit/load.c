/* SPDX-License-Identifier: MIT */
/* YAML to policy: what loads, what does not, and what is said about it. */
#include "policy/load.h"

#include <errno.h>
#include <string.h>

#include "policy_help.h"
#include "tap.h"

struct row {
	const char *yaml;
	const char *want; /* "line:column: kind: text", one a line */
};

#define D "domains:\n- pattern: "
#define R "ip_ranges:\n- cidr: "
#define P "ip_ranges:\n- cidr: 192.0.2.1\n  ports: "

/* Each text is the beginning of a problem; "" is none at all. */
static const struct row rows[] = {
	/* what is right */
	{ "version: 1\ndefault_policy: deny\n", "" },
	{ "domains:\nip_ranges:\ndns:\ndoh:\nunix_sockets:\n", "" },
	{ "domains: []\nip_ranges: []\n", "" },
	{ D "example.com\n  ports: null\n  reason: why\n", "" },
	{ D "\"*.Example.COM.\"\n  ports: [443, '8000-8100', 80-81]\n", "" },
	{ D "_acme.example.com\n  allow_private: true\n", "" },
	{ D "m\xc3\xbcnchen.example\n", "" },
	{ D "'*.stra\xc3\x9f"
	    "e.example'\n",
	  "" },
	{ R "127.0.0.0/8\n- cidr: ::1\n- cidr: '::ffff:127.0.0.0/104'\n", "" },
	{ "dns:\n  mode: system\n  servers: [192.0.2.53, '192.0.2.53:5353', "
	  "'[2001:db8::53]:53', '2001:db8::53']\n  strict_servers: true\n"
	  "  placeholders: false\n  denied: refused\n  min_hold: 10\n"
	  "  max_hold: 20\n",
	  "" },
	{ "unix_sockets: {default: allow, allow: [/run/a.sock, '@b'], "
	  "deny: ['/tmp/**']}\nlisten: loopback\ndoh: {enabled: false}\n",
	  "" },
	{ "\xef\xbb\xbfversion: 1\n", "" },
	{ "version: 1\r\nlisten: allow\r\n", "" },
	{ "domains:\n- &a {pattern: a.example, ports: &p [1]}\n"
	  "- {pattern: b.example, ports: *p}\n- *a\n",
	  "" },
	{ "# nothing\n", "0:0: warning: the file is empty" },
	{ "", "0:0: warning: the file is empty" },

	/* keys */
	{ "domain: []\n",
	  "1:1: error: unknown key 'domain': did you mean domains?" },
	{ D "a.example\n  port: [1]\n",
	  "3:3: error: unknown key 'port': did you mean ports?" },
	{ "zebra: 1\n",
	  "1:1: error: unknown key 'zebra': known here are version, "
	  "default_policy, domains, ip_ranges, dns, unix_sockets, listen, "
	  "doh" },
	{ "listen: allow\nlisten: allow\n",
	  "2:1: error: 'listen' stands here twice" },
	{ D "a.example\n  pattern: b.example\n",
	  "3:3: error: 'pattern' stands here twice" },
	{ "[1]: 2\n", "1:1: error: a key is one word" },
	{ "- 1\n", "1:1: error: a policy is made of keys, such as version" },
	{ "dns: []\n", "1:6: error: dns is made of keys, such as mode" },
	{ "version: 2\n", "1:10: error: version '2' is not known: this program "
			  "reads version 1" },
	{ "version: '1'\n", "1:10: error: version '1' is not known" },
	{ "default_policy: maybe\n",
	  "1:17: error: default_policy is deny or allow, not 'maybe'" },
	{ "default_policy:\n",
	  "1:16: error: default_policy takes one value, not nothing" },
	{ "default_policy: [deny]\n",
	  "1:17: error: default_policy takes one value, not a list" },
	{ "dns: {strict_servers: yes}\n",
	  "1:23: error: dns.strict_servers is true or false (without quotes), "
	  "not 'yes'" },
	{ "dns: {strict_servers: 'true'}\n",
	  "1:23: error: dns.strict_servers is true or false" },
	{ "dns: {min_hold: 0}\n",
	  "1:17: error: dns.min_hold is a whole number from 1 to 604800" },
	{ "dns: {min_hold: 99999999999999999999}\n",
	  "1:17: error: dns.min_hold is a whole number" },
	{ "dns: {min_hold: 5000}\n",
	  "0:0: error: dns.min_hold (5000) is more than dns.max_hold (3600)" },
	{ "dns: {allow_authoritative: true}\n",
	  "1:28: warning: dns.allow_authoritative has no effect" },
	{ "doh: {enabled: true}\n",
	  "1:16: error: doh.enabled: true is not built into this version" },

	/* patterns */
	{ D "''\n", "2:12: error: an empty pattern" },
	{ D "\n",
	  "2:11: error: domains[].pattern takes one value, not nothing" },
	{ "domains:\n- ports: [1]\n", "2:3: error: a rule without pattern" },
	{ "domains:\n- a.example\n",
	  "2:3: error: write - pattern: 'a.example'" },
	{ "domains: a.example\n", "1:10: error: domains is a list" },
	{ D "a b\n", "2:12: error: white space in pattern 'a b'" },
	{ D "https://u@a.example:1/x\n",
	  "2:12: error: 'https://u@a.example:1/x' is a URL: write its host "
	  "alone, 'a.example'" },
	{ D "a.example/x\n",
	  "2:12: error: a path in pattern 'a.example/x': write the name alone, "
	  "'a.example'" },
	{ D "192.0.2.0/24\n",
	  "2:12: error: '192.0.2.0/24' is a network: put it under ip_ranges" },
	{ D "a.example:443\n",
	  "2:12: error: 'a.example:443' has a port: write pattern: 'a.example' "
	  "and ports: [443]" },
	{ D "192.0.2.1\n",
	  "2:12: error: '192.0.2.1' is an address: put it under ip_ranges" },
	{ D "192.0.2.1:443\n",
	  "2:12: error: '192.0.2.1' is an address: put it under ip_ranges, as "
	  "cidr, with ports: [443]" },
	{ D "'2001:db8::1'\n", "2:12: error: '2001:db8::1' is an address" },
	{ D "'[2001:db8::1]:1'\n",
	  "2:12: error: '[2001:db8::1]' is an address" },
	{ D "'127.1'\n", "2:12: error: '127.1' is an address" },
	{ D "a.0x7f\n", "2:12: error: 'a.0x7f' is an address" },
	{ D "\xef\xbc\x91.\xef\xbc\x92.\xef\xbc\x93.\xef\xbc\x94\n",
	  "2:12: error: '1.2.3.4' is an address" },
	{ D "*.example.com\n",
	  "2:12: error: put a pattern that begins with '*' in quotes" },
	{ D "*a\n", "2:12: error: no anchor 'a' before this alias" },
	{ D "'*'\n", "2:12: error: '*' would be every name" },
	{ D "'*.*'\n", "2:12: error: '*.*' would be every name" },
	{ D "'**.a.example'\n",
	  "2:12: error: '*' stands for whole labels and stands in front: "
	  "instead of '**.a.example' write '*.a.example'" },
	{ D "'*.*.a.example'\n",
	  "2:12: error: '*' stands for whole labels and stands in front: "
	  "instead of '*.*.a.example' write '*.a.example'" },
	{ D "api-*.a.example\n",
	  "2:12: error: '*' stands for whole labels and stands in front: "
	  "instead of 'api-*.a.example' write '*.a.example'" },
	{ D "a.*\n",
	  "2:12: error: '*' stands for whole labels and stands in front: "
	  "instead of 'a.*' write '*.example.com'" },
	{ D ".a.example\n",
	  "2:12: error: '.a.example' begins with a dot: for the names below it "
	  "write '*.a.example'" },
	{ D "a..example\n",
	  "2:12: error: 'a..example' is no name: an empty label" },
	{ D "'a!b.example'\n",
	  "2:12: error: 'a!b.example' is no name: a name is made of letters" },
	{ D "\xef\xbc\x8a.example\n", "2:12: error: " },
	{ D "\"a\\0b.example\"\n", "2:12: error: a NUL character" },
	{ D "'*.com'\n", "2:12: warning: '*.com' covers everything below" },

	/* networks */
	{ R "192.0.2.1/24\n",
	  "2:9: warning: '192.0.2.1/24' has bits set behind its prefix: it "
	  "means 192.0.2.0/24" },
	{ R "192.0.2.1/33\n", "2:9: error: '192.0.2.1/33': the number behind" },
	{ R "'::1/129'\n", "2:9: error: '::1/129': the number behind" },
	{ R "192.0.2.1:53\n",
	  "2:9: error: '192.0.2.1:53' has a port: write cidr: '192.0.2.1' and "
	  "ports: [53]" },
	{ R "192.0.2.1-192.0.2.9\n",
	  "2:9: error: '192.0.2.1-192.0.2.9' is no network" },
	{ R "a.example\n", "2:9: error: 'a.example' is no address" },
	{ R "010.0.0.1\n", "2:9: error: '010.0.0.1' is no address" },
	{ R "'fe80::1%1'\n", "2:9: error: 'fe80::1%1' has a scope" },

	/* ports */
	{ P "[]\n", "3:10: error: an empty list of ports allows nothing" },
	{ P "443\n", "3:10: error: ip_ranges[].ports is a list" },
	{ P "[0]\n", "3:11: error: port '0' is not between 1 and 65535" },
	{ P "[65536]\n", "3:11: error: port '65536' is not between" },
	{ P "[999999]\n", "3:11: error: '999999' is no port" },
	{ P "[http]\n", "3:11: error: 'http' is no port: write a number" },
	{ P "[1.5]\n", "3:11: error: '1.5' is no port" },
	{ P "[-1]\n", "3:11: error: '-1' is no port" },
	{ P "[20-10]\n", "3:11: error: '20-10' runs backwards" },
	{ P "[[1]]\n",
	  "3:11: error: ip_ranges[].ports takes one value, not a list" },

	/* resolvers and listeners */
	{ "dns: {servers: [resolver.example]}\n",
	  "1:17: error: 'resolver.example' is no resolver" },
	{ "dns: {servers: 192.0.2.1}\n", "1:16: error: dns.servers is a list" },
	{ "unix_sockets: {allow: [run/x]}\n",
	  "1:24: error: 'run/x' is no listener" },
	{ "unix_sockets: {allow: [/run/docker.sock]}\n",
	  "1:24: warning: '/run/docker.sock' is a way out of the filter: the "
	  "container engine" },
	{ "unix_sockets: {allow: [/run/nscd/socket]}\n",
	  "1:24: warning: '/run/nscd/socket' is a name service" },

	/* YAML itself */
	{ "domains:\n\t- x\n", "2:1: error: a tab" },
	{ "a: b: c\n", "1:5: error: not valid YAML: mapping values" },
	{ "listen: [\n", "2:1: error: not valid YAML" },
	{ "listen: \"allow\n", "2:1: error: not valid YAML" },
	{ "listen: allow\n---\nlisten: allow\n",
	  "2:1: error: a second document" },
	{ "listen: !!str allow\n", "1:9: error: no tags are used here" },
	{ "listen: a\xff\n", "1:10: error: byte 0xff is not UTF-8" },
	{ "listen: a\xc0\x80\n", "1:10: error: byte 0xc0 is not UTF-8" },
	{ "\xff\xfe"
	  "v",
	  "1:1: error: byte 0xff is not UTF-8" },
	{ "listen: \x01\n",
	  "0:0: error: a character that YAML does not allow" },
	{ "listen: [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]\n",
	  "1:24: error: nested deeper than 16 levels" },
	{ "listen: &a *a\n", "1:12: error: not valid YAML" },
	{ "dns: &a\n  servers: *a\n", "1:6: error: dns.servers is a list" },
	{ "dns: &a\n  servers: [*a]\n",
	  "1:6: error: dns.servers takes one value, not a map" },
};

/* Every problem as a line, as the tables above write them. */
static void to_lines(const struct problems *ps, char *buf, size_t size)
{
	size_t n = 0;

	*buf = '\0';
	for (size_t i = 0; i < ps->n && n < size; i++)
		n += (size_t)snprintf(buf + n, size - n, "%s%u:%u: %s: %s",
				      i ? "\n" : "", ps->list[i].line,
				      ps->list[i].column,
				      ps->list[i].is_error ? "error" : "warning",
				      ps->list[i].text);
}

static void test_rows(void)
{
	static struct problems ps;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		struct policy *p = NULL;
		char got[4096];
		int ret = policy_load(r->yaml, strlen(r->yaml), "t", &ps, &p);
		bool is_error = strstr(r->want, ": error: ") != NULL;

		to_lines(&ps, got, sizeof(got));
		ok(!strncmp(got, r->want, *r->want ? strlen(r->want) : 1));
		ok(ret == (is_error ? -EINVAL : 0));
		if (strncmp(got, r->want, *r->want ? strlen(r->want) : 1) ||
		    ret != (is_error ? -EINVAL : 0))
			printf("# row %zu: got %d %s\n#   want %s\n", i, ret,
			       got, r->want);
		policy_unref(p);
	}
}

static void test_all_problems(void)
{
	static const char yaml[] = "version: 3\n"
				   "domains:\n"
				   "- pattern: a.example:1\n"
				   "  ports: []\n"
				   "- pattern: '*'\n"
				   "  resaon: x\n"
				   "ip_ranges:\n"
				   "- cidr: x\n"
				   "- cidr: 192.0.2.1/24\n";
	static struct problems ps;
	struct policy *p = NULL;
	char *many = malloc(100000), got[4096];
	size_t n = 0;

	ok(policy_load(yaml, strlen(yaml), "t", &ps, &p) == -EINVAL);
	ok(ps.n_errors == 6 && ps.n_warnings == 1 && ps.n == 7);
	to_lines(&ps, got, sizeof(got));
	ok(strstr(got, "6:3: error: unknown key 'resaon': did you mean "
		       "reason?") != NULL);
	ok(p == NULL);
	for (int i = 0; i < 500; i++)
		n += (size_t)sprintf(many + n, "key%d: 1\n", i);
	ok(policy_load(many, n, "t", &ps, &p) == -EINVAL);
	ok(ps.n_errors == 500 && ps.n == PROBLEMS_MAX);
	free(many);
}

static void test_meaning(void)
{
	struct policy *p = policy_of(
		"default_policy: allow\n"
		"domains:\n"
		"- {pattern: '*.Example.COM', ports: [443, 80, 81, 79-80], "
		"reason: why, allow_private: true}\n"
		"- {pattern: m\xc3\xbcnchen.example}\n"
		"- {pattern: fa\xc3\x9f.example.}\n"
		"ip_ranges:\n"
		"- {cidr: '::ffff:10.0.0.0/104'}\n"
		"- {cidr: 192.0.2.77/24}\n"
		"dns: {mode: system, servers: ['192.0.2.53'], denied: refused,"
		" placeholders: false, min_hold: 7, max_hold: 8}\n"
		"unix_sockets: {default: allow, allow: ['@x'], deny: [/y]}\n"
		"listen: loopback\n");
	const struct settings *s = policy_settings(p);
	const struct rule *r = policy_rule(p, 0);
	char text[DNAME_TEXT_MAX];
	size_t len;

	ok(policy_n_rules(p) == 7);
	ok(r->kind == RULE_NAME && r->is_wildcard && r->allow_private);
	ok(r->line == 3 && r->column == 13 && r->index == 0);
	ok_str(r->text, "*.Example.COM");
	ok_str(r->reason, "why");
	ok_str(dname_text(&r->name, text), "example.com");
	ok(r->n_ports == 2 && r->ports[0].first == 79 &&
	   r->ports[0].last == 81 && r->ports[1].first == 443);
	ok_str(dname_text(&policy_rule(p, 1)->name, text),
	       "xn--mnchen-3ya.example");
	ok_str(dname_text(&policy_rule(p, 2)->name, text),
	       "xn--fa-hia.example");
	r = policy_rule(p, 3);
	ok(r->kind == RULE_ADDRESS && r->net.family == ADDR_IP4 &&
	   r->prefix == 8 && r->net.ip[0] == 10 && !r->ports);
	ok(policy_rule(p, 4)->net.ip[3] == 0);
	ok(policy_rule(p, 5)->kind == RULE_UNIX_ALLOW);
	ok(policy_rule(p, 6)->kind == RULE_UNIX_DENY);
	ok(s->default_policy == VERDICT_ALLOW &&
	   s->unix_default == VERDICT_ALLOW && s->dns_mode == DNS_SYSTEM &&
	   s->dns_denied == DNS_DENIED_REFUSED && !s->placeholders &&
	   !s->strict_servers && s->listen_loopback_only &&
	   s->min_hold_s == 7 && s->max_hold_s == 8);
	ok(s->n_servers == 1 && s->servers[0].port == 53);
	ok_str(policy_path(p), "test.yaml");
	ok(!strncmp(policy_source(p, &len), "default_policy", 14) &&
	   len == strlen(policy_source(p, &len)));
	policy_unref(p);
}

static void test_defaults(void)
{
	struct policy *p = policy_of("version: 1\n");
	const struct settings *s = policy_settings(p);

	ok(s->default_policy == VERDICT_DENY && s->unix_default == VERDICT_DENY &&
	   s->dns_mode == DNS_PRESERVE && s->dns_denied == DNS_DENIED_NXDOMAIN &&
	   s->placeholders && !s->strict_servers && !s->listen_loopback_only &&
	   s->min_hold_s == 300 && s->max_hold_s == 3600 && !s->n_servers);
	policy_unref(p);
}

/* A small file that stands for a very long one. */
static void test_alias_bomb(void)
{
	static struct problems ps;
	char *yaml = malloc(POLICY_FILE_MAX);
	struct policy *p = NULL;
	size_t n = 0;

	n += (size_t)sprintf(yaml, "domains:\n- {pattern: a.example, "
				   "ports: &p [");
	for (int i = 0; i < 1000; i++)
		n += (size_t)sprintf(yaml + n, "%d,", i * 2 + 1);
	n += (size_t)sprintf(yaml + n, "]}\n- &r {pattern: b.example, "
				       "ports: *p}\n");
	while (n < POLICY_FILE_MAX - 16)
		n += (size_t)sprintf(yaml + n, "- *r\n");
	ok(policy_load(yaml, n, "t", &ps, &p) == -EINVAL);
	ok(ps.n_errors == 1 &&
	   strstr(ps.list[0].text, "aliases make the file too large") != NULL);
	n = (size_t)sprintf(yaml, "a:\n");
	for (int i = 0; i < 101; i++)
		n += (size_t)sprintf(yaml + n, "- &x%d 1\n", i);
	ok(policy_load(yaml, n, "t", &ps, &p) == -EINVAL);
	ok(ps.n_errors == 1 &&
	   strstr(ps.list[0].text, "more than 100 anchors") != NULL);
	memset(yaml, '#', POLICY_FILE_MAX);
	yaml = realloc(yaml, POLICY_FILE_MAX + 1);
	ok(policy_load(yaml, POLICY_FILE_MAX + 1, "t", &ps, &p) == -EINVAL);
	free(yaml);
}

int main(void)
{
	test_rows();
	test_all_problems();
	test_meaning();
	test_defaults();
	test_alias_bomb();
	return done();
}
