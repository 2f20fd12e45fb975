// SPDX-License-Identifier: MIT
// From attempts to destinations: what is dropped, and how names are read.
#include "learn_help.h"
#include "tap.h"

/* One attempt and what becomes of it. */
static const struct {
	const char *what;
	struct alike_entry e;
	enum drop drop; /* N_DROPS: it is a destination */
} cases[] = {
	{ "a name",
	  { .stage = "connect",
	    .proto = "tcp",
	    .reason = "no-rule",
	    .name = "a.example.com",
	    .port = 443 },
	  N_DROPS },
	{ "an address",
	  { .stage = "send",
	    .proto = "udp",
	    .reason = "no-rule",
	    .ip = "192.0.2.1",
	    .port = 443 },
	  N_DROPS },
	{ "allowed by --allow-all",
	  { .stage = "connect",
	    .proto = "tcp",
	    .reason = "allow-all",
	    .ip = "192.0.2.1",
	    .port = 443 },
	  N_DROPS },
	{ "a socket family",
	  { .stage = "socket", .proto = "none", .reason = "family" },
	  DROP_REFUSED },
	{ "io_uring",
	  { .stage = "syscall", .proto = "none", .reason = "syscall" },
	  DROP_REFUSED },
	{ "a word of a newer program",
	  { .stage = "teleport",
	    .proto = "tcp",
	    .reason = "no-rule",
	    .ip = "192.0.2.1",
	    .port = 443 },
	  DROP_REFUSED },
	{ "another network namespace",
	  { .stage = "connect",
	    .proto = "tcp",
	    .reason = "netns",
	    .ip = "192.0.2.1",
	    .port = 443 },
	  DROP_REFUSED },
	{ "listening",
	  { .stage = "listen",
	    .proto = "tcp",
	    .reason = "listen",
	    .ip = "0.0.0.0",
	    .port = 80 },
	  DROP_LISTEN },
	{ "its own listener",
	  { .stage = "connect",
	    .proto = "unix",
	    .reason = "unix-in-tree",
	    .name = "/tmp/own.sock" },
	  DROP_INSIDE },
	{ "the built-in list",
	  { .stage = "connect",
	    .proto = "unix-dgram",
	    .reason = "unix-rule",
	    .name = "/dev/log" },
	  DROP_INSIDE },
	{ "a listener by a rule of then",
	  { .stage = "connect",
	    .proto = "unix",
	    .reason = "unix-rule",
	    .name = "/run/x.sock",
	    .is_by_rule = true },
	  N_DROPS },
	{ "nobody listens",
	  { .stage = "connect",
	    .proto = "unix",
	    .reason = "unix-nobody",
	    .name = "/run/gone.sock" },
	  DROP_INSIDE },
	{ "netlink",
	  { .stage = "connect", .proto = "netlink", .reason = "local" },
	  DROP_INSIDE },
	{ "nscd",
	  { .stage = "connect",
	    .proto = "unix",
	    .reason = "name-service",
	    .name = "/run/nscd/socket" },
	  DROP_INSIDE },
	{ "a resolver of its own choosing",
	  { .stage = "send",
	    .proto = "udp",
	    .reason = "resolver",
	    .ip = "192.0.2.53",
	    .port = 53 },
	  DROP_RESOLVER },
	{ "a refused question",
	  { .stage = "dns",
	    .proto = "udp",
	    .reason = "no-rule",
	    .qtype = 1,
	    .name = "a.example.com" },
	  N_DROPS },
	{ "a refused question for text",
	  { .stage = "dns",
	    .proto = "udp",
	    .reason = "no-rule",
	    .qtype = 16,
	    .name = "a.example.com" },
	  DROP_QUESTION },
	{ "an odd type",
	  { .stage = "dns",
	    .proto = "udp",
	    .reason = "qtype",
	    .qtype = 10,
	    .name = "a.example.com" },
	  DROP_QUESTION },
	{ "a star as a label",
	  { .stage = "connect",
	    .proto = "tcp",
	    .reason = "no-rule",
	    .name = "*.github.io",
	    .port = 443 },
	  DROP_NOT_PLAIN },
	{ "... as it is recorded",
	  { .stage = "connect",
	    .proto = "tcp",
	    .reason = "no-rule",
	    .name = "\\042.github.io",
	    .port = 443 },
	  DROP_NOT_PLAIN },
	{ "... that was looked up for real",
	  { .stage = "connect",
	    .proto = "tcp",
	    .reason = "no-rule",
	    .name = "\\042.github.io",
	    .ip = "192.0.2.1",
	    .port = 443 },
	  DROP_NOT_PLAIN },
	{ "... that was refused as a question",
	  { .stage = "dns",
	    .proto = "udp",
	    .reason = "malformed",
	    .qtype = 1,
	    .name = "\\042.github.io" },
	  DROP_NOT_PLAIN },
	{ "a line break",
	  { .stage = "connect",
	    .proto = "tcp",
	    .reason = "no-rule",
	    .name = "a\n  - pattern: b.example.com",
	    .port = 443 },
	  DROP_NOT_PLAIN },
	{ "a quote",
	  { .stage = "connect",
	    .proto = "tcp",
	    .reason = "no-rule",
	    .name = "a\".example.com",
	    .port = 443 },
	  DROP_NOT_PLAIN },
	{ "a right-to-left override",
	  { .stage = "connect",
	    .proto = "tcp",
	    .reason = "no-rule",
	    .name = "\xe2\x80\xae"
		    "moc.example.com",
	    .port = 443 },
	  DROP_NOT_PLAIN },
	{ "a name that is an address",
	  { .stage = "connect",
	    .proto = "tcp",
	    .reason = "no-rule",
	    .name = "127.1",
	    .port = 443 },
	  DROP_NOT_PLAIN },
	{ "a reserved name",
	  { .stage = "connect",
	    .proto = "tcp",
	    .reason = "no-rule",
	    .name = "printer.local",
	    .port = 631 },
	  DROP_RESERVED },
	{ "a datagram socket connected to port 0 (node)",
	  { .stage = "connect",
	    .proto = "udp",
	    .reason = "no-rule",
	    .name = "a.example.com",
	    .ip = "192.0.2.1",
	    .port = 0 },
	  DROP_PROBE },
	{ "... to 9 (Go)",
	  { .stage = "connect",
	    .proto = "udp",
	    .reason = "no-rule",
	    .name = "a.example.com",
	    .ip = "192.0.2.1",
	    .port = 9 },
	  DROP_PROBE },
	{ "... to 65535 (musl)",
	  { .stage = "connect",
	    .proto = "udp",
	    .reason = "no-rule",
	    .name = "a.example.com",
	    .ip = "192.0.2.1",
	    .port = 65535 },
	  DROP_PROBE },
	{ "... marked as a probe",
	  { .stage = "connect",
	    .proto = "udp",
	    .reason = "no-rule",
	    .name = "a.example.com",
	    .ip = "192.0.2.1",
	    .port = 443,
	    .is_probe = true },
	  DROP_PROBE },
	{ "a connection to port 9",
	  { .stage = "connect",
	    .proto = "tcp",
	    .reason = "no-rule",
	    .name = "a.example.com",
	    .port = 9 },
	  N_DROPS },
	{ "mDNS",
	  { .stage = "send",
	    .proto = "udp",
	    .reason = "no-rule",
	    .ip = "224.0.0.251",
	    .port = 5353 },
	  DROP_MULTICAST },
	{ "broadcast",
	  { .stage = "send",
	    .proto = "udp",
	    .reason = "no-rule",
	    .ip = "255.255.255.255",
	    .port = 67 },
	  DROP_MULTICAST },
	{ "joining a group",
	  { .stage = "join", .proto = "udp", .reason = "no-rule", .ip = "ff02::fb" },
	  DROP_MULTICAST },
	{ "ping",
	  { .stage = "send", .proto = "icmp", .reason = "no-rule", .ip = "192.0.2.1" },
	  DROP_ICMP },
	{ "nothing at all",
	  { .stage = "connect", .proto = "tcp", .reason = "no-rule" },
	  DROP_REFUSED },
};

