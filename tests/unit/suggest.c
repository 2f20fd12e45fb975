// SPDX-License-Identifier: MIT
// Suggestions: the worked example of the design, wildcards, what is edited.
#include "learn_help.h"
#include "tap.h"

#include <errno.h>

static struct suffixes *suffixes;

static const char old_text[] = "version: 1\n"
			       "domains:\n"
			       "  - pattern: \"github.com\"\n"
			       "    ports: [22]\n"
			       "  - pattern: \"api.github.com\"\n"
			       "    ports: [443]\n"
			       "  - pattern: \"registry.npm-x.dev\"\n"
			       "    ports: [443]\n";

/* One kind of attempt of the worked example. */
struct seen_once {
	const char *name, *ip;
	int64_t port, attempts;
	int session;
};

static const struct seen_once example[] = {
	{ "registry.pkgs-yy.com", "", 443, 5, 0 },
	{ "registry.pkgs-yy.com", "", 443, 3, 1 },
	{ "registry.pkgs-yy.com", "", 443, 3, 2 },
	{ "codeload.github.com", "", 443, 2, 0 },
	{ "codeload.github.com", "", 443, 2, 1 },
	{ "codeload.github.com", "", 443, 2, 2 },
	{ "github.com", "203.0.113.2", 443, 2, 0 },
	{ "github.com", "203.0.113.2", 22, 1, 0 },
	{ "registry.npm-x.dev", "203.0.113.1", 443, 40, 1 },
	{ "img1.cdn-shop.net", "", 443, 1, 0 },
	{ "img4.cdn-shop.net", "", 443, 1, 0 },
	{ "img7.cdn-shop.net", "", 443, 1, 1 },
	{ "img9.cdn-shop.net", "", 443, 1, 2 },
	{ "acme.blob.core.windows.net", "", 443, 1, 0 },
	{ "b1.blob.core.windows.net", "", 443, 1, 0 },
	{ "b2.blob.core.windows.net", "", 443, 1, 0 },
	{ "Foo.GitHub.IO.", "", 443, 1, 0 },
	{ "x.pastebin.com", "", 443, 1, 0 },
	{ "", "198.51.100.23", 8443, 1, 0 },
	{ "", "169.254.169.254", 80, 1, 0 },
	{ "nope.invalid", "", 443, 1, 0 },
};

static const char example_lines[] =
	"~ github.com 443 medium\n"
	"+ codeload.github.com 443 high\n"
	"+ x.pastebin.com 443 low !paste !shared\n"
	"+ registry.pkgs-yy.com 443 high\n"
	"+ foo.github.io 443 medium\n"
	"+ img1.cdn-shop.net 443 low *.cdn-shop.net(4)\n"
	"+ img4.cdn-shop.net 443 low *.cdn-shop.net(4)\n"
	"+ img7.cdn-shop.net 443 low *.cdn-shop.net(4)\n"
	"+ img9.cdn-shop.net 443 low *.cdn-shop.net(4)\n"
	"+ acme.blob.core.windows.net 443 medium !shared\n"
	"+ b1.blob.core.windows.net 443 low !shared\n"
	"+ b2.blob.core.windows.net 443 low !shared\n"
	"x 169.254.169.254/32 80 !raw\n"
	"+ 198.51.100.23/32 8443 low !raw\n";

#define N_EXAMPLE (sizeof(example) / sizeof(example[0]))

/* The example, beginning with its row first and walking by step. */
static struct observations *observe_example(const struct policy *p,
					    size_t first, size_t step)
{
	static const char *const ids[] = { "7f3a0001", "7f3a0002", "7f3a0003" };
	struct observations *o = observations_new(p);

	for (int s = 0; s < 3; s++) {
		session(o, ids[s]);
		for (size_t n = 0, i = first; n < N_EXAMPLE;
		     n++, i = (i + step) % N_EXAMPLE)
			if (example[i].session == s)
				put(o, entry(example[i].name, example[i].ip,
					     example[i].port,
					     example[i].attempts));
	}
	/* A sorting probe of getaddrinfo(). */
	struct alike_entry probe = entry("api.github.com", "203.0.113.3", 443, 1);

	probe.proto = "udp";
	probe.action = "probe";
	probe.is_probe = true;
	put(o, probe);
	observations_sort(o);
	return o;
}

static struct suggestions *make(const struct observations *o,
				const struct policy *p, const char *widen)
{
	struct suggest_options options = { .suffixes = suffixes,
					   .widen = &widen,
					   .n_widen = widen ? 1 : 0,
					   .assumed_port = 443 };
	struct suggestions *s = NULL;
	struct ef_err err = { 0 };

	if (suggest(o, p, &options, &s, &err) < 0)
		printf("# %s\n", err.msg);
	return s;
}

