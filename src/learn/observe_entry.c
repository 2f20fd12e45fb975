/* SPDX-License-Identifier: MIT */
/* Where an entry belongs: to a destination, or to what is dropped. */
#include <errno.h>
#include <idn2.h>
#include <string.h>

#include "audit/event.h"
#include "learn/cover.h"
#include "learn/notes.h"
#include "learn/observe_impl.h"
#include "policy/door.h"
#include "policy/load_value.h"

/* Ports that resolver libraries connect datagram sockets to, to learn which
 * address the kernel would use: nothing is sent. Go 9, musl 65535. */
#define PORT_DISCARD 9
#define PORT_LAST    65535

/* Types of question that lead to an address. */
enum { TYPE_A = 1, TYPE_AAAA = 28, TYPE_SVCB = 64, TYPE_HTTPS = 65 };

/* An entry, its words understood. */
struct view {
	const struct alike_entry *e;
	enum stage stage;
	enum proto proto;
	enum reason reason;
	struct addr addr;      /* with its port; family 0: not known */
	struct candidate name; /* name.len 0: none */
	bool is_odd_name;      /* there is one, but no pattern can be it */
	bool is_asked;	       /* the name alone counts, whatever the address */
};

static int find_word(const char *word, const char *(*word_of)(int), int n)
{
	int i = 0;

	while (i < n && strcmp(word_of(i), word) != 0)
		i++;
	return i;
}

static const char *stage_at(int i)
{
	return stage_word((enum stage)i);
}

static const char *proto_at(int i)
{
	return proto_word((enum proto)i);
}

static const char *reason_at(int i)
{
	return reason_word((enum reason)i);
}

static const char *source_at(int i)
{
	return name_source_word((enum name_source)i);
}

/* A name as recorded or imported: IDNs become ASCII where they can. */
static bool read_name(const char *text, struct dname *ret)
{
	char *ascii = NULL, plain[DNAME_TEXT_MAX];
	bool is_good = dname_from_text(text, ret) == 0;

	if (!is_good &&
	    idn2_to_ascii_8z(text, &ascii,
			     IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT) == IDN2_OK)
		is_good = dname_from_text(ascii, ret) == 0;
	idn2_free(ascii);
	return is_good && !value_looks_like_address(dname_text(ret, plain));
}

static bool is_unix(enum proto proto)
{
	return proto == PROTO_UNIX_STREAM || proto == PROTO_UNIX_DGRAM;
}

static struct view view_of(const struct alike_entry *e)
{
	struct view v = { .e = e };

	v.stage = (enum stage)find_word(e->stage, stage_at, N_STAGES);
	v.proto = (enum proto)find_word(e->proto, proto_at, N_PROTOS);
	v.reason = (enum reason)find_word(e->reason, reason_at, N_REASONS);
	v.name.source = (enum name_source)find_word(e->name_source, source_at,
						    N_NAME_SOURCES);
	if (!*e->ip || addr_parse(e->ip, &v.addr) < 0)
		v.addr = (struct addr){ 0 };
	v.addr.port = (uint16_t)e->port;
	v.is_asked = v.stage == STAGE_DNS;
	if (*e->name && !is_unix(v.proto)) {
		v.is_odd_name = !read_name(e->name, &v.name.name);
		if (v.is_odd_name)
			v.name.name.len = 0;
		if (v.name.source == NAME_NONE)
			v.name.source =
				v.addr.family ? NAME_DNS : NAME_PLACEHOLDER;
	}
	return v;
}

/* What no rule of a policy is about, whatever the destination; N_DROPS: not
 * this. */