static void test_drops(void)
{
	struct policy *p = policy_text("version: 1\n");

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct observations *o = observations_new(p);
		struct alike_entry e = cases[i].e;
		int64_t dropped = 0;

		e.name = e.name ? e.name : "";
		e.ip = e.ip ? e.ip : "";
		e.name_source = !*e.name ? "none"
				: *e.ip	 ? "dns"
					 : "placeholder";
		e.verdict = "deny";
		e.action = "denied";
		e.attempts = 7;
		session(o, "7f3a0001");
		put(o, e);
		observations_sort(o);
		for (int d = 0; d < N_DROPS; d++)
			dropped += observations_dropped(o, (enum drop)d);
		printf("# %s\n", cases[i].what);
		if (cases[i].drop == N_DROPS)
			ok(observations_n(o) == 1 && !dropped);
		else
			ok(observations_n(o) == 0 && dropped == 7 &&
			   observations_dropped(o, cases[i].drop) == 7);
		observations_free(o);
	}
	policy_unref(p);
}

static void test_names(void)
{
	struct policy *p = policy_text("version: 1\n");
	struct observations *o = observations_new(p);
	char text[DNAME_TEXT_MAX];

	session(o, "7f3a0001");
	put(o, entry("WWW.Example.COM.", "", 443, 1));
	put(o, entry("www.example.com", "192.0.2.1", 80, 2));
	put(o, entry("b\xc3\xbc"
		     "cher.example.com",
		     "", 443, 1));
	put(o, entry("_srv.example.com", "", 443, 1));
	observations_sort(o);
	ok(observations_n(o) == 3);
	ok_str(dname_text(&observations_at(o, 0)->name, text),
	       "_srv.example.com");
	ok_str(dname_text(&observations_at(o, 1)->name, text),
	       "www.example.com");
	ok(observations_at(o, 1)->attempts == 3);
	ok(observations_at(o, 1)->n_ports == 2);
	ok(observations_at(o, 1)->ports[0].port == 80);
	ok_str(dname_text(&observations_at(o, 2)->name, text),
	       "xn--bcher-kva.example.com");
	observations_free(o);
	policy_unref(p);
}

