/* SPDX-License-Identifier: MIT */
/* Sockets that ask a name server are led to the forwarder. */
#include "notify/dnsroute.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "notify/connect.h"
#include "notify/listen.h"

#define DNS_PORT 53

/* An address rule that names this very port makes it an ordinary destination
 * (decision 7); a rule for a name or the default does not. */
static bool is_allowed_loopback(const struct call *c, const struct addr *a)
{
	struct policy *p = gate_policy(c->ctx->gate);
	struct rule_walk walk = { { 0 } };
	const struct rule *r;
	bool found = false;

	while (addr_is_loopback(a) && !found &&
	       (r = policy_next_by_addr(p, a, &walk)))
		found = rule_has_port(r, a->port);
	policy_unref(p);
	return found;
}

static bool is_strict(const struct call *c)
{
	struct policy *p = gate_policy(c->ctx->gate);
	bool strict = policy_settings(p)->strict_servers;

	policy_unref(p);
	return strict;
}

enum dns_route dnsroute_find(const struct call *c, const struct addr *asked,
			     unsigned int *ret_server)
{
	bool is_tcp = c->type == SOCK_STREAM, is_trusted;
	int server;

	if (c->is_foreign_netns ||
	    (!is_tcp && c->protocol && c->protocol != IPPROTO_UDP))
		return ROUTE_ORDINARY;
	server = redirect_find_server(c->ctx->redirect, asked, &is_trusted);
	if (!is_trusted && asked->port != DNS_PORT)
		return ROUTE_ORDINARY;
	if (!is_trusted && is_allowed_loopback(c, asked))
		return ROUTE_ORDINARY;
	if (server < 0 || (!is_trusted && is_strict(c)) || !call_stays_here(c))
		return ROUTE_REFUSED;
	/* A resolver whose address a target has taken is none (decision 7). */
	if (is_tcp && addr_is_loopback(asked) &&
	    listen_has_tcp(c->ctx->listens, asked))
		return ROUTE_REFUSED;
	*ret_server = (unsigned int)server;
	return ROUTE_FORWARDER;
}

/* Everything of a peer but where it sends from. 0 or -errno (no row). */
static int describe_peer(const struct call *c, const struct addr *asked,
			 unsigned int server, struct redirect_peer *ret)
{
	const struct process *who;
	int r;

	*ret = (struct redirect_peer){ .is_tcp = c->type == SOCK_STREAM,
				       .server = server,
				       .meant = *asked,
				       .cookie = c->cookie,
				       .tid = c->tid };
	r = call_identify(c, &who, &ret->process);
	ret->pid = r < 0 ? c->tid : who->pid;
	return r;
}

static bool is_any_address(const struct addr *a)
{
	static const uint8_t zero[16];

	return !memcmp(a->ip, zero, sizeof(zero));
}

/* Register the peer under its present source address. An address that is not chosen yet will be loopback, as the forwarder's is. */
static void register_source(const struct call *c, struct redirect_peer *peer,
			    const struct addr *forwarder)
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);

	if (getsockname(c->sock, (struct sockaddr *)&ss, &len) < 0)
		return; /* unregistered: the forwarder will not listen to it */
	addr_from_sockaddr(&ss, &peer->source);
	if (is_any_address(&peer->source)) {
		uint16_t port = peer->source.port;

		addr_parse(forwarder->family == ADDR_IP4 ? "127.0.0.1" : "::1",
			   &peer->source);
		peer->source.port = port;
	}
	redirect_register(c->ctx->redirect, peer);
}

static int connect_to(struct call *c, const struct addr *to,
		      struct sockaddr_storage *ret_to, socklen_t *ret_len)
{
	*ret_len = addr_encode(to, c->domain, ret_to);
	return *ret_len ? connect_start_briefly(c, ret_to, *ret_len)
			: -EAFNOSUPPORT;
}

/* An IPv6 socket reaches an IPv4 address in mapped form, unless it is
 * IPV6_V6ONLY or bound to an IPv6 address; then it needs ::1 (kernel.md 6). */
