/* SPDX-License-Identifier: MIT */
/* The DNS service over TCP, on both sides, and names of its own asking. */
#include "dns/resolver.h"
#include "unit/dns_world.h"

/* Take the connection that the service opens to the resolver, and its
 * question. */
static int accept_stream(void)
{
	int fd = -1;

	if (run_until(resolver_tcp[0]))
		fd = accept4(resolver_tcp[0], NULL, NULL, SOCK_NONBLOCK);
	if (fd < 0 || !receive(fd) || got_len < 2)
		return -1;
	got_len -= 2;
	memmove(got, got + 2, got_len);
	return fd;
}

static void answer_stream(int fd)
{
	uint8_t len[2] = { (uint8_t)(p.w.len >> 8), (uint8_t)p.w.len };

	/* One byte of the length first: frames come in any pieces. */
	send(fd, len, 1, 0);
	run_once();
	send(fd, len + 1, 1, 0);
	send(fd, p.bytes, p.w.len, 0);
}

static void test_truncated(void)
{
	int fd;

	start(1);
	ask("a.test", DNS_A);
	ok(receive(resolver_udp[0]));
	answer_start(REPLY | DNS_TC, 0);
	answer_from(resolver_udp[0]);
	fd = accept_stream();
	ok(fd >= 0);
	answer_start(REPLY, 90);
	for (unsigned int i = 0; i < 90; i++)
		packet_a(&p, "a.test", 5, (uint8_t)i);
	answer_stream(fd);
	/* 512 bytes are not enough: TC, and as much as fits. */
	ok(receive(target) && got_len <= 512 && got[2] & 2);
	ok(n_answers() > 10 && gate->n_binds == 64);
	close(fd);

	/* A resolver that changes our capitals is asked over TCP, too. */
	for (int i = 0; i < 200; i++) {
		struct dns_query q;

		ask("abcdefgh.pkg.test", DNS_A);
		if (!receive(resolver_udp[0]))
			break;
		answer_start(REPLY, 0);
		dns_query_decode(got, got_len, &q);
		for (size_t k = 12; k < 12u + q.name.len; k++)
			if (p.bytes[k] >= 'A' && p.bytes[k] <= 'Z')
				p.bytes[k] ^= 0x20;
		answer_from(resolver_udp[0]);
		break;
	}
	fd = accept_stream();
	ok(fd >= 0);
	answer_start(REPLY, 1);
	packet_a(&p, "abcdefgh.pkg.test", 5, 1);
	answer_stream(fd);
	ok(receive(target) && rcode() == 0 && n_answers() == 1);
	close(fd);
	stop();
}

/* What is malformed ends the stream, is recorded, and the next is asked. */
static void test_malformed(void)
{
	int fd;

	start(2);
	ask("a.test", DNS_A);
	ok(receive(resolver_udp[0]));
	answer_start(REPLY | DNS_TC, 0);
	answer_from(resolver_udp[0]);
	fd = accept_stream();
	answer_start(REPLY, 2);
	packet_a(&p, "a.test", 5, 66);
	answer_stream(fd);
	ok(receive(resolver_udp[1]));
	answer_start(REPLY, 1);
	packet_a(&p, "a.test", 5, 1);
	answer_from(resolver_udp[1]);
	ok(receive(target) && n_answers() == 1);
	ok_str(fake_gate_bound("a.test"), "192.0.2.1 ");
	ok(gate->n_events == 1 && strstr(gate->event, ", malformed"));
	close(fd);
	stop();
}

/*
 * Who knows our port, and a target does, may have somebody guess id and
 * capitals. Such a server is asked over TCP, for a while at once.
 */
static void test_guessed(void)
{
	int fd;

	start(1);
	ask("a.test", DNS_A);
	ok(receive(resolver_udp[0]));
	answer_start(REPLY, 1);
	packet_a(&p, "a.test", 5, 66);
	for (int i = 0; i < 8; i++) {
		p.bytes[0]++;
		answer_from(resolver_udp[0]);
	}
	run_once();
	p.bytes[0] = got[0];
	answer_from(resolver_udp[0]);
	ok(is_silent(target));
	fd = accept_stream();
	ok(fd >= 0);
	answer_start(REPLY, 1);
	packet_a(&p, "a.test", 5, 1);
	answer_stream(fd);
	ok(receive(target) && n_answers() == 1);
	ok_str(fake_gate_bound("a.test"), "192.0.2.1 ");
	ok(strstr(gate->event, "a.test type 1: 8 dropped, "));
	close(fd);
	ask("b.pkg.test", DNS_A);
	fd = accept_stream();
	ok(fd >= 0 && is_silent(resolver_udp[0]));
	answer_start(REPLY, 1);
	packet_a(&p, "b.pkg.test", 5, 2);
	answer_stream(fd);
	ok(receive(target) && n_answers() == 1);
	close(fd);
	now_ns += 61 * SECOND_NS;
	ask("c.pkg.test", DNS_A);
	ok(receive(resolver_udp[0]));
	stop();
}

