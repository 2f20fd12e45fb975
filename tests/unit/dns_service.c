/* SPDX-License-Identifier: MIT */
/*
 * The DNS service over UDP: what is asked upstream, what is believed, what is
 * bound and handed over.
 */
#include "unit/dns_world.h"

static void test_forward(void)
{
	struct dns_query q;
	struct addr from;

	start(1);
	ask("A.test", DNS_A);
	ok(receive(resolver_udp[0]));
	ok(dns_query_decode(got, got_len, &q) == 0 && q.has_opt &&
	   q.udp_size == 1232 && q.qtype == DNS_A && q.flags == DNS_RD);
	addr_from_sockaddr(&asked_from, &from);
	ok(redirect_is_ours(redirect, &from, false));
	answer_start(REPLY, 2);
	packet_a(&p, "a.test", 5, 1);
	packet_a(&p, "other.test", 5, 2);
	answer_from(resolver_udp[0]);
	ok(receive(target));
	ok(rcode() == 0 && n_answers() == 2 && got[0] == 0x12 && got[1] == 0x34);
	ok(!memcmp(got + 12, "\1A\4test", 7));
	ok_str(fake_gate_bound("a.test"), "192.0.2.1 ");
	ok(gate->binds[0].hold_s == 300 && gate->binds[0].question_seq == 1);
	ok(gate->n_questions == 1 && gate->questions[0].pid == 42);
	ok(gate->n_answers == 1 && gate->answers[0].question_seq == 1);
	ok(!redirect_is_ours(redirect, &from, false));
	stop();
}

static void test_refusals(void)
{
	start(1);
	ask("b.test", DNS_A);
	ok(receive(target) && rcode() == 0 && n_answers() == 1);
	ok(!memcmp(got + got_len - 4, "\306\22\0\1", 4));
	ask("b.test", DNS_AAAA);
	ok(receive(target) && rcode() == 0 && n_answers() == 0);
	ask("b", DNS_A);
	ok(receive(target) && rcode() == DNS_NXDOMAIN);
	ask("a.test", 255);
	ok(receive(target) && rcode() == DNS_NOTIMP);
	gate->context.placeholders = false;
	ask("b.test", DNS_A);
	ok(receive(target) && rcode() == DNS_NXDOMAIN);
	fake_policy_settings()->dns_denied = DNS_DENIED_REFUSED;
	ask("b.test", DNS_A);
	ok(receive(target) && rcode() == DNS_REFUSED);
	gate->fails = true;
	ask("a.test", DNS_A);
	ok(receive(target) && rcode() == DNS_SERVFAIL);
	gate->fails = false;
	ok(is_silent(resolver_udp[0]));
	ok(gate->n_binds == 0 && gate->n_questions == gate->n_answers);
	stop();
}

static void test_garbage(void)
{
	size_t before;

	start(1);
	send(target, "x", 1, 0);
	send(target, "", 0, 0);
	ok(is_silent(target) && gate->n_questions == 0);
	packet_start(&p, 0, 2, 0, 0, 0);
	packet_question(&p, "a.test", DNS_A);
	packet_question(&p, "a.test", DNS_A);
	send(target, p.bytes, p.w.len, 0);
	ok(receive(target) && rcode() == DNS_FORMERR);
	ok(gate->questions[0].reason == REASON_MALFORMED);
	packet_start(&p, 5 << 11, 1, 0, 0, 0);
	packet_question(&p, "a.test", DNS_SOA);
	send(target, p.bytes, p.w.len, 0);
	ok(receive(target) && rcode() == DNS_REFUSED);
	memset(got, 0, 5000);
	before = gate->n_questions;
	send(target, got, 5000, 0);
	ok(receive(target) && rcode() == DNS_FORMERR);
	ok(gate->n_questions == before + 1);
	ok(is_silent(resolver_udp[0]));
	stop();
}

static void test_strangers(void)
{
	struct addr own;
	int stranger;

	start(2);
	own = at("127.0.0.1");
	stranger = open_on(SOCK_DGRAM, &own);
	connect_to(stranger, &redirect_server(redirect, 0)->udp4);
	packet_start(&p, DNS_RD, 1, 0, 0, 0);
	packet_question(&p, "a.test", DNS_A);
	send(stranger, p.bytes, p.w.len, 0);
	ok(is_silent(stranger) && gate->n_questions == 0);
	close(stranger);

	/* A known one at the socket of another server. */
	connect_to(target, &redirect_server(redirect, 1)->udp4);
	send(target, p.bytes, p.w.len, 0);
	ok(is_silent(target) && gate->n_questions == 0);

	own = at("127.0.0.1");
	stranger = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	connect_to(stranger, &redirect_server(redirect, 0)->tcp4);
	ok(run_until(stranger));
	ok(recv(stranger, got, 1, 0) < 0 && errno == ECONNRESET);
	close(stranger);
	stop();
}

