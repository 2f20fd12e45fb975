/* SPDX-License-Identifier: MIT */
/*
 * Questions that a target sends from a socket of its own.
 *
 * Theory of Operation: most clients tell the sender of an answer by
 * recvfrom(), which is translated (dnsroute.h): their question goes to the
 * forwarder like any other. But a client may read with recvmsg(), which is
 * not, and would drop an answer that comes from the forwarder. So a question
 * that a rule allows and that is for a trusted resolver is put again, from
 * the target's own socket, with nothing of the target's in it but its id; and
 * the call is held until the supervisor's own question for the same name is
 * answered and bound, and the resolver's reply has been seen in the socket's
 * queue. The reply is only looked at (MSG_PEEK) and only releases the call:
 * what it says binds nothing, since the queue is the target's to fill. When
 * it has addresses that the supervisor's own answer lacked, the name is asked
 * for once more.
 */
#include "notify/dnssend.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "gate/question.h"
#include "notify/dnsroute.h"
#include "wire/dns_answer.h"

#define HOLD_NS	      2000000000ll /* at most, for each server (decision 8) */
#define FOR_FORWARDER 1
#define PEEKS_MAX     64 /* replies looked at in one queue */
#define REPLY_MAX     4096

/* The question, if this is one that can be put again; else false: the
 * forwarder reads it, answers and records whatever it is. */
static bool read_question(const struct call *c, const void *data, size_t len,
			  struct dns_query *ret)
{
	struct observation seen;
	struct decision said;
	struct policy *p;

	if (dns_query_decode(data, len, ret) < 0 ||
	    (ret->qtype != DNS_A && ret->qtype != DNS_AAAA))
		return false;
	call_observe(c, STAGE_DNS, &seen);
	seen.name = ret->name;
	seen.qtype = ret->qtype;
	p = gate_policy(c->ctx->gate);
	said = policy_decide(p, &seen);
	policy_unref(p);
	return said.verdict == VERDICT_ALLOW;
}

/* The row of the question, before anything of it leaves. FOR_FORWARDER: it is
 * refused after all, which the forwarder tells. */
static int record(const struct call *c, const struct addr *to,
		  const struct dns_query *query, int64_t *ret_seq)
{
	struct question q = { .tid = c->tid,
			      .server = *to,
			      .proto = PROTO_UDP,
			      .name = query->name,
			      .qtype = query->qtype,
			      .id = query->id };
	struct answer_plan plan;
	const struct process *who;

	if (call_identify(c, &who, &q.process) < 0)
		return -EPERM;
	q.pid = who->pid;
	gate_question(c->ctx->gate, &q, who, &plan);
	*ret_seq = plan.seq;
	if (plan.plan == PLAN_FAIL)
		return -EPERM;
	return plan.plan == PLAN_FORWARD ? 0 : FOR_FORWARDER;
}

/* The same question in our own words, from the target's socket. */
static int put_again(const struct call *c, const struct addr *to,
		     const struct dns_query *query)
{
	struct dns_ask ask = { .id = query->id,
			       .flags = query->flags,
			       .dnssec_ok = query->dnssec_ok,
			       .name = query->name,
			       .qtype = query->qtype };
	uint8_t msg[DNS_PLAIN_MAX];
	size_t n = dns_ask_encode(&ask, msg, sizeof(msg));
	struct sockaddr_storage ss;
	socklen_t ss_len = addr_encode(to, c->domain, &ss);

	if (!n || !ss_len)
		return -EAFNOSUPPORT;
	return sendto(c->sock, msg, n, MSG_DONTWAIT | MSG_NOSIGNAL,
		      (struct sockaddr *)&ss, ss_len) < 0
		       ? -errno
		       : 0;
}

static int ask_for_ourselves(const struct notify_context *ctx,
			     const struct hold_wait *h, uint64_t tag)
{
	return resolve_start(ctx->resolver, &h->name,
			     h->qtype == DNS_A ? RESOLVE_IP4 : RESOLVE_IP6, tag);
}

/* A socket that came with an offset of its own is not peeked at. */
static bool may_peek(int sock)
{
	int off = 0;
	socklen_t len = sizeof(off);

	return getsockopt(sock, SOL_SOCKET, SO_PEEK_OFF, &off, &len) == 0 &&
	       off == -1;
}

static int hold(struct call *c, const struct addr *to,
		const struct dns_query *query, int64_t seq, size_t len)
{
	struct pending_op op = { .kind = PENDING_HOLD, .is_restartable = false };
	struct hold_wait *h = &op.hold;
	int r;

	h->server = *to;
	h->name = query->name;
	h->qtype = query->qtype;
	h->id = query->id;
	h->value = len;
	h->question = seq;
	h->is_seen = !may_peek(c->sock);
	h->until_ns = clock_mono_ns() + HOLD_NS;
	op.tag = pending_new_tag(c->ctx->pending);
	op.call = *c;
	if (pending_add(c->ctx->pending, &op) < 0)
		return 0; /* it has been sent; it counts as sent */
	call_moved(c);
	r = ask_for_ourselves(c->ctx, h, op.tag);
	if (r < 0) {
		struct resolve_result failed = { .tag = op.tag, .error = r };

		pending_resolved(c->ctx->pending, &failed);
	}
	return DNSSEND_HELD;
}