static enum drop drop_by_reason(const struct view *v)
{
	switch (v->reason) {
	case REASON_NETNS:
	case REASON_UNREADABLE:
	case REASON_OWN_SOCKET:
	case REASON_FAMILY:
	case REASON_FOREIGN_ABI:
	case REASON_SYSCALL:
	case REASON_LIMIT:
	case REASON_SIGNAL:
		return DROP_REFUSED;
	case REASON_MALFORMED:
		return v->is_odd_name ? DROP_NOT_PLAIN : DROP_REFUSED;
	case REASON_LISTEN:
		return DROP_LISTEN;
	case REASON_LOCAL:
	case REASON_UNIX_IN_TREE:
	case REASON_UNIX_NOBODY:
	case REASON_NAME_SERVICE:
		return DROP_INSIDE;
	case REASON_RESOLVER:
		return DROP_RESOLVER;
	case REASON_QTYPE:
	case REASON_BUDGET:
		return DROP_QUESTION;
	case REASON_RULE:
	case REASON_DEFAULT_ALLOW:
	case REASON_NO_RULE:
	case REASON_PORT:
	case REASON_METADATA:
	case REASON_REBIND:
	case REASON_EMBEDDED:
	case REASON_UNIX_RULE:
	case REASON_UNIX_DENY:
	case REASON_UNIX_DOOR:
	case REASON_UNIX_OUTSIDE:
	case REASON_RESERVED_NAME:
	case REASON_LOOKUP:
	case REASON_ALLOW_ALL:
		return N_DROPS;
	case N_REASONS:
	default:
		return DROP_REFUSED;
	}
}

static enum drop drop_by_stage(const struct view *v)
{
	switch (v->stage) {
	case STAGE_CONNECT:
	case STAGE_SEND:
		return N_DROPS;
	case STAGE_DNS:
		return v->e->qtype == TYPE_A || v->e->qtype == TYPE_AAAA ||
				       v->e->qtype == TYPE_SVCB ||
				       v->e->qtype == TYPE_HTTPS
			       ? N_DROPS
			       : DROP_QUESTION;
	case STAGE_LISTEN:
		return DROP_LISTEN;
	case STAGE_JOIN:
		return DROP_MULTICAST;
	case STAGE_SOCKET:
	case STAGE_SYSCALL:
	case N_STAGES:
	default:
		return DROP_REFUSED;
	}
}

static bool is_probe(const struct view *v)
{
	if (v->stage == STAGE_DNS)
		return false;
	return v->e->is_probe || !v->addr.port ||
	       (v->proto == PROTO_UDP && v->stage == STAGE_CONNECT &&
		(v->addr.port == PORT_DISCARD || v->addr.port == PORT_LAST));
}

/* Noise, or no destination that a rule could be about. */
static enum drop drop_of(const struct view *v)
{
	enum drop drop = drop_by_reason(v);

	if (drop == N_DROPS)
		drop = drop_by_stage(v);
	if (drop != N_DROPS || is_unix(v->proto))
		return drop;
	if (v->proto == PROTO_ICMP)
		return DROP_ICMP;
	if (v->proto != PROTO_TCP && v->proto != PROTO_UDP)
		return DROP_REFUSED;
	if (v->is_odd_name)
		return DROP_NOT_PLAIN;
	if (v->name.name.len && v->addr.family == ADDR_NONE &&
	    note_is_reserved(&v->name.name))
		return DROP_RESERVED;
	if (!v->name.name.len && v->addr.family == ADDR_NONE)
		return DROP_REFUSED;
	if (is_probe(v))
		return DROP_PROBE;
	return addr_is_multicast(&v->addr) ? DROP_MULTICAST : N_DROPS;
}

static void count(struct observations *o, struct seen *s, const struct view *v)
{
	const struct alike_entry *e = v->e;

	s->attempts += e->attempts;
	if (!strcmp(e->action, "denied"))
		s->denied += e->attempts;
	if (!s->first_session || e->first_ms < s->first_ms) {
		s->first_ms = e->first_ms;
		s->first_session = o->n_sessions;
	}
	if (!s->last_session || e->last_ms > s->last_ms)
		s->last_ms = e->last_ms;
	if (s->last_session != o->n_sessions)
		s->n_sessions++;
	s->last_session = o->n_sessions;
	s->is_ambiguous |= e->is_ambiguous;
}

static void note_programs(struct seen *s, const struct alike_entry *e)
{
	for (size_t i = 0; i < e->n_processes; i++) {
		const struct alike_process *from = &e->processes[i];
		struct program p;
		size_t at = 0;

		program_of(from->argv, from->argv_len, from->exe, from->comm, &p);
		while (at < s->n_programs &&
		       memcmp(&s->programs[at], &p, sizeof(p)) != 0)
			at++;
		if (at == s->n_programs && at < SEEN_PROGRAMS)
			s->programs[s->n_programs++] = p;
	}
}