static const struct suggestion *find(const struct suggestions *s,
				     const char *shown)
{
	for (size_t i = 0; i < suggestions_n(s); i++)
		if (!strcmp(suggestions_at(s, i)->shown, shown))
			return suggestions_at(s, i);
	return NULL;
}

static void test_example(void)
{
	struct policy *p = policy_text(old_text);
	struct observations *o = observe_example(p, 0, 1);
	struct suggestions *s = make(o, p, NULL);
	const struct suggestion *one;

	ok_str(lines_of(s), example_lines);
	ok(find(s, "github.com")->rule == policy_rule(p, 0));
	ok(find(s, "github.com")->no_wildcard == WILDCARD_SUFFIX);
	ok(find(s, "foo.github.io")->no_wildcard == WILDCARD_SUFFIX);
	ok(find(s, "codeload.github.com")->no_wildcard == WILDCARD_FEW);
	ok(find(s, "b1.blob.core.windows.net")->no_wildcard == WILDCARD_SHARED);
	one = find(s, "169.254.169.254/32");
	ok(strstr(one->why, "metadata") != NULL);
	ok(observations_dropped(o, DROP_RESERVED) == 1);
	ok(observations_dropped(o, DROP_PROBE) == 1);
	ok(observations_attempts(o) == 73);
	ok(observations_used(o, policy_rule(p, 0)));
	ok(!observations_used(o, policy_rule(p, 1)));
	ok(observations_used(o, policy_rule(p, 2)));
	suggestions_free(s);
	observations_free(o);
	policy_unref(p);
}

/* Whatever order the attempts come in. */
static void test_order(void)
{
	struct policy *p = policy_text(old_text);

	for (size_t i = 1; i < N_EXAMPLE; i += 3) {
		struct observations *o = observe_example(p, i, 8);
		struct suggestions *s = make(o, p, NULL);

		ok_str(lines_of(s), example_lines);
		suggestions_free(s);
		observations_free(o);
	}
	policy_unref(p);
}

static char *edits_of(struct suggestions *s, const struct observations *o,
		      bool with_comments)
{
	static char all[8192];
	const struct edit *edits;
	size_t n, len = 0;

	all[0] = '\0';
	if (suggestions_edits(s, o, with_comments, &edits, &n) < 0)
		abort();
	for (size_t i = 0; i < n; i++) {
		const struct edit *e = &edits[i];

		if (e->comment)
			len += (size_t)snprintf(all + len, sizeof(all) - len,
						"# %s\n", e->comment);
		len += (size_t)snprintf(all + len, sizeof(all) - len,
					"%d %s%s %u line %u %s\n", (int)e->kind,
					e->is_wildcard ? "*." : "", e->dest,
					e->n_ports ? e->ports[0].first : 0,
					e->line, e->reason ? e->reason : "-");
	}
	return all;
}

static void test_edits(void)
{
	struct policy *p = policy_text(old_text);
	struct observations *o = observations_new(p);
	struct alike_entry unix_one = entry("/run/x*.sock", "", 0, 1);
	struct suggestions *s;

	session(o, "7f3a0001");
	put(o, entry("one.example.com", "", 443, 1));
	put(o, entry("github.com", "203.0.113.2", 443, 1));
	session(o, "7f3a0002");
	put(o, entry("two.example.com", "", 443, 1));
	put(o, entry("three.example.com", "", 443, 1));
	put(o, entry("", "2001:db8::7", 25, 1));
	unix_one.proto = "unix";
	unix_one.reason = "unix-outside";
	put(o, unix_one);
	observations_sort(o);
	s = make(o, p, NULL);
	ok_str(edits_of(s, o, true),
	       "# learned 2025-11-23 session 7f3a0001: npm (ci)\n"
	       "0 one.example.com 443 line 0 node (yarn)\n"
	       "# learned 2025-11-23 session 7f3a0002: npm (ci)\n"
	       "0 three.example.com 443 line 0 node (yarn)\n"
	       "0 two.example.com 443 line 0 node (yarn)\n"
	       "3 github.com 443 line 3 -\n"
	       "# learned 2025-11-23 session 7f3a0002: npm (ci)\n"
	       "1 2001:db8::7/128 25 line 0 node (yarn)\n"
	       "# learned 2025-11-23 session 7f3a0002: npm (ci)\n"
	       "2 /run/x*.sock 0 line 0 -\n");
	ok(!strchr(edits_of(s, o, false), '#'));
	suggestions_free(s);
	observations_free(o);
	policy_unref(p);
}

