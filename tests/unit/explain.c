/* SPDX-License-Identifier: MIT */
/*
 * An explanation never disagrees with the judge, and the change it proposes
 * does what it says: with it the same call is allowed.
 */
#include "policy/explain.h"

#include "policy/decide.h"
#include "policy/explain_change.h"
#include "policy/glob.h"
#include "policy_help.h"
#include "tap.h"

#define ROUNDS 20000

/* Each section once, so that a change can be put in behind its first line. */
static const char sections[] =
	"domains:\n"
	"  - {pattern: api.example.com, ports: [443]}\n"
	"  - {pattern: '*.cdn.example.com', ports: [443, 8000-8100]}\n"
	"  - {pattern: '*.lan.example.com', allow_private: true}\n"
	"  - {pattern: '*.example.org'}\n"
	"  - {pattern: db, ports: [5432]}\n"
	"ip_ranges:\n"
	"  - {cidr: 127.0.0.0/8, ports: [80]}\n"
	"  - {cidr: 192.0.2.0/24}\n"
	"  - {cidr: 203.0.113.0/24, ports: [443]}\n"
	"  - {cidr: 203.0.113.9, ports: [22]}\n"
	"  - {cidr: '64:ff9b::/96', ports: [443]}\n"
	"unix_sockets:\n"
	"  deny:\n"
	"    - /srv/bad.sock\n"
	"  allow:\n"
	"    - /srv/*.sock\n";

static const char *const names[] = {
	"api.example.com",
	"x.cdn.example.com",
	"a.b.lan.example.com",
	"cdn.example.com",
	"db",
	"dc",
	"new.example.net",
	"x.example.org",
	"apo.example.com",
	"1.2.0.192.in-addr.arpa",
	"10.0.0.1",
	"x.local",
};

static const char *const addrs[] = {
	"192.0.2.1",	     "203.0.113.9",
	"198.51.100.7",	     "127.0.0.1",
	"10.1.2.3",	     "169.254.169.254",
	"64:ff9b::c000:201", "64:ff9b::a9fe:a9fe",
	"2002:c000:201::1",  "2001:db8::1",
	"fe80::1",	     "224.0.0.251",
	"198.18.0.1",	     "::1",
};

static const char *const listeners[] = {
	"/srv/a.sock",
	"/srv/bad.sock",
	"/run/docker.sock",
	"/run/nscd/socket",
	"@abstract",
	"/tmp/we*ird?\\x01\"q",
	"",
	"/tmp/x",
};

static const uint16_t ports[] = { 0, 22, 80, 443, 5432, 8050 };

#define PICK(list)                                                             \
	(list)[next_random(seed) % (sizeof(list) / sizeof((list)[0]))]

static struct observation random_observation(uint32_t *seed)
{
	struct observation o = {
		.stage = (enum stage)(next_random(seed) % N_STAGES),
		.proto = (enum proto)(next_random(seed) % N_PROTOS),
		.qtype = PICK(ports),
		.detail = (int)(next_random(seed) % 3),
		.foreign_netns = next_random(seed) % 8 == 0,
		.unreadable = next_random(seed) % 32 == 0,
	};
	unsigned int n = next_random(seed) % 3;

	o.addr = addr_of(PICK(addrs));
	o.addr.port = PICK(ports);
	o.name = name_of(PICK(names));
	if (next_random(seed) % 8 == 0)
		o.name.wire[1] = '*';
	if (next_random(seed) % 2)
		o.qtype = 1;
	while (n--) {
		add_candidate(
			&o, PICK(names),
			(enum name_source)(next_random(seed) % N_NAME_SOURCES));
		if (next_random(seed) % 8 == 0)
			o.candidates[o.n_candidates - 1].name.wire[1] = '*';
	}
	strcpy(o.peer.name, PICK(listeners));
	o.peer.in_tree = next_random(seed) % 4 == 0;
	o.peer.is_known = next_random(seed) % 4 != 0;
	o.peer.is_nobody = !o.peer.is_known && next_random(seed) % 2;
	o.peer.is_builtin = next_random(seed) % 8 == 0;
	o.peer.is_ours = next_random(seed) % 8 == 0;
	return o;
}

static bool same(const struct decision *a, const struct decision *b)
{
	return a->verdict == b->verdict && a->reason == b->reason &&
	       a->rule == b->rule && a->door == b->door &&
	       dname_equal(&a->name, &b->name);
}

/* The sections with a change put in. */
static void put_in(const char *change, char *buf, size_t size)
{
	size_t head = strcspn(change, "\n") + 1;
	const char *at, *body = change + head;

	/* "unix_sockets:\n  allow:\n" is two lines deep. */
	if (!strncmp(change, "unix_sockets:", 13)) {
		at = strstr(sections, "  allow:\n") + 9;
		body = strchr(body, '\n') + 1;
	} else {
		char key[32];

		snprintf(key, sizeof(key), "%.*s", (int)head, change);
		at = strstr(sections, key);
		at = at ? at + head : sections;
		body = at == sections ? change : body;
	}
	snprintf(buf, size, "%.*s%s%s", (int)(at - sections), sections, body, at);
}

