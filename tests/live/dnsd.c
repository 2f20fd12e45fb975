/* SPDX-License-Identifier: MIT */
/*
 * The DNS service alone, for tests with real servers and clients: dnsd
 * [-n PATTERN]... [-m audit] [-y] [-s] [-p PORT] RESOLVER... serves who asks
 * from the loopback ports 20000 to 20499 (for the second resolver 20500 to
 * 20999, and so on) as if notify had sent them. It prints a line for each
 * resolver ("ready UDP4 UDP6 TCP4 TCP6", ports) and for whatever the gate is
 * told; a line "NAME FAMILIES" on stdin is looked up. Ends with stdin.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "dns/service.h"
#include "fakes/gate.h"
#include "fakes/policy.h"

#define FIRST_PORT 20000
#define N_PORTS	   500

static struct fake_gate *gate;
static struct dns_options options;
static struct addr resolvers[REDIRECT_SERVERS_MAX];

static void die(const char *why)
{
	fprintf(stderr, "dnsd: %s\n", why);
	exit(1);
}

static void read_options(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "n:m:ysp:")) != -1) {
		if (c == 'n')
			fake_policy_name(optarg);
		else if (c == 'm')
			gate->context.mode = MODE_AUDIT;
		else if (c == 'y')
			fake_policy_settings()->dns_mode = DNS_SYSTEM;
		else if (c == 's')
			fake_policy_settings()->strict_servers = true;
		else if (c == 'p')
			options.port = (uint16_t)atoi(optarg);
		else
			die("bad option");
	}
	for (; optind < argc; optind++) {
		struct addr *a = &resolvers[options.n_resolvers++];

		if (addr_parse(argv[optind], a))
			die("bad address");
		if (!a->port)
			a->port = 53;
	}
}

static void register_peer(struct redirect *r, unsigned int server,
			  const char *ip, uint16_t port, bool is_tcp)
{
	struct redirect_peer p = { .is_tcp = is_tcp,
				   .server = server,
				   .meant = redirect_server(r, server)->server,
				   .pid = 1 };

	if (addr_parse(ip, &p.source))
		die("bad peer");
	p.source.port = port;
	redirect_register(r, &p);
}

static void register_peers(struct redirect *r, unsigned int server)
{
	const struct redirect_server *s = redirect_server(r, server);

	for (unsigned int i = 0; i < N_PORTS; i++) {
		uint16_t port = (uint16_t)(FIRST_PORT + server * N_PORTS + i);

		for (int is_tcp = 0; is_tcp < 2; is_tcp++) {
			register_peer(r, server, "127.0.0.1", port, is_tcp);
			register_peer(r, server, "::1", port, is_tcp);
		}
	}
	printf("ready %u %u %u %u\n", s->udp4.port, s->udp6.port, s->tcp4.port,
	       s->tcp6.port);
}

/* One command of stdin; false at its end. */
static bool read_command(struct resolver *r)
{
	static uint64_t tag;
	char line[512], name[256];
	struct dname n;
	int families;

	if (!fgets(line, sizeof(line), stdin))
		return false;
	if (sscanf(line, "%255s %d", name, &families) != 2 ||
	    dname_from_text(name, &n))
		die("bad command");
	if (resolve_start(r, &n, (enum resolve_family)families, ++tag))
		die("too many lookups");
	return true;
}

static void print_results(struct resolver *r)
{
	struct resolve_result res;
	char ip[ADDR_TEXT_MAX];

	while (resolve_next(r, &res)) {
		printf("resolved %lu %d", (unsigned long)res.tag, res.error);
		for (size_t i = 0; i < res.n; i++)
			printf(" %s", addr_text(&res.addrs[i], ip));
		printf("\n");
	}
}

int main(int argc, char **argv)
{
	struct ef_err err = { 0 };
	struct resolver *r;
	int ms;

	setvbuf(stdout, NULL, _IOLBF, 0);
	setvbuf(stdin, NULL, _IONBF, 0);
	gate = fake_gate_reset();
	gate->prints = true;
	fake_policy_reset();
	read_options(argc, argv);
	options.gate = fake_gate_as_gate();
	options.redirect = redirect_new();
	options.resolvers = resolvers;
	if (dns_open(&options, &r, &err))
		die(err.msg);
	for (unsigned int i = 0; i < options.n_resolvers; i++)
		register_peers(options.redirect, i);
	for (;;) {
		struct pollfd fds[2] = { { .fd = dns_fd(r), .events = POLLIN },
					 { .fd = 0, .events = POLLIN } };

		ms = dns_step(r);
		print_results(r);
		if (poll(fds, 2, ms) > 0 && fds[1].revents && !read_command(r))
			break;
	}
	dns_close(r);
	redirect_free(options.redirect);
	return 0;
}
