/* SPDX-License-Identifier: MIT */
/*
 * Replays: what a session under one policy has recorded, judged by another,
 * against what a session under the other one sees and judges itself.
 */
#include "policy_help.h"
#include "record.h"
#include "tap.h"

#include "learn/replay.h"
#include "learn/replay_hosts.h"
#include "policy/decide.h"
#include "policy/judge.h"

#define DEEDS 3000

static const char *const policies[] = {
	"version: 1\n"
	"domains:\n"
	"  - pattern: \"a.one.example\"\n"
	"    ports: [443]\n"
	"  - pattern: \"*.two.example\"\n"
	"    ports: [80, 443]\n"
	"ip_ranges:\n"
	"  - cidr: \"203.0.113.0/28\"\n"
	"    ports: [\"20-30\", 8443]\n"
	"  - cidr: \"127.0.0.0/8\"\n"
	"unix_sockets:\n"
	"  allow: [\"/run/a/*\"]\n",
	"version: 1\n"
	"domains:\n"
	"  - pattern: \"a.two.example\"\n"
	"    ports: [443]\n"
	"  - pattern: \"*.one.example\"\n"
	"    ports: [443]\n"
	"    allow_private: true\n"
	"  - pattern: \"box\"\n"
	"    ports: [80]\n"
	"ip_ranges:\n"
	"  - cidr: \"203.0.113.0/24\"\n"
	"    ports: [443]\n"
	"  - cidr: \"203.0.113.64/26\"\n"
	"  - cidr: \"64:ff9b::/96\"\n"
	"    ports: [443]\n"
	"  - cidr: \"2001:db8::/32\"\n"
	"    ports: [443]\n"
	"  - cidr: \"169.254.169.254\"\n"
	"    ports: [80]\n"
	"unix_sockets:\n"
	"  allow: [\"/run/b/*\", \"@bus\"]\n"
	"  deny: [\"/run/a/x\"]\n"
	"listen: loopback\n",
	"version: 1\ndefault_policy: allow\nunix_sockets:\n  default: allow\n",
	"version: 1\n",
	"version: 1\n"
	"domains:\n"
	"  - pattern: \"*.example\"\n"
	"  - pattern: \"box\"\n"
	"ip_ranges:\n"
	"  - cidr: \"::/0\"\n"
	"  - cidr: \"0.0.0.0/0\"\n"
	"    ports: [\"1-1024\"]\n"
	"dns: {placeholders: false}\n",
};

#define N_POLICIES (sizeof(policies) / sizeof(policies[0]))

/* Something a program does, whatever the policy. */
struct deed {
	const char *name; /* asked for first; NULL: it has the address */
	const char *address;
	enum stage stage;
	enum proto proto;
	struct unix_peer peer;
};

static const char *const names[] = { "a.one.example", "b.one.example",
				     "a.two.example", "b.two.example",
				     "two.example",   "c.other.example" };
/* Of the names, in their order; none is inside a network of a policy above
 * but those that are all networks. */
static const char *const homes[] = { "198.51.100.1", "198.51.100.2",
				     "10.1.1.3",     "198.51.100.4",
				     "198.51.100.4", "198.51.100.6" };
static const char *const addresses[] = {
	"203.0.113.1", "203.0.113.77",	  "203.0.113.200",	"127.0.0.1",
	"2001:db8::1", "2001:db9::1",	  "64:ff9b::cb00:7101", "::1",
	"10.9.9.9",    "169.254.169.254", "192.0.2.80",
};
static const char *const listeners[] = { "/run/a/x", "/run/a/y",
					 "/run/b/x", "/run/docker.sock",
					 "@bus",     "@other" };
static const unsigned int ports[] = { 22, 53, 80, 443, 8443, 60000 };

#define PICK(list, r)                                                          \
	((list)[next_random(r) % (sizeof(list) / sizeof(*(list)))])

static void pick_listener(struct deed *d, uint32_t *r)
{
	struct unix_peer *p = &d->peer;

	snprintf(p->name, sizeof(p->name), "%s", PICK(listeners, r));
	d->proto = next_random(r) % 3 ? PROTO_UNIX_STREAM : PROTO_UNIX_DGRAM;
	p->is_known = true;
	switch (next_random(r) % 6) {
	case 0:
		p->is_nobody = true;
		p->is_known = false;
		break;
	case 1:
		/* of a listener that was denied the record does not say
		 * whose it was */
		p->in_tree = d->proto == PROTO_UNIX_STREAM &&
			     strcmp(p->name, "/run/a/x") != 0;
		break;
	case 2:
		p->is_ours = true;
		break;
	}
}