static void test_sessions(void)
{
	struct policy *p = policy_text("version: 1\n");
	struct observations *o = observations_new(p);
	struct alike_entry e = entry("a.example.com", "", 443, 1);
	const struct seen *s;

	session(o, "7f3a0001");
	put(o, e);
	put(o, e);
	session(o, "7f3a0002");
	e.first_ms -= 1000;
	put(o, e);
	ok(observations_session(o, "7f3a0001-0000-4000-8000-000000000000", "",
				0) == 0);
	observations_sort(o);
	s = observations_at(o, 0);
	ok(observations_n_sessions(o) == 2);
	ok(s->n_sessions == 2);
	ok(s->attempts == 3 && s->denied == 3);
	ok(s->first_session == 2);
	ok_str(observations_session_at(o, 2)->uuid,
	       "7f3a0002-0000-4000-8000-000000000000");
	ok_str(observations_session_at(o, 2)->command.word, "ci");
	observations_free(o);
	policy_unref(p);
}

/* What of a command line may be written down. */
static const struct {
	const char *argv;
	size_t len;
	const char *text;
} programs[] = {
#define ARGV(text) text, sizeof(text)
	{ ARGV("npm\0ci"), "npm (ci)" },
	{ ARGV("/usr/bin/npm\0--silent\0x\0install"), "npm (install)" },
	{ ARGV("node\0/home/dev/secret/yarn.js"), "node (yarn.js)" },
	{ ARGV("mysql\0-p\0hunter2"), "mysql" },
	{ ARGV("curl\0-u\0me:pw\0https://x.example/?token=1"), "curl" },
	{ ARGV("curl\0https://me:pw@x.example/"), "curl" },
	{ ARGV("env\0TOKEN=abc\0npm"), "env" },
	{ ARGV("sh\0-c\0echo hello"), "sh" },
	{ ARGV("evil\nname: x\0a\nb"), "evil?name:?x" },
	{ ARGV("\x1b[2J\0\x1b[2J"), "?[2J" },
	{ ARGV(""), "exe" },
	{ "", 0, "exe" },
	{ "cut\0argume", 10, "cut" }, /* its last argument is not whole */
	{ ARGV("0123456789012345678901234567890123456789012345\0"
	       "0123456789012345678901234567890123456789012345"),
	  "0123456789012345678901234567890123456789" },
};

static void test_programs(void)
{
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		struct program p;
		char text[2 * PROGRAM_WORD + 4];

		program_of(programs[i].argv, programs[i].len, "/bin/exe",
			   "comm", &p);
		ok_str(program_text(&p, text, sizeof(text)), programs[i].text);
	}
}

int main(void)
{
	test_drops();
	test_names();
	test_sessions();
	test_programs();
	return done();
}
