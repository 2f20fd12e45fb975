/* SPDX-License-Identifier: MIT */
/* Sockets that ask a name server are led to the forwarder. */
#include "notify/dnsroute.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
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

/* Write an address and its length as the kernel does for value-result
 * arguments (net/socket.c, move_addr_to_user). */
static int write_address(const struct call *c, const struct addr *a,
			 uint64_t to, uint64_t to_len, int room)
{
	struct sockaddr_storage ss;
	int len = (int)addr_encode(a, c->domain, &ss);
	int r = 0;

	if (room < 0)
		return -EINVAL;
	if (room > 0)
		r = call_write(c, to, &ss, (size_t)(room < len ? room : len));
	return r ? r : call_write(c, to_len, &len, sizeof(len));
}

static bool take_redirected(struct call *c, struct redirect_peer *ret)
{
	return !call_take_socket(c, (int)c->data.args[0]) &&
	       (c->domain == AF_INET || c->domain == AF_INET6) &&
	       redirect_find_cookie(c->ctx->redirect, c->cookie, ret);
}

void dnsroute_handle_getpeername(struct call *c)
{
	struct redirect_peer peer;
	uint64_t to = c->data.args[1], to_len = c->data.args[2];
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	int room, r;

	if (!take_redirected(c, &peer)) {
		call_continue(c);
		return;
	}
	r = call_read(c, to_len, &room, sizeof(room));
	if (!r)
		r = call_open_memory(c);
	if (!call_is_waiting(c)) {
		c->is_answered = true;
		return;
	}
	if (!r && getpeername(c->sock, (struct sockaddr *)&ss, &len) < 0)
		r = -errno;
	if (!r)
		r = write_address(c, &peer.meant, to, to_len, room);
	call_answer(c, 0, r);
}

static bool same_port(const struct addr *a, const struct addr *b)
{
	return addr_same_ip(a, b) && a->port == b->port;
}

/*
 * What is shown in place of the forwarder's own address: the server that was
 * meant, or, where a socket has asked several, the one that the forwarder's
 * socket stands for.
 */
static void show_meant(const struct call *c, struct addr *from)
{
	struct redirect *redirect = c->ctx->redirect;
	struct redirect_peer peer;

	for (size_t i = 0; i < redirect_n_servers(redirect); i++) {
		const struct redirect_server *s = redirect_server(redirect, i);

		if (!same_port(from, &s->udp4) && !same_port(from, &s->udp6))
			continue;
		*from = s->server;
		if (redirect_find_cookie(redirect, c->cookie, &peer) &&
		    peer.server == i)
			*from = peer.meant;
		return;
	}
}

/* Receive one datagram and give it to the target: length or -errno. */
static int64_t receive(const struct call *c, uint8_t *buf, int room)
{
	const __u64 *args = c->data.args;
	int flags = (int)args[3] | MSG_DONTWAIT;
	size_t want = args[2] < CALL_BUFFER ? args[2] : CALL_BUFFER, got;
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);
	struct addr from;
	ssize_t n = recvfrom(c->sock, buf, want, flags, (struct sockaddr *)&ss,
			     &len);
	int r = 0;

	if (n < 0)
		return -errno;
	got = (size_t)n < want ? (size_t)n : want; /* MSG_TRUNC tells more */
	addr_from_sockaddr(&ss, &from);
	show_meant(c, &from);
	if (got)
		r = call_write(c, args[1], buf, got);
	if (!r)
		r = write_address(c, &from, args[4], args[5], room);
	return r < 0 ? r : n;
}

static int64_t receive_deadline(int sock)
{
	struct timeval tv = { 0 };
	socklen_t len = sizeof(tv);

	if (getsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &tv, &len) < 0 ||
	    (!tv.tv_sec && !tv.tv_usec))
		return 0;
	return clock_mono_ns() + (int64_t)tv.tv_sec * 1000000000 +
	       (int64_t)tv.tv_usec * 1000;
}

static void wait_to_receive(struct call *c)
{
	struct pending_op op = { .kind = PENDING_RECV, .timeout_error = -EAGAIN };

	op.deadline_ns = receive_deadline(c->sock);
	op.is_restartable = op.deadline_ns == 0;
	op.call = *c;
	if (pending_add(c->ctx->pending, &op) < 0)
		call_answer(c, 0, -ENOBUFS);
	else
		call_moved(c);
}

static void answer_received(struct call *c, int64_t n)
{
	call_answer(c, n < 0 ? 0 : n, n < 0 ? (int)n : 0);
}

void dnsroute_handle_recvfrom(struct call *c)
{
	struct redirect_peer peer;
	int64_t n;
	int room;

	if (!take_redirected(c, &peer) || c->type != SOCK_DGRAM) {
		call_continue(c);
		return;
	}
	n = call_read(c, c->data.args[5], &room, sizeof(room));
	if (!n)
		n = call_open_memory(c);
	if (!call_is_waiting(c)) {
		c->is_answered = true;
		return;
	}
	if (!n)
		n = receive(c, c->buffers->data, room);
	if (n == -EAGAIN && !call_is_nonblocking(c) &&
	    !((int)c->data.args[3] & MSG_DONTWAIT))
		wait_to_receive(c);
	else
		answer_received(c, n);
}

enum pending_step dnsroute_recv_step(struct pending_op *op)
{
	static uint8_t buf[65536]; /* the loop thread's own */
	int64_t n;
	int room;

	n = call_read(&op->call, op->call.data.args[5], &room, sizeof(room));
	if (!n && op->call.data.args[2] > sizeof(buf))
		op->call.data.args[2] = sizeof(buf);
	if (!n)
		n = receive(&op->call, buf, room);
	if (n == -EAGAIN)
		return STEP_WAIT;
	answer_received(&op->call, n);
	return STEP_DONE;
}