/* What a policy has for a destination, and what is suggested then. */
static const struct {
	const char *rules;
	const char *name, *ip;
	int64_t ports[3];
	const char *line;
} covers[] = {
	{ "domains:\n  - pattern: a.example.com\n",
	  "a.example.com",
	  "192.0.2.1",
	  { 443 },
	  "" },
	{ "domains:\n  - pattern: a.example.com\n    ports: [\"400-500\"]\n",
	  "a.example.com",
	  "192.0.2.1",
	  { 443 },
	  "" },
	{ "domains:\n  - pattern: a.example.com\n    ports: [80]\n",
	  "a.example.com",
	  "",
	  { 443, 8443 },
	  "~ a.example.com 443,8443 medium\n" },
	/* only a wildcard has it, with other ports: one name, one truth */
	{ "domains:\n  - pattern: \"*.example.com\"\n    ports: [443]\n",
	  "a.example.com",
	  "192.0.2.1",
	  { 443, 8443 },
	  "+ a.example.com 443,8443 medium\n" },
	{ "domains:\n  - pattern: \"*.example.com\"\n    ports: [443]\n",
	  "a.example.com",
	  "192.0.2.1",
	  { 443 },
	  "" },
	/* a wildcard does not lead to private addresses */
	{ "domains:\n  - pattern: \"*.example.com\"\n",
	  "a.example.com",
	  "192.168.7.7",
	  { 443 },
	  "+ a.example.com 443 low !private\n" },
	{ "domains:\n  - pattern: \"*.example.com\"\n    allow_private: true\n",
	  "a.example.com",
	  "192.168.7.7",
	  { 443 },
	  "" },
	/* the apex is not below its wildcard */
	{ "domains:\n  - pattern: \"*.example.com\"\n",
	  "example.com",
	  "192.0.2.1",
	  { 443 },
	  "+ example.com 443 medium\n" },
	/* a rule on the address does not let anybody ask for the name */
	{ "ip_ranges:\n  - cidr: 192.0.2.0/24\n",
	  "a.example.com",
	  "192.0.2.1",
	  { 443 },
	  "+ a.example.com 443 medium\n" },
	{ "domains:\n  - pattern: a.example.com\n    ports: [1]\n"
	  "ip_ranges:\n  - cidr: 192.0.2.0/24\n",
	  "a.example.com",
	  "192.0.2.1",
	  { 443 },
	  "" },
	{ "ip_ranges:\n  - cidr: 192.0.2.0/24\n", "", "192.0.2.1", { 443 }, "" },
	{ "ip_ranges:\n  - cidr: 192.0.2.1\n    ports: [22]\n",
	  "",
	  "192.0.2.1",
	  { 22, 443 },
	  "~ 192.0.2.1/32 443 low !raw\n" },
	{ "ip_ranges:\n  - cidr: 192.0.2.0/24\n    ports: [22]\n",
	  "",
	  "192.0.2.1",
	  { 22, 443 },
	  "+ 192.0.2.1/32 443 low !raw\n" },
	{ "", "", "::ffff:192.0.2.1", { 443 }, "+ 192.0.2.1/32 443 low !raw\n" },
	{ "", "", "2001:db8::1", { 443 }, "+ 2001:db8::1/128 443 low !raw\n" },
	/* default_policy: allow is no rule */
	{ "default_policy: allow\n",
	  "a.example.com",
	  "192.0.2.1",
	  { 443 },
	  "+ a.example.com 443 medium\n" },
	{ "default_policy: allow\n",
	  "",
	  "192.0.2.1",
	  { 443 },
	  "+ 192.0.2.1/32 443 low !raw\n" },
	/* a rule there would turn placeholders off */
	{ "", "", "198.18.5.5", { 80 }, "x 198.18.5.5/32 80 !raw\n" },
	/* loopback is one line, and ports given by the kernel are a range */
	{ "",
	  "",
	  "127.0.0.1",
	  { 5432, 40001, 33333 },
	  "+ 127.0.0.0/8 5432,32768-60999 low !machine\n" },
	{ "ip_ranges:\n  - cidr: 127.0.0.0/8\n    ports: [80]\n",
	  "",
	  "127.0.0.1",
	  { 80, 5432 },
	  "~ 127.0.0.0/8 5432 low !machine\n" },
	{ "", "", "::1", { 61000 }, "+ ::1/128 32768-65535 low !machine\n" },
	/* NAT64: a rule for each of the two */
	{ "", "", "64:ff9b::c000:201", { 443 }, "+ 192.0.2.1/32 443 low !raw\n+ 64:ff9b::c000:201/128 443 low !raw\n" },
	{ "ip_ranges:\n  - cidr: 64:ff9b::/96\n",
	  "",
	  "64:ff9b::c000:201",
	  { 443 },
	  "+ 192.0.2.1/32 443 low !raw\n" },
	{ "", "", "64:ff9b::a9fe:a9fe", { 80 }, "x 169.254.169.254/32 80 !raw\n+ 64:ff9b::a9fe:a9fe/128 80 low !raw\n" },
	{ "",
	  "mail.example.com",
	  "192.0.2.1",
	  { 25, 587, 50000 },
	  "+ mail.example.com 25,587,50000 low !mail !new-port\n" },
	{ "",
	  "hooks.slack.com",
	  "192.0.2.1",
	  { 443 },
	  "+ hooks.slack.com 443 low !hook !shared\n" },
	{ "",
	  "a1b2.ngrok.io",
	  "192.0.2.1",
	  { 443 },
	  "+ a1b2.ngrok.io 443 low !tunnel !shared\n" },
	{ "",
	  "metadata.google.internal",
	  "192.0.2.1",
	  { 80 },
	  "x metadata.google.internal 80\n" },
	/* not of the public DNS: only what was answered */
	{ "", "db.corp.internal", "", { 5432 }, "" },
	{ "",
	  "db.corp.internal",
	  "10.1.2.3",
	  { 5432 },
	  "+ db.corp.internal 5432 low !private\n" },
};