static void test_servers(void)
{
	int other;

	start(2);
	/* The server that the program asked, when it is trusted. */
	other = redirected(SOCK_DGRAM, 1, "127.0.0.3:53");
	packet_start(&p, DNS_RD, 1, 0, 0, 0);
	packet_question(&p, "a.test", DNS_A);
	send(other, p.bytes, p.w.len, 0);
	ok(receive(resolver_udp[1]) && is_silent(resolver_udp[0]));
	/* "system": always the first. */
	fake_policy_settings()->dns_mode = DNS_SYSTEM;
	packet_start(&p, DNS_RD, 1, 0, 0, 0);
	packet_question(&p, "x.pkg.test", DNS_A);
	send(other, p.bytes, p.w.len, 0);
	ok(receive(resolver_udp[0]) && is_silent(resolver_udp[1]));
	/* Strict: who asks another server is refused. */
	fake_policy_settings()->strict_servers = true;
	ask("a.test", DNS_A);
	ok(receive(target) && rcode() == DNS_REFUSED);
	ok(gate->questions[gate->n_questions - 1].reason == REASON_RESOLVER);
	close(other);
	stop();
}

/* The policy was reloaded: resolvers come, go, and come back. */
static void test_trust(void)
{
	struct ef_err err = { 0 };
	bool is_trusted;

	start(1);
	ok(!dns_trust(service, resolver_at, 2, &err));
	ok(redirect_find_server(redirect, &resolver_at[1], &is_trusted) == 1 &&
	   is_trusted);
	ok(!dns_trust(service, resolver_at + 1, 1, &err));
	ok(redirect_find_server(redirect, &resolver_at[0], &is_trusted) == 1 &&
	   !is_trusted);
	/* Who is connected to the first one's socket asks the second now. */
	ask("a.test", DNS_A);
	ok(receive(resolver_udp[1]) && is_silent(resolver_udp[0]));
	ok(!dns_trust(service, resolver_at, 1, &err));
	ok(redirect_n_servers(redirect) == 2);
	ask("x.pkg.test", DNS_A);
	ok(receive(resolver_udp[0]) && is_silent(resolver_udp[1]));
	/* What it still had to say is not heard, and asked of the other one. */
	ok(!dns_trust(service, resolver_at + 1, 1, &err));
	answer_start(REPLY, 1);
	packet_a(&p, "x.pkg.test", 5, 66);
	answer_from(resolver_udp[0]);
	ok(receive(resolver_udp[1]) && is_silent(target) && !gate->n_binds);
	/* And nobody, when there is none. */
	ok(!dns_trust(service, NULL, 0, &err));
	ok(redirect_find_server(redirect, &resolver_at[0], &is_trusted) == -1);
	ask("y.pkg.test", DNS_A);
	ok(receive(target) && rcode() == DNS_SERVFAIL);
	ok(is_silent(resolver_udp[0]) && is_silent(resolver_udp[1]));
	stop();
}

static void test_hosts(void)
{
	hosts[0].addr = at("192.0.2.10");
	hosts[1].addr = at("192.0.2.11");
	hosts[2].addr = at("192.0.2.12");
	dname_from_text("x.pkg.test", &hosts[0].name);
	hosts[1].name = hosts[0].name;
	dname_from_text("y.test", &hosts[2].name);
	start(1);
	fake_policy_settings()->dns_mode = DNS_SYSTEM;
	ask("x.pkg.test", DNS_A);
	ok(receive(target) && rcode() == 0 && n_answers() == 2);
	ask("x.pkg.test", DNS_AAAA);
	ok(receive(target) && rcode() == 0 && n_answers() == 0);
	/* Not allowed: a placeholder, whatever the file says. */
	ask("y.test", DNS_A);
	ok(receive(target) && !memcmp(got + got_len - 4, "\306\22\0\1", 4));
	ok(is_silent(resolver_udp[0]));
	ask("x.pkg.test", 16);
	ok(receive(resolver_udp[0]));
	fake_policy_settings()->dns_mode = DNS_PRESERVE;
	ask("x.pkg.test", DNS_A);
	ok(receive(resolver_udp[0]));
	stop();
}