static void pick(struct deed *d, char *text, size_t size, uint32_t *r)
{
	unsigned int port = PICK(ports, r), kind = next_random(r) % 10;
	const char *host;

	memset(d, 0, sizeof(*d));
	d->stage = next_random(r) % 3 ? STAGE_CONNECT : STAGE_SEND;
	d->proto = next_random(r) % 3 ? PROTO_TCP : PROTO_UDP;
	d->address = text;
	if (kind == 0) {
		pick_listener(d, r);
		return;
	}
	host = PICK(addresses, r);
	if (kind < 5) {
		size_t i = next_random(r) % (sizeof(names) / sizeof(*names));

		d->name = names[i];
		host = homes[i];
	} else if (kind == 5) {
		d->stage = next_random(r) % 2 ? STAGE_LISTEN : STAGE_JOIN;
	} else if (kind == 6) {
		d->proto = PROTO_ICMP;
		port = 0;
	} else if (kind == 7) {
		host = "10.2.2.2"; /* box, by /etc/hosts */
	}
	if (!port)
		snprintf(text, size, "%s", host);
	else
		snprintf(text, size, strchr(host, ':') ? "[%s]:%u" : "%s:%u",
			 host, port);
}

/* What a session under a policy makes of it: the gate's part. */
static void observe(const struct policy *p, const struct deed *d,
		    bool looks_up_all, struct observation *o)
{
	struct dname box = name_of("box"), name;
	bool all = looks_up_all ||
		   policy_settings(p)->default_policy == VERDICT_ALLOW;

	memset(o, 0, sizeof(*o));
	o->stage = d->stage;
	o->proto = d->proto;
	o->peer = d->peer;
	if (d->peer.name[0])
		return;
	o->addr = addr_of(d->address);
	if (d->stage == STAGE_LISTEN)
		return;
	if (!strncmp(d->address, "10.2.2.2:", 9) && policy_mentions_name(p, &box))
		add_candidate(o, "box", NAME_HOSTS);
	if (!d->name)
		return;
	name = name_of(d->name);
	if (all || policy_mentions_name(p, &name)) {
		add_candidate(o, d->name, NAME_DNS);
		return;
	}
	o->placeholder = addr_of("198.18.0.7");
	o->placeholder.port = o->addr.port;
	o->addr = o->placeholder;
	add_candidate(o, d->name, NAME_PLACEHOLDER);
}

static struct decision run_under(const struct policy *p, const struct deed *d)
{
	struct observation o;

	observe(p, d, false, &o);
	return policy_decide(p, &o);
}

/* A session under a policy, in a file of its own. */
static void record(const char *path, struct policy *p, uint32_t seed,
		   bool lets_all)
{
	struct ef_err err = { 0 };
	struct store *st = record_open(NULL, path, &err);
	struct dname box = name_of("box");
	struct addr home = addr_of("10.2.2.2");
	int64_t seq, revision;

	if (store_revision(st, p, &revision))
		abort();
	store_binding(st, 0, &box, &home, NAME_HOSTS, 1000);
	for (int i = 0; i < DEEDS; i++) {
		struct deed d;
		struct observation o;
		struct decision said;
		struct attempt a = { .seen = &o, .said = &said };
		char text[80];

		pick(&d, text, sizeof(text), &seed);
		observe(p, &d, lets_all, &o); /* as audit mode does */
		said = policy_decide(p, &o);
		a.revision = revision;
		a.action = lets_all || said.verdict == VERDICT_ALLOW
				   ? ACTION_ALLOWED
				   : ACTION_DENIED;
		a.placeholder = o.placeholder;
		if (o.placeholder.family)
			o.addr.family = ADDR_NONE;
		if (store_attempt(st, &a, &seq))
			abort();
	}
	store_end(st, 0, 0, &err);
	store_close(st);
}

/* The replay of that session finds what a session under the other policy
 * would have found. */