static int send_and_hold(struct call *c, const struct addr *to,
			 const struct dns_query *query, size_t len)
{
	int64_t seq;
	int r = record(c, to, query, &seq);

	if (r)
		return r;
	if (put_again(c, to, query) < 0)
		return 0; /* lost on its way, as datagrams are (D21) */
	return hold(c, to, query, seq, len);
}

static bool is_trusted(const struct call *c, const struct addr *to)
{
	bool trusted;

	return redirect_find_server(c->ctx->redirect, to, &trusted) >= 0 &&
	       trusted;
}

/* Connected to the forwarder: it hears nobody else, whomever it asks. */
static bool is_connected(const struct call *c)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	return getpeername(c->sock, (struct sockaddr *)&ss, &len) == 0;
}

int dnssend_handle(struct call *c, const struct addr *to, const void *data,
		   size_t len, bool may_hold)
{
	struct dns_query query;
	unsigned int server;
	int r;

	switch (dnsroute_find(c, to, &server)) {
	case ROUTE_FORWARDER:
		r = FOR_FORWARDER;
		if (may_hold && c->ctx->resolver && is_trusted(c, to) &&
		    !is_connected(c) && read_question(c, data, len, &query))
			r = send_and_hold(c, to, &query, len);
		if (r != FOR_FORWARDER)
			return r;
		/*
		 * Clients take a failing send for a network that is down and
		 * wait for seconds; a lost datagram is just sent again (D21).
		 */
		return dnsroute_send(c, to, server, data, len) == -EPERM ? -EPERM
									 : 0;
	case ROUTE_REFUSED:
		return DNSSEND_REFUSED;
	case ROUTE_ORDINARY:
	default:
		return DNSSEND_ORDINARY;
	}
}

static bool is_from(const struct sockaddr_storage *ss, const struct addr *server)
{
	struct addr from;

	addr_from_sockaddr(ss, &from);
	return addr_same_ip(&from, server) && from.port == server->port;
}

static bool has_all(const struct dns_answer *theirs, const struct hold_wait *h)
{
	for (size_t i = 0; i < theirs->n_addrs; i++) {
		bool found = false;

		for (size_t j = 0; j < h->n_addrs && !found; j++)
			found = addr_same_ip(&theirs->addrs[i], &h->addrs[j]);
		if (!found)
			return false;
	}
	return true;
}

/* Is this the reply that the target waits for? It then says in *ret what
 * addresses it has, which is only used to decide whether to ask once more. */
static bool is_reply(const struct hold_wait *h, const void *msg, size_t len,
		     struct dns_answer *ret)
{
	struct dns_ask ask = { .id = h->id, .name = h->name, .qtype = h->qtype };

	return dns_answer_decode(msg, len, &ask, ret) == 0;
}

static bool find_reply(const struct pending_op *op, struct dns_answer *ret)
{
	uint8_t msg[REPLY_MAX];
	int sock = op->call.sock, from = 0, back = -1;
	bool found = false;

	if (setsockopt(sock, SOL_SOCKET, SO_PEEK_OFF, &from, sizeof(from)) < 0)
		return true;
	for (int i = 0; i < PEEKS_MAX && !found; i++) {
		struct sockaddr_storage ss = { 0 };
		socklen_t len = sizeof(ss);
		ssize_t n = recvfrom(sock, msg, sizeof(msg),
				     MSG_PEEK | MSG_DONTWAIT,
				     (struct sockaddr *)&ss, &len);

		if (n < 0)
			break;
		found = is_from(&ss, &op->hold.server) &&
			is_reply(&op->hold, msg, (size_t)n, ret);
	}
	if (setsockopt(sock, SOL_SOCKET, SO_PEEK_OFF, &back, sizeof(back)) < 0)
		op->call.ctx->lose("a socket's peek offset could not be put "
				   "back");
	return found;
}

static enum pending_step release(struct pending_op *op)
{
	call_answer(&op->call, (int64_t)op->hold.value, 0);
	return STEP_DONE;
}

enum pending_step dnssend_step(struct pending_op *op)
{
	struct hold_wait *h = &op->hold;
	struct dns_answer theirs = { 0 };

	if (!h->is_seen && find_reply(op, &theirs)) {
		h->is_seen = true;
		/* The target may use what we have not heard: ask again. */
		if (h->is_bound && !has_all(&theirs, h) && !h->asked_again) {
			h->asked_again = true;
			h->is_bound =
				ask_for_ourselves(op->call.ctx, h, op->tag) < 0;
		}
	}
	if ((h->is_seen && h->is_bound) || clock_mono_ns() >= h->until_ns)
		return release(op);
	return STEP_WAIT;
}

enum pending_step dnssend_resolved(struct pending_op *op,
				   const struct resolve_result *r)
{
	struct hold_wait *h = &op->hold;

	for (size_t i = 0; i < r->n && h->n_addrs < HOLD_ADDRS_MAX; i++)
		h->addrs[h->n_addrs++] = r->addrs[i];
	h->is_bound = true;
	return dnssend_step(op);
}