/* Nobody can say who else is connected to our port: a resolver of this machine
 * is asked where nobody can get between. */
static void test_unlisted(void)
{
	int fd;

	start(1);
	service->sockets.has_udp = false;
	ask("a.test", DNS_A);
	fd = accept_stream();
	ok(fd >= 0 && is_silent(resolver_udp[0]));
	if (fd >= 0) {
		answer_start(REPLY, 1);
		packet_a(&p, "a.test", 5, 1);
		answer_stream(fd);
		ok(receive(target) && n_answers() == 1);
		close(fd);
	}
	stop();
}

/* Where the target listens itself, nothing is believed over TCP. */
static void test_taken(void)
{
	start(1);
	redirect_distrust(redirect, &resolver_at[0]);
	ask("a.test", DNS_A);
	ok(receive(resolver_udp[0]));
	answer_start(REPLY | DNS_TC, 0);
	answer_from(resolver_udp[0]);
	ok(receive(target) && rcode() == DNS_SERVFAIL && n_answers() == 0);
	/* What it says over UDP still counts. */
	ask("b.pkg.test", DNS_A);
	ok(receive(resolver_udp[0]));
	answer_start(REPLY, 1);
	packet_a(&p, "b.pkg.test", 5, 1);
	answer_from(resolver_udp[0]);
	ok(receive(target) && n_answers() == 1 && gate->n_binds == 1);
	stop();
}

static void send_frame(int fd, const char *name, uint16_t id)
{
	uint8_t len[2];

	packet_start(&p, DNS_RD, 1, 0, 0, 0);
	packet_question(&p, name, DNS_A);
	p.bytes[0] = (uint8_t)(id >> 8);
	p.bytes[1] = (uint8_t)id;
	len[0] = 0;
	len[1] = (uint8_t)p.w.len;
	send(fd, len, 2, 0);
	send(fd, p.bytes, p.w.len, 0);
}

static size_t count_frames(int fd, unsigned int want)
{
	size_t have = 0, at_byte = 0, n = 0;

	while (n < want && run_until(fd)) {
		ssize_t more = recv(fd, got + have, sizeof(got) - have, 0);

		if (more <= 0)
			break;
		have += (size_t)more;
		while (have - at_byte >= 2 &&
		       have - at_byte - 2 >=
			       (size_t)(got[at_byte] << 8 | got[at_byte + 1])) {
			at_byte += 2u + (size_t)(got[at_byte] << 8 |
						 got[at_byte + 1]);
			n++;
		}
	}
	got_len = have;
	return n;
}

static void test_stream(void)
{
	int fd;

	start(1);
	fd = redirected(SOCK_STREAM, 0, "192.0.2.53:53");
	/* Pipelined: the local answer overtakes the one that is looked up. */
	send_frame(fd, "a.test", 1);
	send_frame(fd, "b.test", 2);
	ok(count_frames(fd, 1) == 1 && got[3] == 2);
	ok(receive(resolver_udp[0]));
	answer_start(REPLY, 90);
	for (unsigned int i = 0; i < 90; i++)
		packet_a(&p, "a.test", 5, (uint8_t)i);
	answer_from(resolver_udp[0]);
	ok(count_frames(fd, 1) == 1 && got[3] == 1 && !(got[4] & 2));
	ok(got[9] == 90 && gate->questions[0].proto == PROTO_TCP);

	/* Many more than may be under way at once. */
	for (uint16_t i = 0; i < 300; i++)
		send_frame(fd, "b.test", i);
	ok(count_frames(fd, 300) == 300);

	/* Half closed after the last question: it is still answered. */
	send_frame(fd, "a.test", 9);
	shutdown(fd, SHUT_WR);
	ok(receive(resolver_udp[0]));
	answer_start(REPLY, 0);
	answer_from(resolver_udp[0]);
	ok(count_frames(fd, 1) == 1 && got[3] == 9);
	ok(run_until(fd) && recv(fd, got, 1, 0) == 0);
	close(fd);
	stop();
}

/* What is too long is told so (FORMERR), and what comes behind is read. */
static void test_long_question(void)
{
	static uint8_t big[2 + 65535];
	int fd;

	start(1);
	fd = redirected(SOCK_STREAM, 0, "192.0.2.53:53");
	packet_start(&p, DNS_RD, 1, 0, 0, 0);
	packet_question(&p, "a.test", DNS_A);
	memcpy(big + 2, p.bytes, p.w.len);
	for (int len = 4097; len <= 65535; len += 65535 - 4097) {
		size_t n = 2 + (size_t)len, done, piece;

		big[0] = (uint8_t)(len >> 8);
		big[1] = (uint8_t)len;
		/* In pieces that end anywhere. */
		for (done = 0; done < n; done += piece) {
			piece = n - done < 1003 ? n - done : 1003;
			send(fd, big + done, piece, 0);
			run_once();
		}
		send_frame(fd, "b.test", 7);
		ok(count_frames(fd, 2) == 2);
		ok(got[2] == 0x12 && got[3] == 0x34 && (got[5] & 15) == 1);
		ok(got[17] == 7 && (got[19] & 15) == 0);
	}
	ok(gate->n_questions == 4);
	ok(gate->questions[0].reason == REASON_MALFORMED);
	close(fd);
	stop();
}

