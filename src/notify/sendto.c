/* SPDX-License-Identifier: MIT */
/* Where a message goes: its name decoded, judged and encoded anew. */
#include <errno.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <string.h>

#include "notify/dnssend.h"
#include "notify/netlink.h"
#include "notify/sending.h"

#define PORT_DNS	 53
#define LOOPBACK_IFINDEX 1 /* include/net/flow.h; in every namespace */

static bool is_icmp(const struct call *c)
{
	return c->protocol == IPPROTO_ICMP || c->protocol == IPPROTO_ICMPV6;
}

/* ICMP sockets want their own family and nothing else (net/ipv4/ping.c). */
static int check_icmp(const struct call *c, const struct message *m)
{
	size_t least = c->domain == AF_INET ? sizeof(struct sockaddr_in)
					    : sizeof(struct sockaddr_in6);
	sa_family_t family;

	if (m->name_len < least)
		return -EINVAL;
	memcpy(&family, m->name, sizeof(family));
	return family == c->domain ? 0 : -EAFNOSUPPORT;
}

static int encode(struct sending *s)
{
	s->to_len = addr_encode(&s->addr, s->call->domain, &s->to);
	return s->to_len ? 0 : -EINVAL;
}

static int aim_inet(struct sending *s)
{
	const struct call *c = s->call;
	const struct message *m = &s->m;
	int r = 0;

	/* TCP takes no notice of a name, but to open a connection with it. */
	if (c->type == SOCK_STREAM)
		return s->flags & MSG_FASTOPEN ? -EOPNOTSUPP : 0;
	if (c->type != SOCK_DGRAM)
		return -EPERM;
	if (!m->has_name)
		return 0;
	if (is_icmp(c))
		r = check_icmp(c, m);
	if (r)
		return r;
	r = addr_decode(c->domain, ADDR_FOR_SEND, m->name, m->name_len, &s->addr);
	if (r == -EAFNOSUPPORT && c->domain == AF_INET6 && !is_icmp(c))
		return -EINVAL; /* udpv6_sendmsg() */
	if (r)
		return r == 1 ? 0 : r;
	return encode(s);
}

/* A stream looks only at whether there is a name, to refuse it; a sequence of
 * packets not even at that. */
static int aim_unix(struct sending *s)
{
	if (!s->m.name_len || s->call->type == SOCK_SEQPACKET)
		return 0;
	if (s->call->type == SOCK_STREAM) {
		s->to.ss_family = AF_UNIX;
		s->to_len = sizeof(sa_family_t);
		return 0;
	}
	return sendunix_open(s->call, &s->unix_to);
}

static int aim_netlink(struct sending *s)
{
	struct sockaddr_nl nl;
	int r;

	if (!s->m.name_len)
		return 0;
	r = netlink_decode(ADDR_FOR_SEND, s->m.name, s->m.name_len, &nl);
	if (r < 0)
		return r;
	memcpy(&s->to, &nl, sizeof(nl));
	s->to_len = sizeof(nl);
	return 0;
}

int sending_aim(struct sending *s)
{
	switch (s->call->domain) {
	case AF_INET:
	case AF_INET6:
		return aim_inet(s);
	case AF_UNIX:
		return aim_unix(s);
	case AF_NETLINK:
		return aim_netlink(s);
	default:
		return -EPERM;
	}
}

/* An address that means a place only together with an interface. */
static bool is_link_local(const struct addr *a)
{
	return a->family == ADDR_IP6 &&
	       ((a->ip[0] == 0xfe && (a->ip[1] & 0xc0) == 0x80) ||
		(a->ip[0] == 0xff && (a->ip[1] & 0x0f) == 0x02));
}

static void peer_of(const struct sending *s, struct addr *ret)
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);

	getpeername(s->call->sock, (struct sockaddr *)&ss, &len);
	addr_from_sockaddr(&ss, ret);
}

/*
 * A chosen interface puts a packet for this machine on the wire, and makes
 * another neighbour of fe80::1: the first is refused, the second judged. The
 * same for the interface that the socket itself is bound to.
 */
int sending_aim_interface(struct sending *s)
{
	uint32_t interface = s->anc.interface;
	struct addr to = s->addr;

	s->is_astray = addr_is_loopback(&to) && !call_stays_here(s->call);
	if (s->is_astray || !interface || s->call->domain == AF_UNIX)
		return 0;
	if (to.family == ADDR_NONE)
		peer_of(s, &to);
	s->is_astray = addr_is_loopback(&to) && interface != LOOPBACK_IFINDEX;
	if (s->is_astray || !is_link_local(&to) || to.scope == interface)
		return 0;
	s->is_astray = to.scope || s->addr.family == ADDR_NONE;
	if (s->is_astray)
		return 0;
	s->addr.scope = interface;
	return encode(s);
}

static int admit(struct sending *s, int64_t process, const struct process *who)
{
	const struct call *c = s->call;
	struct observation seen;
	int r;

	call_observe(c, STAGE_SEND, &seen);
	seen.addr = s->addr;
	if (seen.proto == PROTO_ICMP)
		seen.addr.port = 0;
	r = gate_admit(c->ctx->gate, &seen, who, process, &s->ticket);
	if (r)
		return r;
	/* The name would have to be looked up, and every answer would come
	 * from another address than the one that was asked. */
	return seen.placeholder.family != ADDR_NONE ? -ENETUNREACH : 0;
}

