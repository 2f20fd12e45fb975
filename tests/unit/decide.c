/* SPDX-License-Identifier: MIT */
/* The verdicts of README's decisions, one by one. */
#include "policy/decide.h"

#include "policy_help.h"
#include "tap.h"

#define A     1
#define PTR   12
#define ANY   255
#define HTTPS 65

static const char base[] =
	"domains:\n"
	"- {pattern: api.example.com, ports: [443]}\n"
	"- {pattern: '*.cdn.example.com', ports: [443]}\n"
	"- {pattern: '*.lan.example.com', ports: [443], allow_private: true}\n"
	"- {pattern: db, ports: [5432]}\n"
	"- {pattern: printer.local}\n"
	"ip_ranges:\n"
	"- {cidr: 127.0.0.0/8, ports: [80]}\n"
	"- {cidr: 192.0.2.0/24}\n"
	"- {cidr: 203.0.113.0/24, ports: [443, 8000-8100]}\n"
	"- {cidr: 203.0.113.9, ports: [22]}\n"
	"- {cidr: 224.0.0.251, ports: [5353]}\n"
	"- {cidr: '64:ff9b::/96', ports: [443]}\n"
	"unix_sockets:\n"
	"  allow: [/run/docker.sock, '/srv/*.sock', '@named']\n"
	"  deny: [/srv/bad.sock, /tmp/mine]\n";

static struct decision last;

/* The verdict and its reason, in one text. */
static const char *judged(const struct policy *p, const struct observation *o)
{
	static char buf[64];

	last = policy_decide(p, o);
	snprintf(buf, sizeof(buf), "%s %s",
		 last.verdict == VERDICT_ALLOW ? "allow" : "deny",
		 reason_word(last.reason));
	return buf;
}

static const char *connected(const struct policy *p, const char *to,
			     const char *name, enum name_source source)
{
	struct observation o = connect_to(to);

	if (name)
		add_candidate(&o, name, source);
	return judged(p, &o);
}

static void test_addresses(void)
{
	struct policy *p = policy_of(base);
	struct observation o = connect_to("192.0.2.1:9");

	ok_str(judged(p, &o), "allow rule");
	ok(last.rule && last.rule->prefix == 24);
	ok_str(connected(p, "198.51.100.1:443", NULL, 0), "deny no-rule");
	ok(!last.rule);
	ok_str(connected(p, "203.0.113.1:443", NULL, 0), "allow rule");
	ok_str(connected(p, "203.0.113.1:8050", NULL, 0), "allow rule");
	ok_str(connected(p, "203.0.113.1:22", NULL, 0), "deny port");
	ok(last.rule && last.rule->prefix == 24);
	/* any rule may allow, not the longest one alone */
	ok_str(connected(p, "203.0.113.9:22", NULL, 0), "allow rule");
	ok_str(connected(p, "203.0.113.9:443", NULL, 0), "allow rule");
	ok_str(connected(p, "203.0.113.9:25", NULL, 0), "deny port");
	ok(last.rule && last.rule->prefix == 32);
	ok_str(connected(p, "127.0.0.1:80", NULL, 0), "allow rule");
	ok_str(connected(p, "127.0.0.1:81", NULL, 0), "deny port");
	o.proto = PROTO_UDP;
	ok_str(judged(p, &o), "allow rule");
	o = connect_to("203.0.113.1");
	o.proto = PROTO_ICMP;
	ok_str(judged(p, &o), "deny port");
	o = connect_to("192.0.2.1");
	o.proto = PROTO_ICMP;
	ok_str(judged(p, &o), "allow rule");
	o = connect_to("224.0.0.251");
	o.proto = PROTO_UDP;
	o.stage = STAGE_JOIN;
	ok_str(judged(p, &o), "allow rule");
	o.stage = STAGE_SEND;
	ok_str(judged(p, &o), "deny port");
	memset(&o.addr, 0, sizeof(o.addr));
	ok_str(judged(p, &o), "deny malformed");
	policy_unref(p);
}