static bool is_alike(const char *path, struct policy *from, struct policy *to,
		     uint32_t seed, bool lets_all)
{
	struct replay *r = replay_new(to);
	struct reader *records = NULL;
	struct ef_err err = { 0 };
	const struct replay_totals *t = replay_totals(r);
	int64_t counts[2][2] = { 0 };

	for (int i = 0; i < DEEDS; i++) {
		struct deed d;
		char text[80];
		bool was, now;

		pick(&d, text, sizeof(text), &seed);
		was = lets_all || run_under(from, &d).verdict == VERDICT_ALLOW;
		now = run_under(to, &d).verdict == VERDICT_ALLOW;
		counts[was][now]++;
	}
	if (reader_open(&path, 1, &records, &err) < 0 ||
	    replay_session(r, records, 0, NULL, INT64_MIN, &err) < 0)
		printf("# %s\n", err.msg);
	if (t->same_allowed != counts[1][1] || t->same_denied != counts[0][0] ||
	    t->now_allowed != counts[0][1] || t->now_denied != counts[1][0])
		printf("# got %lld %lld %lld %lld, want %lld %lld %lld %lld\n",
		       (long long)t->same_allowed, (long long)t->same_denied,
		       (long long)t->now_allowed, (long long)t->now_denied,
		       (long long)counts[1][1], (long long)counts[0][0],
		       (long long)counts[0][1], (long long)counts[1][0]);
	counts[0][0] -= t->same_denied;
	counts[1][1] -= t->same_allowed;
	counts[0][1] -= t->now_allowed;
	counts[1][0] -= t->now_denied;
	reader_close(records);
	replay_free(r);
	return !counts[0][0] && !counts[0][1] && !counts[1][0] && !counts[1][1];
}

static void test_each_by_each(void)
{
	const char *dir = record_folder();
	struct policy *p[N_POLICIES];
	char path[128];

	for (size_t i = 0; i < N_POLICIES; i++)
		p[i] = policy_of(policies[i]);
	for (size_t i = 0; i < N_POLICIES; i++) {
		snprintf(path, sizeof(path), "%s/%zu.db", dir, i);
		record(path, p[i], (uint32_t)i + 1, i == 3);
		for (size_t k = 0; k < N_POLICIES; k++) {
			bool same = is_alike(path, p[i], p[k], (uint32_t)i + 1,
					     i == 3);

			if (!same)
				printf("# recorded under %zu, judged by %zu\n",
				       i, k);
			ok(same);
		}
	}
	for (size_t i = 0; i < N_POLICIES; i++)
		policy_unref(p[i]);
	record_gone(dir);
}

/* One row, made by hand. */
static struct group one(const char *stage, const char *proto, const char *name,
			const char *source, const char *ip, int64_t port,
			const char *reason)
{
	return (struct group){ .row = { .type = ROW_ATTEMPT,
					.session = "7f3a0001-0000",
					.mode = "enforce",
					.stage = stage,
					.proto = proto,
					.verdict = "deny",
					.action = "denied",
					.name = name,
					.name_source = source,
					.candidates = "",
					.ip = ip,
					.placeholder = "",
					.port = port,
					.reason = reason,
					.door = "",
					.rule = "",
					.err = -1,
					.seq = 7 },
			       .rows = 1,
			       .calls = 3 };
}

static void test_expected(void)
{
	struct policy *before = policy_of(policies[0]);
	struct policy *after = policy_of(policies[4]);
	struct policy *accepted = policy_of(
		"version: 1\ndomains:\n  - pattern: \"c.other.example\"\n"
		"    ports: [443]\n");
	struct replay *r = replay_new(after);
	struct group g = one("connect", "tcp", "c.other.example", "placeholder",
			     "", 443, "no-rule");
	const struct replay_change *c;

	replay_expect(r, before, accepted);
	ok(replay_group(r, &g, NULL) == 0);
	ok(replay_change(r, 0) == NULL);
	ok(replay_totals(r)->same_allowed == 3);
	g.row.port = 80;
	ok(replay_group(r, &g, NULL) == 0);
	g.calls = 4;
	g.row.seq = 6;
	ok(replay_group(r, &g, NULL) == 0);
	c = replay_change(r, 0);
	ok(c && !c->is_denied && c->port == 80 && c->calls == 7 && c->seq == 6);
	ok_str(c ? c->name : "", "c.other.example");
	ok(c && c->now.rule && c->now.rule->line == 3);
	ok(replay_change(r, 1) == NULL);
	replay_free(r);
	/* what happened does not count where something else is expected */
	r = replay_new(before);
	replay_expect(r, after, NULL);
	g.row.action = "denied";
	ok(replay_group(r, &g, NULL) == 0);
	c = replay_change(r, 0);
	ok(c && c->is_denied && c->now.reason == REASON_NO_RULE);
	replay_free(r);
	policy_unref(accepted);
	policy_unref(after);
	policy_unref(before);
}

