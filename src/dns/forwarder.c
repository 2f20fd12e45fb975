/* SPDX-License-Identifier: MIT */
/*
 * From a question to its answer: read it strictly, have it judged and
 * recorded, then answer on the spot or look it up with a question of our own.
 * What comes back is bound before it is handed over.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "dns/resolver.h"
#include "dns/standin.h"

#define PLACEHOLDER_TTL_S 1 /* a rule may come to mention the name */
#define HOSTS_TTL_S	  60

/* An answer that comes from the server that was asked. False: it cannot. */
static bool stand_in(struct resolver *r, const struct waiter_place *to,
		     const void *msg, size_t len)
{
	int rc;

	if (to->shown.family == ADDR_NONE || r->may_not_stand_in)
		return false;
	rc = standin_send(&to->shown, &to->source, msg, len);
	if (rc == -EPERM)
		r->may_not_stand_in = true;
	return rc == 0;
}

static void send_datagram(struct resolver *r, const struct waiter_place *to,
			  const void *msg, size_t len)
{
	const struct local *local = &r->locals[to->index];
	bool is_ip4 = to->source.family == ADDR_IP4;
	struct sockaddr_storage ss;
	socklen_t ss_len =
		addr_encode(&to->source, is_ip4 ? AF_INET : AF_INET6, &ss);

	if (stand_in(r, to, msg, len))
		return;
	/* A reply that cannot be sent is a lost datagram: it is asked again. */
	(void)!sendto(local->fd[is_ip4 ? LOCAL_UDP4 : LOCAL_UDP6], msg, len,
		      MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&ss,
		      ss_len);
}

static void send_answer(struct resolver *r, const struct waiter_place *to,
			const void *msg, size_t len)
{
	switch (to->kind) {
	case WAITER_DATAGRAM:
		if (len)
			send_datagram(r, to, msg, len);
		break;
	case WAITER_CLIENT:
		clients_send(r->clients, to->index, to->generation, msg, len,
			     r->now_ns);
		break;
	case WAITER_JOB:
		break;
	}
}

static void reply(struct resolver *r, const struct waiter *w,
		  const struct dns_reply *what)
{
	uint8_t buf[DNS_REPLY_MAX];
	size_t len = dns_reply_encode(&w->query, what, buf, sizeof(buf));

	if (w->question_seq)
		gate_answer(r->gate, w->question_seq, what->rcode, what->addrs,
			    what->n_addrs);
	send_answer(r, &w->place, buf, len);
}

static void reply_code(struct resolver *r, const struct waiter *w,
		       enum dns_rcode rcode, uint16_t ede, const char *text)
{
	reply(r, w,
	      &(struct dns_reply){ .rcode = rcode, .ede = ede, .ede_text = text });
}

/* Largest answer that this way of asking takes. */
static size_t answer_limit(const struct waiter *w)
{
	return w->place.kind == WAITER_DATAGRAM ? w->query.udp_size
						: DNS_MESSAGE_MAX;
}

/* Hand a resolver's answer to one who waits. */
static void deliver(struct resolver *r, const struct waiter *w,
		    const struct upstream_result *res)
{
	size_t len =
		dns_answer_encode(res->msg, res->len, &res->answer, &w->query,
				  answer_limit(w), r->out, sizeof(r->out));

	if (!len) {
		reply_code(r, w, DNS_SERVFAIL, 0, NULL);
		return;
	}
	gate_answer(r->gate, w->question_seq, res->answer.rcode,
		    res->answer.addrs, res->answer.n_addrs);
	send_answer(r, &w->place, r->out, len);
}

/* What a server said that did not count, once for each lookup. */
static void record_dropped(struct resolver *r, const struct lookup_key *key,
			   const struct waiter *first,
			   const struct upstream_result *res)
{
	char name[DNAME_TEXT_MAX], from[ADDR_TEXT_MAX];
	char detail[DNAME_TEXT_MAX + ADDR_TEXT_MAX + 128];

	if (!res->n_dropped)
		return;
	snprintf(detail, sizeof(detail),
		 "question %lld, %s type %u: %u dropped, the first from %s, %s",
		 first ? (long long)first->question_seq : 0,
		 dname_text(&key->name, name), key->qtype, res->n_dropped,
		 addr_port_text(&res->dropped_from, from),
		 res->dropped_malformed ? "malformed"
					: "the answer to something else");
	gate_event(r->gate, "answer-dropped", detail);
}

void forwarder_finish(struct resolver *r, const struct upstream_result *res)
{
	const struct lookup_key *key = upstream_key(r->upstream, res->lookup);
	const struct waiter *first = waiters_first(&r->waiters, res->lookup);
	struct addr bound[DNS_ANSWER_ADDRS_MAX];
	size_t n_bound = 0;
	struct waiter w;

	record_dropped(r, key, first, res);
	if (first && !res->error)
		n_bound = bind_answer(r->gate, first->question_seq, &key->name,
				      &res->answer, bound);
	while (waiters_take(&r->waiters, res->lookup, &w)) {
		if (w.place.kind == WAITER_JOB)
			resolve_finish(r, w.place.index, res->error,
				       res->answer.rcode, bound, n_bound);
		else if (res->error)
			reply_code(r, &w, DNS_SERVFAIL, DNS_EDE_NO_REACHABLE,
				   "no trusted resolver answered");
		else
			deliver(r, &w, res);
	}
	upstream_end(r->upstream, res->lookup);
}

