/* SPDX-License-Identifier: MIT */
#ifndef DNS_WORLD_H
#define DNS_WORLD_H

#include "dns/service.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "fakes/gate.h"
#include "fakes/policy.h"
#include "tap.h"
#include "unit/dns_packet.h"
#include "wire/dns_answer.h"

/*
 * The DNS service between a target and resolvers that the test plays itself,
 * over sockets of the loopback, with time as the test wants it.
 */
#define REPLY	  (DNS_QR | DNS_RD | DNS_RA)
#define SECOND_NS INT64_C(1000000000)
#define PATIENCE  10000 /* ms until a lost event fails the test */

static int64_t now_ns = SECOND_NS;

/* Time as this test wants it. */
int64_t clock_mono_ns(void)
{
	return now_ns;
}

static struct resolver *service;
static struct redirect *redirect;
static struct fake_gate *gate;
static struct host_entry hosts[3];
static int resolver_udp[2], resolver_tcp[2]; /* played by the test */
static struct addr resolver_at[2];
static int target = -1; /* the target's socket */

static uint8_t got[65536];
static size_t got_len;
static struct sockaddr_storage asked_from;
static struct packet p;

static inline struct addr at(const char *text)
{
	struct addr a;

	if (addr_parse(text, &a))
		abort();
	return a;
}

static inline int open_on(int type, struct addr *a)
{
	struct sockaddr_storage ss;
	int domain = a->family == ADDR_IP4 ? AF_INET : AF_INET6;
	int fd = socket(domain, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	socklen_t len = addr_encode(a, domain, &ss);

	if (fd < 0 || bind(fd, (struct sockaddr *)&ss, len))
		abort();
	len = sizeof(ss);
	if (getsockname(fd, (struct sockaddr *)&ss, &len))
		abort();
	addr_from_sockaddr(&ss, a);
	if (type == SOCK_STREAM && listen(fd, 8))
		abort();
	return fd;
}

static inline void connect_to(int fd, const struct addr *to)
{
	struct sockaddr_storage ss;
	int domain = to->family == ADDR_IP4 ? AF_INET : AF_INET6;
	socklen_t len = addr_encode(to, domain, &ss);

	if (connect(fd, (struct sockaddr *)&ss, len) && errno != EINPROGRESS)
		abort();
}

/* Let the service work until fd is readable; false after much patience. */
static inline bool run_until(int fd)
{
	struct pollfd fds[2] = { { .fd = fd, .events = POLLIN },
				 { .fd = dns_fd(service), .events = POLLIN } };

	for (int ms = 0; ms < PATIENCE; ms += 10) {
		dns_step(service);
		if (poll(fds, 2, 10) > 0 && fds[0].revents)
			return true;
	}
	return false;
}

/* Let it do what is ready now. */
static inline void run_once(void)
{
	struct pollfd fd = { .fd = dns_fd(service), .events = POLLIN };

	do
		dns_step(service);
	while (poll(&fd, 1, 0) > 0);
}

/* Sends are synchronous on loopback: what is not there now never comes. */
static inline bool is_silent(int fd)
{
	struct pollfd one = { .fd = fd, .events = POLLIN };

	run_once();
	return poll(&one, 1, 0) == 0;
}

static inline bool receive(int fd)
{
	socklen_t len = sizeof(asked_from);
	ssize_t n;

	got_len = 0;
	if (!run_until(fd))
		return false;
	n = recvfrom(fd, got, sizeof(got), 0, (struct sockaddr *)&asked_from,
		     &len);
	got_len = n > 0 ? (size_t)n : 0;
	return n >= 0;
}

/* A socket of the target that was sent to the service, and is known there. */
static inline int redirected(int type, unsigned int server, const char *meant)
{
	const struct redirect_server *s = redirect_server(redirect, server);
	struct redirect_peer peer = { .source = at("127.0.0.1"),
				      .is_tcp = type == SOCK_STREAM,
				      .server = server,
				      .meant = at(meant),
				      .pid = 42 };
	socklen_t cookie_len = sizeof(peer.cookie);
	int fd = open_on(SOCK_DGRAM, &peer.source);

	if (peer.is_tcp) {
		close(fd);
		fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	}
	connect_to(fd, peer.is_tcp ? &s->tcp4 : &s->udp4);
	if (peer.is_tcp) {
		struct sockaddr_storage ss;
		socklen_t len = sizeof(ss);

		getsockname(fd, (struct sockaddr *)&ss, &len);
		addr_from_sockaddr(&ss, &peer.source);
	}
	getsockopt(fd, SOL_SOCKET, SO_COOKIE, &peer.cookie, &cookie_len);
	redirect_register(redirect, &peer);
	return fd;
}

static inline void start(unsigned int n_resolvers)
{
	struct dns_options o = { .resolvers = resolver_at,
				 .n_resolvers = n_resolvers,
				 .hosts = hosts,
				 .n_hosts = 3 };
	struct ef_err err = { 0 };

	gate = fake_gate_reset();
	fake_policy_reset();
	fake_policy_name("a.test");
	fake_policy_name("*.pkg.test");
	redirect = redirect_new();
	for (int i = 0; i < 2; i++) {
		char ip[] = "127.0.0.2";

		ip[8] = (char)('2' + i);
		resolver_at[i] = at(ip);
		resolver_udp[i] = open_on(SOCK_DGRAM, &resolver_at[i]);
		resolver_tcp[i] = open_on(SOCK_STREAM, &resolver_at[i]);
	}
	o.gate = fake_gate_as_gate();
	o.redirect = redirect;
	if (dns_open(&o, &service, &err)) {
		printf("Bail out! %s\n", err.msg);
		exit(1);
	}
	target = redirected(SOCK_DGRAM, 0, "192.0.2.53:53");
}

static inline void stop(void)
{
	dns_close(service);
	redirect_free(redirect);
	close(target);
	for (int i = 0; i < 2; i++) {
		close(resolver_udp[i]);
		close(resolver_tcp[i]);
	}
}

static inline void ask(const char *name, uint16_t type)
{
	packet_start(&p, DNS_RD, 1, 0, 0, 0);
	packet_question(&p, name, type);
	if (send(target, p.bytes, p.w.len, 0) < 0)
		abort();
}

/* Start an answer to the query in got: same id, same spelling. */
static inline void answer_start(uint16_t flags, uint16_t ancount)
{
	struct dns_query q;

	if (dns_query_decode(got, got_len, &q))
		abort();
	packet_start(&p, flags, 1, ancount, 0, 0);
	memcpy(p.bytes, got, 2);
	write_bytes(&p.w, q.question, q.question_len);
}

static inline void answer_from(int fd)
{
	if (sendto(fd, p.bytes, p.w.len, 0, (struct sockaddr *)&asked_from,
		   sizeof(struct sockaddr_in)) < 0)
		abort();
}

static inline unsigned int rcode(void)
{
	return got_len < 12 ? 99 : got[3] & 0xf;
}

static inline unsigned int n_answers(void)
{
	return got_len < 12 ? 99 : got[7];
}

#endif