static enum reason judged(const struct policy *p, struct group g)
{
	return replay_judge(p, &g.row, NULL, NULL).reason;
}

/* Rows whose verdict is not that of the policy alone. */
static void test_beyond(void)
{
	struct policy *all = policy_of("version: 1\ndefault_policy: allow\n"
				       "dns: {servers: [\"198.51.100.53\"]}\n"
				       "ip_ranges:\n"
				       "  - cidr: \"198.51.100.54\"\n"
				       "    ports: [53]\n"
				       "domains:\n"
				       "  - pattern: \"*.one.example\"\n"
				       "  - pattern: \"x.two.example\"\n");
	struct group g =
		one("dns", "udp", "x.one.example", "none", "", 0, "budget");

	g.row.qtype = 1;
	ok(judged(all, g) == REASON_BUDGET);
	g.row.name = "x.two.example";
	ok(judged(all, g) == REASON_RULE);
	ok(judged(all, one("connect", "tcp", "", "none", "203.0.113.1", 80,
			   "unreadable")) == REASON_UNREADABLE);
	ok(judged(all, one("connect", "tcp", "", "none", "203.0.113.1", 80,
			   "limit")) == REASON_LIMIT);
	ok(judged(all, one("connect", "tcp", "", "none", "nonsense", 80,
			   "no-rule")) == REASON_MALFORMED);
	ok(judged(all, one("connect", "tcp", "", "none", "203.0.113.1", 65536,
			   "no-rule")) == REASON_MALFORMED);
	ok(judged(all, one("jump", "tcp", "", "none", "203.0.113.1", 80,
			   "no-rule")) == REASON_MALFORMED);
	ok(judged(all, one("connect", "smoke", "", "none", "203.0.113.1", 80,
			   "no-rule")) == REASON_MALFORMED);
	ok(judged(all, one("send", "udp", "", "none", "198.51.100.53", 53,
			   "resolver")) == REASON_RULE);
	ok(judged(all, one("send", "udp", "", "none", "198.51.100.54", 53,
			   "resolver")) == REASON_RULE);
	ok(judged(all, one("send", "udp", "", "none", "198.51.100.55", 53,
			   "resolver")) == REASON_RESOLVER);
	ok(judged(all, one("connect", "unix", "/run/x", "none", "", 0,
			   "own-socket")) == REASON_OWN_SOCKET);
	ok(judged(all, one("connect", "unix", "/run/x", "none", "", 0,
			   "unix-rule")) == REASON_UNIX_RULE);
	ok(judged(all, one("socket", "none", "", "none", "", 0, "family")) ==
	   REASON_FAMILY);
	ok(judged(all, one("connect", "netlink", "", "none", "", 0, "local")) ==
	   REASON_LOCAL);
	policy_unref(all);
}

/* Names of one address count under the policy that mentions them. */
static void test_candidates(void)
{
	struct policy *p = policy_of("version: 1\ndomains:\n"
				     "  - pattern: \"b.example\"\n"
				     "    ports: [443]\n"
				     "ip_ranges:\n"
				     "  - cidr: \"198.51.100.0/24\"\n"
				     "    ports: [22]\n");
	struct group g = one("connect", "tcp", "a.example", "dns",
			     "198.51.100.1", 443, "no-rule");
	struct observation seen;

	/* asked for by a name that is not mentioned: a placeholder */
	ok(replay_judge(p, &g.row, NULL, &seen).verdict == VERDICT_DENY);
	ok(judge_is_placeholder(&seen));
	g.row.port = 22;
	ok(replay_judge(p, &g.row, NULL, &seen).verdict == VERDICT_DENY);
	g.row.candidates = "a.example b.example";
	ok(replay_judge(p, &g.row, NULL, &seen).verdict == VERDICT_ALLOW);
	ok(seen.n_candidates == 1 && !judge_is_placeholder(&seen));
	g.row.port = 443;
	ok(replay_judge(p, &g.row, NULL, &seen).verdict == VERDICT_ALLOW);
	g.row.name = g.row.candidates = "";
	ok(replay_judge(p, &g.row, NULL, &seen).verdict == VERDICT_DENY);
	g.row.port = 22;
	ok(replay_judge(p, &g.row, NULL, &seen).verdict == VERDICT_ALLOW);
	policy_unref(p);
}