static void test_names(void)
{
	struct policy *p = policy_of(base);
	struct observation o = connect_to("198.51.100.1:443");
	char text[DNAME_TEXT_MAX];

	add_candidate(&o, "other.example.com", NAME_DNS);
	add_candidate(&o, "api.example.com", NAME_DNS);
	ok_str(judged(p, &o), "allow rule");
	ok_str(dname_text(&last.name, text), "api.example.com");
	ok_str(last.rule->text, "api.example.com");
	o.addr.port = 22;
	ok_str(judged(p, &o), "deny port");
	ok_str(last.rule->text, "api.example.com");
	ok_str(dname_text(&last.name, text), "api.example.com");
	o.n_candidates = 1;
	ok_str(judged(p, &o), "deny no-rule");
	ok_str(dname_text(&last.name, text), "other.example.com");
	ok_str(connected(p, "198.51.100.1:443", "x.cdn.example.com", NAME_DNS),
	       "allow rule");
	ok_str(connected(p, "198.51.100.1:443", "cdn.example.com", NAME_DNS),
	       "deny no-rule");
	/* a placeholder is judged by its name alone */
	ok_str(connected(p, "198.18.0.1:443", "api.example.com", NAME_PLACEHOLDER),
	       "allow rule");
	ok_str(connected(p, "198.18.0.1:80", "api.example.com", NAME_PLACEHOLDER),
	       "deny port");
	o = connect_to("198.51.100.1");
	o.proto = PROTO_ICMP;
	add_candidate(&o, "api.example.com", NAME_DNS);
	ok_str(judged(p, &o), "deny port");
	policy_unref(p);
	p = policy_of("ip_ranges: [{cidr: 0.0.0.0/0}]\n");
	ok_str(connected(p, "198.18.0.1:443", "api.example.com", NAME_PLACEHOLDER),
	       "deny no-rule");
	policy_unref(p);
}

static void test_private(void)
{
	struct policy *p = policy_of(base);

	ok_str(connected(p, "10.0.0.1:443", "x.cdn.example.com", NAME_DNS),
	       "deny rebind");
	ok_str(last.rule->text, "*.cdn.example.com");
	ok_str(connected(p, "10.0.0.1:443", "x.lan.example.com", NAME_DNS),
	       "allow rule");
	ok_str(connected(p, "10.0.0.1:443", "api.example.com", NAME_DNS),
	       "allow rule");
	ok_str(connected(p, "10.0.0.1:443", "x.cdn.example.com", NAME_HOSTS),
	       "allow rule");
	ok_str(connected(p, "127.0.0.2:443", "api.example.com", NAME_DNS),
	       "deny rebind");
	ok_str(connected(p, "127.0.0.2:443", "api.example.com", NAME_HOSTS),
	       "allow rule");
	policy_unref(p);
}

static void test_metadata(void)
{
	struct policy *p = policy_of(base);

	ok_str(connected(p, "169.254.169.254:443", "api.example.com", NAME_HOSTS),
	       "deny metadata");
	policy_unref(p);
	p = policy_of("default_policy: allow\n");
	ok_str(connected(p, "198.51.100.1:1", NULL, 0), "allow default-allow");
	ok_str(connected(p, "169.254.169.254:80", NULL, 0), "deny metadata");
	ok_str(connected(p, "fe80::1", NULL, 0), "deny metadata");
	ok_str(connected(p, "[64:ff9b::a9fe:a9fe]:80", NULL, 0),
	       "deny metadata");
	policy_unref(p);
	p = policy_of("ip_ranges: [{cidr: 169.254.169.254, ports: [80]}]\n");
	ok_str(connected(p, "169.254.169.254:80", NULL, 0), "allow rule");
	ok_str(connected(p, "169.254.169.254:81", NULL, 0), "deny metadata");
	ok(last.rule != NULL);
	policy_unref(p);
}

static void test_embedded(void)
{
	struct policy *p = policy_of(base);

	ok_str(connected(p, "[64:ff9b::c000:201]:443", NULL, 0), "allow rule");
	ok_str(connected(p, "[64:ff9b::c000:201]:80", NULL, 0),
	       "deny embedded");
	ok_str(connected(p, "[64:ff9b::c633:6401]:443", NULL, 0),
	       "deny embedded");
	ok_str(connected(p, "[64:ff9b::c633:6401]:443", "api.example.com",
			 NAME_DNS),
	       "deny embedded");
	ok_str(connected(p, "[2002:c000:201::1]:443", NULL, 0),
	       "deny embedded");
	policy_unref(p);
	p = policy_of("default_policy: allow\n");
	ok_str(connected(p, "[64:ff9b::c633:6401]:443", NULL, 0),
	       "allow default-allow");
	policy_unref(p);
}