/* Put an entry to its destination; rule is what allows it, or NULL. */
static int put(struct observations *o, const struct view *v,
	       const struct seen *key, const struct rule *rule)
{
	struct seen *s = observe_find(o, key);
	struct seen_port *port = NULL;

	if (!s)
		return -ENOMEM;
	if (v->addr.port) {
		port = observe_port(s, v->addr.port);
		if (!port)
			return -ENOMEM;
		port->is_needed |= !rule;
		port->is_sent |= v->proto == PROTO_TCP || v->stage == STAGE_SEND;
	}
	s->is_needed |= !rule;
	s->is_private |= key->kind == DEST_NAME && addr_is_private(&v->addr);
	count(o, s, v);
	note_programs(s, v->e);
	if (rule)
		o->used[rule->index] = 1;
	return 0;
}

static int put_name(struct observations *o, const struct view *v)
{
	struct seen key = { .kind = DEST_NAME, .name = v->name.name };
	const struct rule *rule = NULL;

	if (v->is_asked)
		cover_question(o->policy, &key.name, &rule);
	else
		cover_name(o->policy, &v->name, v->proto, &v->addr, &rule);
	return put(o, v, &key, rule);
}

static int put_address(struct observations *o, const struct view *v)
{
	struct seen key = { .kind = DEST_ADDRESS, .addr = v->addr };
	const struct candidate *name = v->name.name.len ? &v->name : NULL;
	const struct rule *rule = NULL;

	cover_address(o->policy, name, v->proto, &v->addr, &rule);
	key.addr.port = 0;
	key.prefix = key.addr.family == ADDR_IP4 ? 32 : 128;
	if (addr_is_loopback(&key.addr) && key.addr.family == ADDR_IP4) {
		addr_parse("127.0.0.0", &key.addr);
		key.prefix = 8;
	}
	return put(o, v, &key, rule);
}

/* A gateway and what it sends on: two addresses, each with a rule of its own,
 * whatever the name. */
static int put_halves(struct observations *o, const struct view *v,
		      const struct addr *inner)
{
	const struct addr *halves[] = { &v->addr, inner };
	int n = 0;

	for (int i = 0; n == 0 && i < 2; i++) {
		struct seen key = { .kind = DEST_ADDRESS, .addr = *halves[i] };
		const struct rule *rule = NULL;

		cover_half(o->policy, halves[i], &rule);
		key.addr.port = 0;
		key.prefix = key.addr.family == ADDR_IP4 ? 32 : 128;
		n = put(o, v, &key, rule);
	}
	return n;
}

static int put_listener(struct observations *o, const struct view *v)
{
	struct seen key = { .kind = DEST_LISTENER, .listener = v->e->name };
	const struct rule *rule = NULL;

	/* The built-in list allows without a rule. */
	if (!*key.listener ||
	    (v->reason == REASON_UNIX_RULE && !v->e->is_by_rule)) {
		o->dropped[DROP_INSIDE] += v->e->attempts;
		return 0;
	}
	door_find(key.listener, &key.door);
	cover_listener(o->policy, key.listener, v->proto, &rule);
	return put(o, v, &key, rule);
}

int observations_add(const struct alike_entry *e, void *observations)
{
	struct observations *o = observations;
	struct view v = view_of(e);
	enum drop drop = drop_of(&v);
	struct addr inner;
	int n = 0;

	o->attempts += e->is_counted ? 0 : e->attempts;
	if (drop != N_DROPS) {
		o->dropped[drop] += e->attempts;
		return 0;
	}
	if (is_unix(v.proto))
		return put_listener(o, &v);
	if (addr_is_loopback(&v.addr))
		return put_address(o, &v);
	if (addr_embedded4(&v.addr, &inner)) {
		n = put_halves(o, &v, &inner);
		if (n || !v.name.name.len)
			return n;
		v.is_asked = true; /* or the address would never be known */
	}
	return v.name.name.len ? put_name(o, &v) : put_address(o, &v);
}