static void test_stream_limits(void)
{
	int fd;

	start(1);
	fd = redirected(SOCK_STREAM, 0, "192.0.2.53:53");
	send(fd, "\0\3abc", 5, 0); /* too short for a message */
	ok(run_until(fd) && recv(fd, got, 1, 0) <= 0);
	close(fd);
	fd = redirected(SOCK_STREAM, 0, "192.0.2.53:53");
	send(fd, "\0", 1, 0);
	ok(is_silent(fd));
	now_ns += 11 * SECOND_NS;
	ok(run_until(fd) && recv(fd, got, 1, 0) <= 0); /* silent too long */
	close(fd);

	/* As many questions as may be under way, none answered, then all. */
	fd = redirected(SOCK_STREAM, 0, "192.0.2.53:53");
	for (uint16_t i = 0; i < 100; i++)
		send_frame(fd, "a.test", i);
	ok(receive(resolver_udp[0]));
	run_once();
	ok(gate->n_questions == 64);
	answer_start(REPLY, 0);
	answer_from(resolver_udp[0]);
	ok(count_frames(fd, 64) == 64);
	ok(receive(resolver_udp[0]));
	answer_start(REPLY, 0);
	answer_from(resolver_udp[0]);
	ok(count_frames(fd, 36) == 36 && gate->n_questions == 100);
	close(fd);
	stop();
}

static struct resolve_result result;

static bool run_until_resolved(void)
{
	for (int ms = 0; ms < PATIENCE; ms++) {
		struct pollfd fd = { .fd = dns_fd(service), .events = POLLIN };

		dns_step(service);
		if (resolve_next(service, &result))
			return true;
		poll(&fd, 1, 1);
	}
	return false;
}

static void test_resolve(void)
{
	struct dname name;

	start(1);
	dname_from_text("a.test", &name);
	ok(!resolve_start(service, &name, RESOLVE_IP4, 7));
	ok(receive(resolver_udp[0]));
	answer_start(REPLY, 2);
	packet_a(&p, "a.test", 5, 1);
	packet_record(&p, "a.test", DNS_A, 5, "\177\0\0\1", 4);
	answer_from(resolver_udp[0]);
	ok(run_until_resolved() && result.tag == 7 && !result.error);
	ok(result.n == 1); /* what is not bound is not told */
	ok_str(fake_gate_bound("a.test"), "192.0.2.1 ");

	ok(!resolve_start(service, &name, RESOLVE_BOTH, 8));
	for (int i = 0; i < 2; i++) {
		ok(receive(resolver_udp[0]));
		answer_start(REPLY | DNS_NXDOMAIN, 0);
		answer_from(resolver_udp[0]);
	}
	ok(run_until_resolved() && result.tag == 8 && result.error == -ENOENT);

	ok(!resolve_start(service, &name, RESOLVE_IP6, 9));
	ok(receive(resolver_udp[0]));
	now_ns += 2 * SECOND_NS;
	ok(receive(resolver_udp[0]));
	now_ns += 3 * SECOND_NS;
	ok(run_until_resolved() && result.error == -ETIMEDOUT);
	for (uint64_t i = 0; i < 300; i++)
		if (resolve_start(service, &name, RESOLVE_IP4, i)) {
			ok(i == 256);
			break;
		}
	stop();
}

static void test_open(void)
{
	struct dns_options o = { .resolvers = resolver_at, .n_resolvers = 1 };
	struct resolver *second = NULL;
	struct ef_err err = { 0 };

	start(1);
	/* On the resolver's own address, since that is a loopback one. */
	ok(redirect_server(redirect, 0)->udp4.ip[3] == 2);
	ok(redirect_is_ours(redirect, &redirect_server(redirect, 0)->tcp4, true));
	o.gate = fake_gate_as_gate();
	o.redirect = redirect_new();
	o.port = redirect_server(redirect, 0)->udp4.port;
	ok(dns_open(&o, &second, &err) == -EADDRINUSE && !second);
	ok(strstr(err.msg, "127.0.0.2:") != NULL);
	o.n_resolvers = 0;
	ok(!dns_open(&o, &second, &err) && dns_step(second) == -1);
	dns_close(second);
	redirect_free(o.redirect);
	stop();
}

int main(void)
{
	test_truncated();
	test_malformed();
	test_guessed();
	test_unlisted();
	test_taken();
	test_stream();
	test_stream_limits();
	test_long_question();
	test_resolve();
	test_open();
	return done();
}