static void test_netns(void)
{
	struct policy *p = policy_of(base);
	struct observation o = connect_to("192.0.2.1:80");

	o.foreign_netns = true;
	ok_str(judged(p, &o), "deny netns");
	o.addr = addr_of("127.0.0.1:80");
	ok_str(judged(p, &o), "allow rule");
	o.addr = addr_of("127.0.0.1:443");
	add_candidate(&o, "api.example.com", NAME_HOSTS);
	ok_str(judged(p, &o), "deny port");
	o.unreadable = true;
	ok_str(judged(p, &o), "deny unreadable");
	policy_unref(p);
}

static const char *asked(const struct policy *p, const char *name, uint16_t type)
{
	struct observation o = { .stage = STAGE_DNS, .qtype = type };

	o.name = name_of(name);
	return judged(p, &o);
}

static void test_questions(void)
{
	struct policy *p = policy_of(base);
	struct observation o = { .stage = STAGE_DNS, .qtype = A };
	struct dname n = name_of("x.cdn.example.com");

	ok_str(asked(p, "api.example.com", A), "allow rule");
	ok_str(asked(p, "API.example.com", HTTPS), "allow rule");
	ok_str(asked(p, "x.cdn.example.com", A), "allow rule");
	ok_str(asked(p, "other.example.com", A), "deny no-rule");
	ok_str(asked(p, "api.example.com", ANY), "deny qtype");
	ok_str(asked(p, "api.example.com", 0), "deny qtype");
	ok_str(asked(p, "db", A), "allow rule");
	ok_str(asked(p, "dc", A), "deny reserved-name");
	ok_str(asked(p, "printer.local", A), "allow rule");
	ok_str(asked(p, "x.local", A), "deny reserved-name");
	ok_str(asked(p, "x.onion", A), "deny reserved-name");
	ok_str(asked(p, "x.home.arpa", A), "deny reserved-name");
	ok_str(asked(p, "1.2.0.192.in-addr.arpa", PTR), "allow rule");
	ok_str(asked(p, "1.2.0.192.in-addr.arpa", A), "deny no-rule");
	ok_str(asked(p, "1.100.51.198.in-addr.arpa", PTR), "deny no-rule");
	ok_str(judged(p, &o), "deny malformed");
	o.name = n;
	o.foreign_netns = true;
	ok_str(judged(p, &o), "deny netns");
	ok(policy_mentions_name(p, &n));
	n = name_of("cdn.example.com");
	ok(!policy_mentions_name(p, &n));
	policy_unref(p);
	p = policy_of("default_policy: allow\n");
	ok_str(asked(p, "x.example", A), "allow default-allow");
	ok_str(asked(p, "db", A), "allow default-allow");
	ok_str(asked(p, "x.example", ANY), "deny qtype");
	policy_unref(p);
}

static struct observation to_listener(const char *name)
{
	struct observation o = { .stage = STAGE_CONNECT,
				 .proto = PROTO_UNIX_STREAM };

	snprintf(o.peer.name, sizeof(o.peer.name), "%s", name);
	o.peer.is_known = true;
	return o;
}