static void test_order_and_bounds(void)
{
	static const char *const want[] = { "b.a.example", "a.b.example",
					    "z.example",   "10.0.0.2",
					    "10.0.0.10",   "2001:db8::1",
					    "/run/x" };
	struct policy *p = policy_of("version: 1\n");
	struct replay *r = replay_new(p);
	struct group g;
	char name[64];

	for (size_t i = 7; i-- > 0;) {
		const char *w = want[i];

		g = w[0] == '/' ? one("connect", "unix", w, "none", "", 0,
				      "unix-rule")
		    : i == 3 || i == 4 || i == 5
			    ? one("send", "udp", "", "none", w, 80, "rule")
			    : one("connect", "tcp", w, "dns", "198.51.100.1",
				  80, "rule");
		g.row.rule = "x";
		g.row.action = "allowed";
		ok(replay_group(r, &g, NULL) == 0);
	}
	for (size_t i = 0; i < 7; i++) {
		const struct replay_change *c = replay_change(r, i);

		ok_str(!c ? "" : *c->name ? c->name : c->ip, want[i]);
	}
	/* a replay goes on after it was looked at */
	ok(replay_group(r, &g, NULL) == 0);
	ok(replay_change(r, 0) && replay_change(r, 0)->calls == 6);
	for (int i = 0; i < REPLAY_CHANGES_MAX + 5; i++) {
		snprintf(name, sizeof(name), "n%d.example", i);
		g.row.name = name;
		if (replay_group(r, &g, NULL))
			abort();
	}
	ok(replay_change(r, REPLAY_CHANGES_MAX - 1) != NULL);
	ok(replay_change(r, REPLAY_CHANGES_MAX) == NULL);
	ok(replay_totals(r)->unlisted == 3 * (5 + 7));
	ok(replay_totals(r)->now_denied ==
	   3 * (REPLAY_CHANGES_MAX + 5) + 3 * 7 + 3);
	replay_free(r);
	policy_unref(p);
}

/* More destinations than are told apart at a time, by both ways to read. */
static void test_many(void)
{
	const char *dir = record_folder();
	struct policy *p = policy_of("version: 1\ndomains:\n"
				     "  - pattern: \"*.one.example\"\n"
				     "    ports: [443]\n");
	struct ef_err err = { 0 };
	char path[128], name[64];
	const char *paths[] = { path };
	struct store *st;
	struct reader *records = NULL;
	struct filter *f = NULL;
	int64_t seq = 0;

	snprintf(path, sizeof(path), "%s/many.db", dir);
	st = record_open(NULL, path, &err);
	for (int i = 0; i < 12000; i++) {
		struct made m;

		snprintf(name, sizeof(name), "n%d.%s.example", i % 6000,
			 i % 3 ? "one" : "two");
		make_attempt(&m, "198.51.100.9:443", name,
			     i % 2 ? VERDICT_ALLOW : VERDICT_DENY);
		if (store_attempt(st, &m.a, &seq))
			abort();
	}
	store_repeat(st, seq, 40);
	store_end(st, 0, 0, &err);
	store_close(st);
	ok(reader_open(paths, 1, &records, &err) == 0);
	for (int by_filter = 0; by_filter < 2; by_filter++) {
		struct replay *r = replay_new(p);
		const struct replay_totals *t = replay_totals(r);

		ok(filter_compile(by_filter ? "port:443 host:example" : "", 0,
				  &f, &err) == 0);
		ok(replay_session(r, records, 0, f, INT64_MIN, &err) == 0);
		ok(t->same_allowed == 4040 && t->same_denied == 2000);
		ok(t->now_allowed == 4000 && t->now_denied == 2000);
		ok(replay_change(r, 2999) && !replay_change(r, 3000));
		ok(replay_change(r, 0) && replay_change(r, 0)->calls == 2);
		replay_free(r);
		filter_free(f);
	}
	reader_close(records);
	policy_unref(p);
	record_gone(dir);
}

int main(void)
{
	test_many();
	test_each_by_each();
	test_expected();
	test_beyond();
	test_candidates();
	test_order_and_bounds();
	return done();
}
