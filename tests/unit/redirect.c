/* SPDX-License-Identifier: MIT */
/* Redirected sockets: who asks, what was meant, which ports are ours. */
#include "gate/redirect.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "tap.h"

static int64_t now_ns = 1;

/* Time as this test wants it. */
int64_t clock_mono_ns(void)
{
	return now_ns;
}

static struct addr at(const char *text)
{
	struct addr a;

	addr_parse(text, &a);
	return a;
}

static struct redirect_peer peer(unsigned int i, bool is_tcp)
{
	struct redirect_peer p = { .source = at("127.0.0.1"),
				   .is_tcp = is_tcp,
				   .meant = at("8.8.8.8:53"),
				   .cookie = 1000 + i,
				   .pid = (pid_t)i };

	p.source.port = (uint16_t)(1024 + i);
	return p;
}

static void add(struct redirect *r, unsigned int i, bool is_tcp)
{
	struct redirect_peer p = peer(i, is_tcp);

	redirect_register(r, &p);
}

static bool has_source(struct redirect *r, unsigned int i, bool is_tcp)
{
	struct redirect_peer p = peer(i, is_tcp), got;

	return redirect_find_peer(r, &p.source, is_tcp, 0, &got) &&
	       got.pid == (pid_t)i && got.cookie == 1000 + i;
}

static void test_servers(struct redirect *r)
{
	struct redirect_server s = { .server = at("192.0.2.53:53"),
				     .udp4 = at("127.0.0.1:4053"),
				     .tcp6 = at("[::1]:4054") };
	struct addr a = at("192.0.2.53:53");
	bool trusted;

	ok(redirect_find_server(r, &a, &trusted) == -1 && !trusted);
	ok(!redirect_add_server(r, &s));
	s = (struct redirect_server){ .server = at("192.0.2.54:5300") };
	ok(!redirect_add_server(r, &s) && redirect_n_servers(r) == 2);
	ok(redirect_server(r, 1)->server.port == 5300);
	ok(redirect_find_server(r, &a, &trusted) == 0 && trusted);
	a = at("192.0.2.54:5300");
	ok(redirect_find_server(r, &a, &trusted) == 1 && trusted);
	a = at("192.0.2.54:53");
	ok(redirect_find_server(r, &a, &trusted) == 0 && !trusted);
	for (int i = 2; i < REDIRECT_SERVERS_MAX; i++)
		redirect_add_server(r, &s);
	ok(redirect_add_server(r, &s) == -ENOSPC);
}

static bool ours(struct redirect *r, const char *text, bool is_tcp)
{
	struct addr a = at(text);

	return redirect_is_ours(r, &a, is_tcp);
}

static void test_ports(struct redirect *r)
{
	ok(ours(r, "127.0.0.1:4053", false));
	ok(!ours(r, "127.0.0.1:4053", true));
	ok(!ours(r, "127.0.0.2:4053", false));
	ok(ours(r, "[::1]:4054", true));
	redirect_claim_port(r, 5000, false);
	redirect_claim_port(r, 5000, false);
	ok(ours(r, "127.0.0.9:5000", false) && ours(r, "[::1]:5000", false));
	ok(!ours(r, "127.0.0.1:5000", true));
	ok(!ours(r, "203.0.113.77:5000", false)); /* not of this machine */
	redirect_release_port(r, 5000, false);
	ok(ours(r, "127.0.0.1:5000", false));
	redirect_release_port(r, 5000, false);
	redirect_release_port(r, 5000, false);
	ok(!ours(r, "127.0.0.1:5000", false));
}

static void test_taken(void)
{
	static const char *const servers[] = { "127.0.0.53:53",
					       "192.0.2.53:53" };
	struct redirect *r = redirect_new();
	struct addr any = at("127.0.0.1:53");

	memset(any.ip, 0, sizeof(any.ip));
	for (int i = 0; i < 2; i++) {
		struct redirect_server s = { .server = at(servers[i]) };

		redirect_add_server(r, &s);
	}
	any.port = 54;
	redirect_distrust(r, &any);
	any = at("127.0.0.1:53");
	redirect_distrust(r, &any);
	ok(!redirect_is_taken(r, 0) && !redirect_is_taken(r, 1));
	memset(any.ip, 0, sizeof(any.ip));
	redirect_distrust(r, &any);
	ok(redirect_is_taken(r, 0) && !redirect_is_taken(r, 1));
	any = at("192.0.2.53:53");
	redirect_distrust(r, &any);
	ok(redirect_is_taken(r, 1));
	redirect_free(r);
}

static void test_peers(struct redirect *r)
{
	struct redirect_peer p = peer(1, false), got;

	ok(!has_source(r, 1, false));
	add(r, 1, false);
	add(r, 2, true);
	ok(has_source(r, 1, false) && !has_source(r, 1, true));
	ok(has_source(r, 2, true) && !has_source(r, 2, false));
	ok(redirect_find_cookie(r, 1001, &got) && got.meant.port == 53);
	ok(!redirect_find_cookie(r, 999, &got));

	/* The same source again: another socket took the port. */
	p.cookie = 77;
	redirect_register(r, &p);
	ok(!redirect_find_cookie(r, 1001, &got));
	ok(redirect_find_cookie(r, 77, &got));
	redirect_forget(r, 77);
	redirect_forget(r, 77);
	ok(!redirect_find_peer(r, &p.source, false, 0, &got));
	ok(has_source(r, 2, true));
}

static void test_age(struct redirect *r)
{
	const int64_t minute_ns = 60 * INT64_C(1000000000);
	unsigned int seen = 0;

	now_ns += 9 * minute_ns;
	ok(has_source(r, 2, true)); /* used: it lives on */
	now_ns += 9 * minute_ns;
	ok(has_source(r, 2, true));
	now_ns += 11 * minute_ns;
	ok(!has_source(r, 2, true));

	for (unsigned int i = 0; i < REDIRECT_PEERS_MAX; i++)
		add(r, i, false);
	ok(has_source(r, 0, false));
	add(r, REDIRECT_PEERS_MAX, false); /* takes the place of peer 1 */
	ok(has_source(r, 0, false) && !has_source(r, 1, false));
	for (unsigned int i = 2; i <= REDIRECT_PEERS_MAX; i++)
		seen += has_source(r, i, false);
	ok(seen == REDIRECT_PEERS_MAX - 1);
}

int main(void)
{
	struct redirect *r = redirect_new();

	ok(r != NULL);
	test_servers(r);
	test_ports(r);
	test_taken();
	test_peers(r);
	test_age(r);
	redirect_free(r);
	redirect_free(NULL);
	return done();
}