static void test_cover(void)
{
	for (size_t i = 0; i < sizeof(covers) / sizeof(covers[0]); i++) {
		char text[512];
		struct policy *p;
		struct observations *o;
		struct suggestions *s;

		snprintf(text, sizeof(text), "version: 1\n%s", covers[i].rules);
		p = policy_text(text);
		o = observations_new(p);
		session(o, "7f3a0001");
		for (int j = 0; j < 3 && covers[i].ports[j]; j++)
			put(o, entry(covers[i].name, covers[i].ip,
				     covers[i].ports[j], 1));
		if (covers[i].ports[2] == 50000)
			session(o, "7f3a0002");
		observations_sort(o);
		s = make(o, p, NULL);
		printf("# %s%s, %zu\n", covers[i].name, covers[i].ip, i);
		ok_str(lines_of(s), covers[i].line);
		suggestions_free(s);
		observations_free(o);
		policy_unref(p);
	}
}

/* Listeners: doors and what a rule denies stay shut. */
static void test_listeners(void)
{
	static const char *const names[] = {
		"/run/x.sock",	     "@x",	 "/run/docker.sock",
		"/run/mine/no.sock", "rel.sock", "/run/\xff.sock",
		"/run/yes.sock",
	};
	struct policy *p = policy_text("version: 1\n"
				       "unix_sockets:\n"
				       "  allow: [/run/yes.sock]\n"
				       "  deny: [\"/run/mine/*\"]\n");
	struct observations *o = observations_new(p);
	struct suggestions *s;

	session(o, "7f3a0001");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct alike_entry e = entry(names[i], "", 0, 1);

		e.proto = "unix";
		e.reason = "unix-outside";
		put(o, e);
	}
	observations_sort(o);
	s = make(o, p, NULL);
	ok_str(lines_of(s), "x /run/docker.sock !listener\n"
			    "x /run/mine/no.sock !listener\n"
			    "+ /run/x.sock low !listener\n"
			    "x /run/\\xff.sock !listener\n"
			    "+ @x low !listener\n"
			    "x rel.sock !listener\n");
	suggestions_free(s);
	observations_free(o);
	policy_unref(p);
}

static void test_port_unknown(void)
{
	struct policy *p = policy_text("version: 1\n");
	struct observations *o = observations_new(p);
	struct alike_entry e = entry("refused.example.com", "", 0, 4);
	struct suggestions *s;

	session(o, "7f3a0001");
	e.stage = "dns";
	e.proto = "udp";
	e.qtype = 28;
	put(o, e);
	e.name = "txt.example.com";
	e.qtype = 16;
	put(o, e);
	observations_sort(o);
	s = make(o, p, NULL);
	ok_str(lines_of(s), "+ refused.example.com 443 low\n");
	ok(suggestions_at(s, 0)->doubts == DOUBT_PORT);
	ok(observations_dropped(o, DROP_QUESTION) == 4);
	suggestions_free(s);
	observations_free(o);
	policy_unref(p);
}