static bool may_repeat(const struct ticket *t, int verdict)
{
	return t->seq && (verdict == 0 || verdict == -EACCES) &&
	       (t->action == ACTION_ALLOWED || t->action == ACTION_DENIED);
}

/* What a row says of a sender: one that allows, or one that denies and is no
 * older than what is known of the address. */
static bool find_row(struct sending *s, struct repeat_key *k, uint64_t learnt,
		     int64_t *ret_seq, int *ret_verdict)
{
	const struct notify_context *ctx = s->call->ctx;

	for (int i = 0; i < 2; i++) {
		k->learnt = i ? learnt : 0;
		if (repeat_find(ctx->sends->repeat, k, ret_seq, ret_verdict) &&
		    gate_repeat(ctx->gate, *ret_seq, k->revision, 1))
			return true;
	}
	return false;
}

static void put_row(struct sending *s, struct repeat_key *k, uint64_t learnt,
		    int64_t seq, int verdict)
{
	k->learnt = verdict ? learnt : 0;
	repeat_put(s->call->ctx->sends->repeat, k, seq, verdict);
}

/*
 * Found by its thread, else by its process: the row stands for this datagram,
 * too. Otherwise it is judged, and the row stands for those that follow.
 */
static int judge_with_row(struct sending *s)
{
	const struct call *c = s->call;
	struct gate *gate = c->ctx->gate;
	uint64_t learnt = gate_learnt(gate) + 1;
	struct repeat_key by_thread = { .sender = repeat_thread(c->tid),
					.cookie = c->cookie,
					.revision = gate_revision(gate),
					.to = s->addr };
	struct repeat_key by_process = by_thread;
	const struct process *who;
	int64_t seq, row;
	int verdict, r;

	if (find_row(s, &by_thread, learnt, &seq, &verdict))
		return verdict;
	r = call_identify(c, &who, &row);
	if (r)
		return r;
	by_process.sender = repeat_process(row);
	if (find_row(s, &by_process, learnt, &seq, &verdict)) {
		put_row(s, &by_thread, learnt, seq, verdict);
		return verdict;
	}
	verdict = admit(s, row, who);
	if (c->cookie && may_repeat(&s->ticket, verdict)) {
		put_row(s, &by_process, learnt, s->ticket.seq, verdict);
		put_row(s, &by_thread, learnt, s->ticket.seq, verdict);
	}
	return verdict;
}

/* The forwarder's own sockets, but for those that were sent there by us. */
static bool is_registered(const struct call *c)
{
	struct redirect_peer peer;

	return redirect_find_cookie(c->ctx->redirect, c->cookie, &peer);
}

/* What no rule can lift: recorded, then refused with error. */
static int refuse(struct sending *s, enum reason reason, int error)
{
	const struct call *c = s->call;
	const struct process *who;
	struct observation seen;
	int64_t row;

	if (call_identify(c, &who, &row) < 0)
		return -EPERM;
	call_observe(c, STAGE_SEND, &seen);
	seen.addr = s->addr;
	if (seen.addr.family == ADDR_NONE)
		peer_of(s, &seen.addr);
	return gate_refuse(c->ctx->gate, &seen, who, row, reason, error,
			   &s->ticket);
}

/* A question to a name server is led to the forwarder. */
static bool is_question(const struct call *c, const struct addr *to, bool is_ours)
{
	bool is_trusted;

	if (is_icmp(c))
		return false;
	if (is_ours)
		return is_registered(c);
	return to->port == PORT_DNS ||
	       (redirect_find_server(c->ctx->redirect, to, &is_trusted) >= 0 &&
		is_trusted);
}

int64_t sending_judge(struct sending *s)
{
	struct call *c = s->call;
	bool is_ours;
	int r;

	if (s->is_astray)
		return refuse(s, REASON_SYSCALL, -EPERM);
	if (s->unix_to) {
		r = sendunix_judge(c, s->unix_to, s->m.name, s->m.name_len,
				   &s->ticket, &s->to, &s->to_len);
		return r ? r : SENDING_GO;
	}
	if (s->addr.family == ADDR_NONE)
		return SENDING_GO;
	is_ours = redirect_is_ours(c->ctx->redirect, &s->addr, false);
	if (is_question(c, &s->addr, is_ours)) {
		r = dnssend_handle(c, &s->addr, c->buffers->data, s->m.have,
				   s->is_alone);
		if (r == DNSSEND_HELD)
			return SENDING_HELD;
		if (r == DNSSEND_REFUSED)
			return refuse(s, REASON_RESOLVER, -EACCES);
		if (r != DNSSEND_ORDINARY)
			return r ? r : (int64_t)s->m.len;
	}
	/* Sockets of ours are no destinations (decision 9). */
	if (is_ours)
		return refuse(s, REASON_OWN_SOCKET, -EACCES);
	r = judge_with_row(s);
	return r ? r : SENDING_GO;
}