static bool wants_ip6(const struct call *c, int error)
{
	return c->domain == AF_INET6 &&
	       (error == -ENETUNREACH || error == -EAFNOSUPPORT ||
		error == -EADDRNOTAVAIL || error == -EINVAL);
}

int dnsroute_connect(struct call *c, const struct addr *asked,
		     unsigned int server, struct sockaddr_storage *ret_to,
		     socklen_t *ret_len)
{
	struct redirect *redirect = c->ctx->redirect;
	const struct redirect_server *s = redirect_server(redirect, server);
	bool is_tcp = c->type == SOCK_STREAM;
	const struct addr *to = is_tcp ? &s->tcp4 : &s->udp4;
	struct redirect_peer peer;
	unsigned int begun;
	int r;

	if (describe_peer(c, asked, server, &peer) < 0)
		return -EPERM;
	begun = redirect_begin(redirect);
	r = connect_to(c, to, ret_to, ret_len);
	if (wants_ip6(c, r)) {
		to = is_tcp ? &s->tcp6 : &s->udp6;
		r = connect_to(c, to, ret_to, ret_len);
	}
	if (!r || r == -EINPROGRESS)
		register_source(c, &peer, to);
	redirect_end(redirect, begun);
	return r;
}

static int send_to(const struct call *c, const struct addr *to,
		   const void *data, size_t len)
{
	struct sockaddr_storage ss;
	socklen_t ss_len = addr_encode(to, c->domain, &ss);

	if (!ss_len)
		return -EAFNOSUPPORT;
	return sendto(c->sock, data, len, MSG_DONTWAIT | MSG_NOSIGNAL,
		      (struct sockaddr *)&ss, ss_len) < 0
		       ? -errno
		       : 0;
}

static bool has_peer(int sock)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	return getpeername(sock, (struct sockaddr *)&ss, &len) == 0;
}

int dnsroute_send(struct call *c, const struct addr *asked, unsigned int server,
		  const void *data, size_t len)
{
	struct redirect *redirect = c->ctx->redirect;
	const struct redirect_server *s = redirect_server(redirect, server);
	/* Who asks over IPv6 can be answered from there over IPv6 only. */
	bool by_ip6 = asked->family == ADDR_IP6 && s->udp6.family;
	const struct addr *to = by_ip6 ? &s->udp6 : &s->udp4;
	struct redirect_peer peer;
	unsigned int begun;
	int r;

	if (describe_peer(c, asked, server, &peer) < 0)
		return -EPERM;
	peer.is_free = !has_peer(c->sock);
	begun = redirect_begin(redirect);
	r = send_to(c, to, data, len);
	if (wants_ip6(c, r)) {
		to = by_ip6 ? &s->udp4 : &s->udp6;
		r = send_to(c, to, data, len);
	}
	if (!r)
		register_source(c, &peer, to);
	redirect_end(redirect, begun);
	return r;
}

/* The source address that the kernel would choose towards an address. */
static int source_towards(int domain, const struct addr *a, struct addr *ret)
{
	auto_close int fd = socket(domain, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_storage ss;
	socklen_t len = addr_encode(a, domain, &ss);

	if (fd < 0 || !len)
		return -ENETUNREACH;
	/* Connecting a datagram socket sends nothing. */
	if (connect(fd, (struct sockaddr *)&ss, len) < 0)
		return -errno;
	len = sizeof(ss);
	if (getsockname(fd, (struct sockaddr *)&ss, &len) < 0)
		return -errno;
	addr_from_sockaddr(&ss, ret);
	return 0;
}

int dnsroute_connect_to_sink(struct call *c, const struct addr *asked)
{
	struct addr sink, target = *asked;
	struct sockaddr_storage ss;
	socklen_t len;
	int r;

	if (!target.port)
		target.port = c->ctx->sink_port; /* 0 would be refused */
	r = source_towards(c->domain, &target, &sink);
	if (r < 0)
		return r;
	sink.port = c->ctx->sink_port;
	len = addr_encode(&sink, c->domain, &ss);
	if (!len || !sink.port || !call_stays_here(c))
		return -EACCES;
	redirect_forget(c->ctx->redirect, c->cookie);
	return connect(c->sock, (struct sockaddr *)&ss, len) < 0 ? -errno : 0;
}