/* What a service record leads to is bound to who led there. */
static void test_service(void)
{
	start(1);
	ask("a.test", DNS_HTTPS);
	ok(receive(resolver_udp[0]));
	answer_start(REPLY, 1);
	packet_record(&p, "a.test", DNS_HTTPS, 5, "\0\0\1x\3pkg\4test\0", 14);
	answer_from(resolver_udp[0]);
	ok(receive(target) && n_answers() == 1);
	ask("x.pkg.test", DNS_A);
	ok(receive(resolver_udp[0]));
	answer_start(REPLY, 1);
	packet_a(&p, "x.pkg.test", 5, 9);
	answer_from(resolver_udp[0]);
	ok(receive(target) && n_answers() == 1);
	ok_str(fake_gate_bound("x.pkg.test"), "192.0.2.9 ");
	ok_str(fake_gate_bound("a.test"), "192.0.2.9 ");
	stop();
}

/* Answers that are not the answer: none is believed, the real one is. */
static void test_rogue(void)
{
	struct addr elsewhere = at("127.0.0.9");
	int liar;

	start(1);
	liar = open_on(SOCK_DGRAM, &elsewhere);
	ask("a.test", DNS_A);
	ok(receive(resolver_udp[0]));

	answer_start(REPLY, 1);
	packet_a(&p, "a.test", 5, 66);
	answer_from(liar); /* another source */
	p.bytes[0] ^= 1;
	answer_from(resolver_udp[0]); /* another id */
	p.bytes[0] ^= 1;
	p.bytes[2] = 1;
	answer_from(resolver_udp[0]); /* no answer */
	p.bytes[2] = 0x81;
	p.bytes[13] = 'b';
	answer_from(resolver_udp[0]); /* another name */
	answer_start(REPLY, 1);
	p.bytes[20] = DNS_AAAA;
	packet_a(&p, "a.test", 5, 66);
	answer_from(resolver_udp[0]); /* another type */
	answer_start(REPLY, 2);
	packet_a(&p, "a.test", 5, 66);
	answer_from(resolver_udp[0]); /* a record short */
	answer_start(REPLY, 1);
	packet_a(&p, "a.test", 5, 66);
	write_u8(&p.w, 0);
	answer_from(resolver_udp[0]); /* a trailing byte */
	ok(is_silent(target) && gate->n_binds == 0);

	answer_start(REPLY, 1);
	packet_a(&p, "a.test", 5, 1);
	answer_from(resolver_udp[0]);
	ok(receive(target));
	ok_str(fake_gate_bound("a.test"), "192.0.2.1 ");
	/* One row tells of all that came from the resolver. */
	ok(gate->n_events == 1);
	ok(strstr(gate->event, "answer-dropped question 1, a.test type 1: "
			       "6 dropped, the first from 127.0.0.2:"));
	ok(strstr(gate->event, ", the answer to something else"));
	/* Once more, late: the socket is gone. */
	packet_a(&p, "a.test", 5, 67);
	answer_from(resolver_udp[0]);
	ok(is_silent(target));
	ok_str(fake_gate_bound("a.test"), "192.0.2.1 ");
	close(liar);
	stop();
}

static void test_rebinding(void)
{
	start(1);
	ask("x.pkg.test", DNS_A);
	ok(receive(resolver_udp[0]));
	answer_start(REPLY, 2);
	packet_record(&p, "x.pkg.test", DNS_A, 5, "\177\0\0\1", 4);
	packet_record(&p, "x.pkg.test", DNS_A, 5, "\251\376\251\376", 4);
	answer_from(resolver_udp[0]);
	/* Handed over as it is, bound to nothing. */
	ok(receive(target) && n_answers() == 2 && gate->n_binds == 0);
	stop();
}