static void test_listeners(void)
{
	struct policy *p = policy_of(base);
	struct observation o = to_listener("/srv/a.sock");

	ok_str(judged(p, &o), "allow unix-rule");
	ok_str(last.rule->text, "/srv/*.sock");
	o.peer.is_ours = true;
	ok_str(judged(p, &o), "deny own-socket");
	o = to_listener("/srv/a.sock");
	o.peer.is_known = false;
	ok_str(judged(p, &o), "deny unix-outside");
	o.peer.is_nobody = true;
	ok_str(judged(p, &o), "allow unix-nobody");
	o = to_listener("/srv/sub/a.sock");
	ok_str(judged(p, &o), "deny unix-outside");
	o = to_listener("/srv/bad.sock");
	ok_str(judged(p, &o), "deny unix-deny");
	o.peer.in_tree = true;
	ok_str(judged(p, &o), "deny unix-deny");
	o = to_listener("/tmp/x");
	o.peer.in_tree = true;
	ok_str(judged(p, &o), "allow unix-in-tree");
	o.proto = PROTO_UNIX_DGRAM;
	ok_str(judged(p, &o), "deny unix-outside");
	o = to_listener("/dev/log");
	o.proto = PROTO_UNIX_DGRAM;
	o.peer.is_builtin = true;
	ok_str(judged(p, &o), "allow unix-rule");
	o = to_listener("/run/docker.sock");
	ok_str(judged(p, &o), "allow unix-rule");
	o = to_listener("/run/user/1000/podman/podman.sock");
	ok_str(judged(p, &o), "deny unix-door");
	ok(last.door && strstr(last.door, "container engine"));
	/* one that the session opened itself is no way out */
	o.peer.in_tree = true;
	ok_str(judged(p, &o), "allow unix-in-tree");
	o = to_listener("/var/run/nscd/socket");
	ok_str(judged(p, &o), "deny name-service");
	o = to_listener("@named");
	ok_str(judged(p, &o), "allow unix-rule");
	o.foreign_netns = true;
	ok_str(judged(p, &o), "deny netns");
	policy_unref(p);
	p = policy_of("unix_sockets: {default: allow}\n");
	o = to_listener("/srv/a.sock");
	ok_str(judged(p, &o), "allow default-allow");
	o = to_listener("/run/docker.sock");
	ok_str(judged(p, &o), "deny unix-door");
	o = to_listener("/run/nscd/socket");
	ok_str(judged(p, &o), "deny name-service");
	policy_unref(p);
}

static void test_other_stages(void)
{
	struct policy *p = policy_of(base);
	struct policy *l = policy_of("listen: loopback\n");
	struct observation o = { .stage = STAGE_LISTEN, .proto = PROTO_TCP };

	ok_str(judged(p, &o), "allow listen");
	ok_str(judged(l, &o), "deny listen");
	o.addr = addr_of("127.0.0.1:1");
	ok_str(judged(l, &o), "allow listen");
	o.addr = addr_of("0.0.0.0:1");
	ok_str(judged(l, &o), "deny listen");
	o = (struct observation){ .stage = STAGE_SOCKET, .detail = 17 };
	ok_str(judged(p, &o), "deny family");
	o = (struct observation){ .stage = STAGE_SYSCALL };
	ok_str(judged(p, &o), "deny syscall");
	o.detail = REFUSED_ABI;
	ok_str(judged(p, &o), "deny foreign-abi");
	o = (struct observation){ .stage = STAGE_SEND, .proto = PROTO_NETLINK };
	ok_str(judged(p, &o), "allow local");
	o = (struct observation){ .stage = STAGE_SEND };
	ok_str(judged(p, &o), "deny malformed");
	o = (struct observation){ .stage = N_STAGES };
	ok_str(judged(p, &o), "deny malformed");
	policy_unref(p);
	policy_unref(l);
}

/* Whatever the policy says, these stay as they are. */
static void test_words(void)
{
	static const enum reason relaxing[] = {
		REASON_NO_RULE,	 REASON_PORT,	      REASON_REBIND,
		REASON_EMBEDDED, REASON_UNIX_OUTSIDE, REASON_RESERVED_NAME,
	};
	unsigned int n = 0, same = 0;

	for (int r = 0; r < N_REASONS; r++) {
		n += reason_relaxes((enum reason)r);
		for (int k = 0; k < r; k++)
			same += !strcmp(reason_word((enum reason)r),
					reason_word((enum reason)k));
	}
	ok(n == sizeof(relaxing) / sizeof(relaxing[0]));
	for (size_t i = 0; i < sizeof(relaxing) / sizeof(relaxing[0]); i++)
		ok(reason_relaxes(relaxing[i]));
	ok(same == 0);
	ok_str(reason_word(REASON_NO_RULE), "no-rule");
	ok_str(reason_text(REASON_NO_RULE), "no rule");
	ok_str(reason_word(N_REASONS), "unknown");
	ok_str(mode_word(MODE_ENFORCE), "enforce");
	ok_str(mode_word(MODE_ALLOW_ALL), "allow-all");
	ok_str(mode_word(N_MODES), "unknown");
}

int main(void)
{
	test_addresses();
	test_names();
	test_private();
	test_metadata();
	test_embedded();
	test_netns();
	test_questions();
	test_listeners();
	test_other_stages();
	test_words();
	return done();
}