static bool change_works(const struct observation *o, const char *change)
{
	char yaml[8192];
	struct policy *p;
	bool works;

	put_in(change, yaml, sizeof(yaml));
	p = policy_of(yaml);
	works = policy_decide(p, o).verdict == VERDICT_ALLOW;
	policy_unref(p);
	return works;
}

static void report(const struct policy *p, const struct observation *o,
		   const struct explanation *e)
{
	char text[8192];

	printf("# stage %d proto %d: %s", o->stage, o->proto,
	       explain_text(p, e, text, sizeof(text)));
	printf("\n");
}

static void test_random(void)
{
	unsigned int disagree = 0, fail = 0, changes = 0, allowed = 0, mute = 0;
	struct policy *p = policy_of(sections);
	static struct explanation e;
	uint32_t state = 88172645u, *seed = &state;

	for (int i = 0; i < ROUNDS; i++) {
		struct observation o = random_observation(seed);
		struct decision d = policy_decide(p, &o);

		policy_explain(p, &o, &e);
		disagree += !same(&d, &e.said);
		allowed += d.verdict == VERDICT_ALLOW;
		mute += d.verdict == VERDICT_DENY && !*e.change && !*e.advice;
		if (d.verdict == VERDICT_ALLOW)
			mute += *e.change || *e.advice;
		if (!*e.change)
			continue;
		changes++;
		if (!change_works(&o, e.change)) {
			if (!fail++)
				report(p, &o, &e);
		}
	}
	ok(disagree == 0);
	ok(allowed > ROUNDS / 20);
	ok(changes > ROUNDS / 20);
	ok(fail == 0);
	ok(mute == 0);
	policy_unref(p);
}

static const char *told(const struct policy *p, const struct observation *o)
{
	static struct explanation e;
	static char text[4096];

	policy_explain(p, o, &e);
	return explain_text(p, &e, text, sizeof(text));
}

static void test_text(void)
{
	struct policy *p =
		policy_of("domains:\n"
			  "- {pattern: '*.cdn.example.com', reason: mirror}\n"
			  "- {pattern: registry.example.com, ports: [443]}\n"
			  "- {pattern: api.example.com, ports: [443]}\n");
	struct observation o = connect_to("198.18.0.1:443");

	add_candidate(&o, "registrx.example.com", NAME_PLACEHOLDER);
	ok_str(told(p, &o),
	       "denied: no rule\n"
	       "similar rules of 'test.yaml':\n"
	       "  line 3: 'registry.example.com': is about another name\n"
	       "  line 4: 'api.example.com': is about another name\n"
	       "to allow it, add:\n"
	       "domains:\n"
	       "  - pattern: \"registrx.example.com\"\n"
	       "    ports: [443]\n");
	o.candidates[0].name = name_of("registry.example.com");
	ok_str(told(p, &o), "allowed: a rule allows it\n"
			    "rules of 'test.yaml':\n"
			    "  line 3: 'registry.example.com': allows it\n");
	o.addr.port = 80;
	ok_str(told(p, &o),
	       "denied: a rule matches, but for its ports\n"
	       "rules of 'test.yaml':\n"
	       "  line 3: 'registry.example.com': its ports do not have this "
	       "one\n"
	       "or add the port to the rule of line 3\n"
	       "to allow it, add:\n"
	       "domains:\n"
	       "  - pattern: \"registry.example.com\"\n"
	       "    ports: [80]\n");
	o.candidates[0].name = name_of("cdn.example.com");
	ok(strstr(told(p, &o), "similar rules of 'test.yaml':\n"
			       "  line 2: '*.cdn.example.com': is about "
			       "another name (reason: 'mirror')\n") != NULL);
	o.candidates[0].name.wire[1] = '*';
	ok(strstr(told(p, &o), "no pattern can stand for this name\n") &&
	   !strstr(told(p, &o), "add:"));
	policy_unref(p);
}

static void test_quote(void)
{
	char buf[64];

	ok(explain_quote_listener("/a b", buf, sizeof(buf)));
	ok_str(buf, "\"/a b\"");
	ok(explain_quote_listener("/*?\\\"", buf, sizeof(buf)));
	ok_str(buf, "\"/\\\\*\\\\?\\\\\\\\\\\"\"");
	ok(!explain_quote_listener("/\n", buf, sizeof(buf)) && !*buf);
	ok(!explain_quote_listener("/\xc3\xa4", buf, sizeof(buf)));
	ok(!explain_quote_listener("/long", buf, 8));
}

int main(void)
{
	test_random();
	test_text();
	test_quote();
	return done();
}