static void test_timeouts(void)
{
	struct sockaddr_storage first;

	start(2);
	ask("a.test", DNS_A);
	ok(receive(resolver_udp[0]));
	first = asked_from;
	now_ns += 2 * SECOND_NS;
	ok(receive(resolver_udp[0])); /* again, from the same socket */
	ok(!memcmp(&first, &asked_from, sizeof(struct sockaddr_in)));
	ok(is_silent(resolver_udp[1]));
	now_ns += 2 * SECOND_NS;
	ok(receive(resolver_udp[1]) && is_silent(resolver_udp[0]));
	ok(is_silent(target));
	now_ns += SECOND_NS;
	ok(receive(target) && rcode() == DNS_SERVFAIL);
	ok(gate->n_answers == 1 && gate->answers[0].rcode == DNS_SERVFAIL);

	/* The answer of the second server counts. */
	ask("a.test", DNS_A);
	ok(receive(resolver_udp[0]));
	now_ns += 2 * SECOND_NS;
	ok(receive(resolver_udp[0]));
	now_ns += 2 * SECOND_NS;
	ok(receive(resolver_udp[1]));
	answer_start(REPLY, 1);
	packet_a(&p, "a.test", 5, 7);
	answer_from(resolver_udp[1]);
	ok(receive(target) && n_answers() == 1);
	ok_str(fake_gate_bound("a.test"), "192.0.2.7 ");
	stop();
}

/* A server that knows nothing of EDNS is asked again without (RFC 6891). */
static void test_no_edns(void)
{
	start(1);
	ask("a.test", DNS_A);
	ok(receive(resolver_udp[0]) && got[11] == 1);
	answer_start(REPLY | DNS_FORMERR, 0);
	answer_from(resolver_udp[0]);
	ok(receive(resolver_udp[0]) && got[11] == 0);
	answer_start(REPLY, 1);
	packet_a(&p, "a.test", 5, 1);
	answer_from(resolver_udp[0]);
	ok(receive(target) && rcode() == 0 && n_answers() == 1);
	ok_str(fake_gate_bound("a.test"), "192.0.2.1 ");

	/* It may send a header alone; what it says without the OPT counts. */
	ask("a.test", DNS_AAAA);
	ok(receive(resolver_udp[0]));
	answer_start(REPLY | DNS_NOTIMP, 0);
	memset(p.bytes + 4, 0, 8);
	p.w.len = DNS_HEADER;
	answer_from(resolver_udp[0]);
	ok(receive(resolver_udp[0]) && got[11] == 0);
	answer_start(REPLY | DNS_NOTIMP, 0);
	answer_from(resolver_udp[0]);
	ok(receive(target) && rcode() == DNS_NOTIMP);

	/* A header for another question is not the server's word. */
	ask("x.pkg.test", DNS_A);
	ok(receive(resolver_udp[0]));
	answer_start(REPLY | DNS_FORMERR, 0);
	memset(p.bytes + 4, 0, 8);
	p.bytes[0] ^= 1;
	p.w.len = DNS_HEADER;
	answer_from(resolver_udp[0]);
	ok(is_silent(resolver_udp[0]) && is_silent(target));
	stop();
}

static void test_unreachable(void)
{
	start(2);
	close(resolver_udp[0]);
	ask("a.test", DNS_A);
	ok(receive(resolver_udp[1])); /* at once, no time has passed */
	close(resolver_udp[1]);
	ask("x.pkg.test", DNS_A);
	ok(receive(target) && rcode() == DNS_SERVFAIL);
	resolver_udp[0] = resolver_udp[1] = -1;
	stop();
}

static void test_joining(void)
{
	start(1);
	ask("a.test", DNS_A);
	ok(receive(resolver_udp[0]));
	ask("A.TEST", DNS_A);
	ask("a.test", DNS_AAAA); /* another question */
	run_once();
	answer_start(REPLY, 1);
	packet_a(&p, "a.test", 7200, 1);
	answer_from(resolver_udp[0]);
	ok(receive(target) && !memcmp(got + 12, "\1a\4test", 7));
	ok(receive(target) && !memcmp(got + 12, "\1A\4TEST", 7));
	ok(gate->n_binds == 1 && gate->binds[0].hold_s == 3600);
	ok(gate->n_questions == 3 && gate->n_answers == 2);
	ok(receive(resolver_udp[0]) && got[got_len - 14] == DNS_AAAA);
	ok(is_silent(resolver_udp[0]));
	stop();
}

int main(void)
{
	test_forward();
	test_refusals();
	test_garbage();
	test_strangers();
	test_servers();
	test_trust();
	test_hosts();
	test_service();
	test_rogue();
	test_rebinding();
	test_timeouts();
	test_no_edns();
	test_unreachable();
	test_joining();
	return done();
}