/* A scan of ports is not a service. */
static void test_scan(void)
{
	struct policy *p = policy_text("version: 1\n");
	struct observations *o = observations_new(p);
	struct suggestions *s;

	session(o, "7f3a0001");
	for (int port = 1; port <= SUGGEST_PORTS_MAX + 1; port++)
		put(o, entry("many.example.com", "", port, 1));
	observations_sort(o);
	s = make(o, p, NULL);
	ok(suggestions_n(s) == 1);
	ok(suggestions_at(s, 0)->state == NEVER_OFFERED);
	suggestions_free(s);
	observations_free(o);
	policy_unref(p);
}

static void test_widen(void)
{
	struct policy *p = policy_text(old_text);
	struct observations *o = observe_example(p, 0, 1);
	struct suggestions *s = make(o, p, "cdn-shop.net");

	ok(strstr(lines_of(s), "+ *.cdn-shop.net 443 medium\n"
			       "- img1.cdn-shop.net 443 low *.cdn-shop.net(4)\n"
			       "- img4") != NULL);
	ok(suggestions_count(s, ABSORBED) == 4);
	suggestions_free(s);
	/* A site that nothing is below of changes nothing. */
	s = make(o, p, "*.example.org");
	ok_str(lines_of(s), example_lines);
	suggestions_free(s);
	/* Never what belongs to others. */
	ok(make(o, p, "github.io") == NULL);
	ok(make(o, p, "windows.net") == NULL);
	ok(make(o, p, "core.windows.net") == NULL);
	ok(make(o, p, "com") == NULL);
	ok(make(o, p, "s3.eu-west-1.amazonaws.com") == NULL);
	ok(make(o, p, "not a name") == NULL);
	observations_free(o);
	policy_unref(p);
}

/* A wildcard that is there gets the ports; private names stay by themselves. */
static void test_widen_rule(void)
{
	struct policy *p = policy_text("version: 1\n"
				       "domains:\n"
				       "  - pattern: \"*.example.com\"\n"
				       "    ports: [80]\n");
	struct observations *o = observations_new(p);
	struct suggestions *s;

	session(o, "7f3a0001");
	put(o, entry("a.example.com", "192.0.2.1", 80, 1));
	put(o, entry("a.example.com", "192.0.2.1", 443, 1));
	put(o, entry("b.example.com", "192.168.0.9", 443, 1));
	observations_sort(o);
	s = make(o, p, "example.com");
	ok_str(lines_of(s), "~ *.example.com 443 medium\n"
			    "- a.example.com 80,443 medium\n"
			    "+ b.example.com 443 low !private\n");
	suggestions_free(s);
	observations_free(o);
	policy_unref(p);
}

/* Nearest parent and site; the walk ends at what is shared. */
static void test_alternatives(void)
{
	struct policy *p = policy_text("version: 1\n");
	struct observations *o = observations_new(p);
	struct suggestions *s;
	const struct suggestion *one;
	char text[DNAME_TEXT_MAX];

	session(o, "7f3a0001");
	put(o, entry("a.x.y.example.com", "", 443, 1));
	put(o, entry("b.x.y.example.com", "", 443, 1));
	put(o, entry("c.x.y.example.com", "", 443, 1));
	put(o, entry("d.example.com", "", 443, 1));
	put(o, entry("d.example.com", "", 80, 1));
	put(o, entry("e.example.com", "", 80, 1));
	observations_sort(o);
	s = make(o, p, NULL);
	one = find(s, "a.x.y.example.com");
	ok(one->n_alternatives == 2);
	ok_str(dname_text(&one->alternatives[0].parent, text),
	       "x.y.example.com");
	ok(one->alternatives[0].n_names == 3);
	ok_str(dname_text(&one->alternatives[1].parent, text), "example.com");
	ok(one->alternatives[1].n_names == 4);
	/* by port: only d shares one with e */
	ok(find(s, "e.example.com")->n_alternatives == 0);
	ok(find(s, "e.example.com")->no_wildcard == WILDCARD_FEW);
	suggestions_free(s);
	observations_free(o);
	policy_unref(p);
}

int main(void)
{
	struct ef_err err = { 0 };

	if (suffixes_open(NULL, &suffixes, &err) < 0) {
		skip(err.msg);
		return done();
	}
	test_example();
	test_order();
	test_edits();
	test_cover();
	test_listeners();
	test_port_unknown();
	test_scan();
	test_widen();
	test_widen_rule();
	test_alternatives();
	suffixes_free(suffixes);
	return done();
}