int forwarder_look_up(struct resolver *r, const struct lookup_key *key,
		      const struct waiter *w)
{
	uint16_t lookup = upstream_find(r->upstream, key);
	bool is_new = lookup == LOOKUP_NONE;

	if (is_new)
		lookup = upstream_start(r->upstream, key, r->now_ns);
	if (lookup == LOOKUP_NONE)
		return -EBUSY;
	if (!waiters_add(&r->waiters, lookup, w))
		return 0;
	if (is_new)
		upstream_end(r->upstream, lookup);
	return -EBUSY;
}

/*
 * "dns.mode: system": a name that /etc/hosts had at start is answered from
 * there, an address of the other family does not exist. False when it is not
 * in it.
 */
static bool answer_from_hosts(struct resolver *r, const struct waiter *w)
{
	uint8_t family = w->query.qtype == DNS_A ? ADDR_IP4 : ADDR_IP6;
	struct addr found[DNS_REPLY_ADDRS_MAX];
	struct dns_reply answer = { .addrs = found, .ttl_s = HOSTS_TTL_S };
	bool known = false;

	if (w->query.qtype != DNS_A && w->query.qtype != DNS_AAAA)
		return false;
	for (size_t i = 0; i < r->n_hosts; i++) {
		const struct host_entry *h = &r->hosts[i];

		if (!dname_equal(&h->name, &w->query.name))
			continue;
		known = true;
		if (h->addr.family == family &&
		    answer.n_addrs < DNS_REPLY_ADDRS_MAX)
			found[answer.n_addrs++] = h->addr;
	}
	if (known)
		reply(r, w, &answer);
	return known;
}

static void forward(struct resolver *r, const struct waiter *w,
		    unsigned int server, enum dns_mode mode)
{
	struct lookup_key key = { .name = w->query.name,
				  .qtype = w->query.qtype,
				  .flags = w->query.flags & (DNS_RD | DNS_AD),
				  .dnssec_ok = w->query.dnssec_ok,
				  .server = mode == DNS_SYSTEM ? 0 : server };

	if (mode == DNS_SYSTEM && answer_from_hosts(r, w))
		return;
	if (forwarder_look_up(r, &key, w))
		reply_code(r, w, DNS_SERVFAIL, DNS_EDE_NO_REACHABLE,
			   "no trusted resolver could be asked");
}

static void answer_placeholder(struct resolver *r, const struct waiter *w,
			       const struct addr *placeholder)
{
	bool is_a = w->query.qtype == DNS_A;

	reply(r, w,
	      &(struct dns_reply){ .addrs = placeholder,
				   .n_addrs = is_a ? 1 : 0,
				   .ttl_s = PLACEHOLDER_TTL_S });
}

static void carry_out(struct resolver *r, struct waiter *w,
		      const struct answer_plan *plan, unsigned int server,
		      enum dns_mode mode)
{
	w->question_seq = plan->seq;
	switch (plan->plan) {
	case PLAN_FORWARD:
		forward(r, w, server, mode);
		break;
	case PLAN_PLACEHOLDER:
		answer_placeholder(r, w, &plan->placeholder);
		break;
	case PLAN_NO_NAME:
		reply_code(r, w, plan->refuse ? DNS_REFUSED : DNS_NXDOMAIN,
			   DNS_EDE_BLOCKED, "egress-filter: not allowed");
		break;
	case PLAN_NOT_IMPLEMENTED:
		reply_code(r, w, DNS_NOTIMP, DNS_EDE_NOT_SUPPORTED,
			   "egress-filter: type not answered");
		break;
	case PLAN_FAIL:
	default:
		reply_code(r, w, DNS_SERVFAIL, 0, NULL);
		break;
	}
}

void forwarder_question(struct resolver *r, const struct waiter_place *place,
			const struct redirect_peer *peer, const void *msg,
			size_t len)
{
	struct waiter w = { .place = *place };
	int rcode = dns_query_decode(msg, len, &w.query);
	struct question q = { .pid = peer->pid,
			      .tid = peer->tid,
			      .process = peer->process,
			      .server = peer->meant,
			      .proto = peer->is_tcp ? PROTO_TCP : PROTO_UDP,
			      .name = w.query.name,
			      .qtype = w.query.qtype,
			      .id = w.query.id };
	struct answer_plan plan = { .plan = PLAN_FAIL };
	struct policy *policy;
	enum dns_mode mode;
	bool is_trusted, is_strict;

	if (rcode < 0) {
		send_answer(r, place, NULL, 0);
		return;
	}
	policy = gate_policy(r->gate);
	mode = policy_settings(policy)->dns_mode;
	is_strict = policy_settings(policy)->strict_servers;
	policy_unref(policy);
	redirect_find_server(r->redirect, &peer->meant, &is_trusted);
	if (rcode)
		q.reason = REASON_MALFORMED;
	else if (!is_trusted && is_strict) {
		q.reason = REASON_RESOLVER;
		rcode = DNS_REFUSED;
	}
	gate_question(r->gate, &q, NULL, &plan);
	if (rcode) {
		w.question_seq = plan.seq;
		reply_code(r, &w, (enum dns_rcode)rcode, 0, NULL);
		return;
	}
	carry_out(r, &w, &plan, peer->server, mode);
}
