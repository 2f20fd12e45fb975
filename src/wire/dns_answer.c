/* SPDX-License-Identifier: MIT */
/*
 * Answers of resolvers. Theory of operation: one pass over all records says
 * whether the message is well formed; then the answer section is walked once
 * for each step of the chain that starts at the name asked for. Only class IN
 * records on that chain count; whatever is ambiguous gives no address.
 */
#include "wire/dns_answer.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#define SVC_IPV4HINT 4
#define SVC_IPV6HINT 6

/* Records looked at for one answer, all steps of its chain together. */
#define LOOKS_MAX 16384

#define TTL_TOP_BIT 0x80000000u

struct record {
	struct dname owner;
	uint16_t type, class;
	uint32_t ttl;
	struct reader data; /* over the whole message, up to its own end */
};

static bool read_record(struct reader *r, struct record *ret)
{
	uint16_t len;

	if (dns_name_read(r, &ret->owner))
		return false;
	ret->type = read_u16(r);
	ret->class = read_u16(r);
	ret->ttl = read_u32(r);
	len = read_u16(r);
	ret->data = reader_over(r->data, r->pos + len);
	ret->data.pos = r->pos;
	/* RFC 2181 section 8 */
	if (ret->ttl & TTL_TOP_BIT)
		ret->ttl = 0;
	return read_bytes(r, len) != NULL;
}

static bool read_target(struct record *rec, struct dname *ret)
{
	return !dns_name_read(&rec->data, ret) && rec->data.pos == rec->data.len;
}

static bool is_well_formed(struct record *rec)
{
	size_t len = rec->data.len - rec->data.pos;
	struct reader saved = rec->data;
	struct dname target;
	bool good = true;

	if (rec->class != DNS_IN)
		return true;
	switch (rec->type) {
	case DNS_A:
		return len == 4;
	case DNS_AAAA:
		return len == 16;
	case DNS_CNAME:
	case DNS_DNAME:
		good = read_target(rec, &target);
		rec->data = saved;
		return good;
	default:
		return true;
	}
}

/* Read records n times; the place after them is left in *r. */
static bool check_section(struct reader *r, unsigned int n)
{
	struct record rec;

	while (n--)
		if (!read_record(r, &rec) || !is_well_formed(&rec))
			return false;
	return true;
}

static bool check_additional(struct reader *r, unsigned int n,
			     struct dns_answer *ret)
{
	struct record rec;

	for (unsigned int i = 0; i < n; i++) {
		size_t at = r->pos;

		if (!read_record(r, &rec) || !is_well_formed(&rec))
			return false;
		if (rec.type != DNS_OPT)
			continue;
		if (ret->opt_at || rec.owner.len != 1)
			return false;
		ret->opt_at = at;
		ret->before_opt = (uint16_t)i;
		ret->rcode |= r->data[at + 5] << 4;
	}
	return true;
}

static void keep_addr(struct dns_answer *ret, uint8_t family, const uint8_t *ip)
{
	struct sockaddr_storage ss = { 0 };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct addr a = { .family = ADDR_IP4 };

	if (family == ADDR_IP4) {
		memcpy(a.ip, ip, 4);
	} else {
		/* IPv4-mapped is folded in one place only. */
		memcpy(&in6.sin6_addr, ip, 16);
		memcpy(&ss, &in6, sizeof(in6));
		addr_from_sockaddr(&ss, &a);
	}
	if (ret->n_addrs < DNS_ANSWER_ADDRS_MAX)
		ret->addrs[ret->n_addrs++] = a;
	else
		ret->n_more++;
}

static void keep_hints(struct dns_answer *ret, struct reader *data,
		       uint16_t key, uint16_t len)
{
	size_t size = key == SVC_IPV4HINT ? 4 : 16;

	for (; len >= size; len = (uint16_t)(len - size))
		keep_addr(ret, size == 4 ? ADDR_IP4 : ADDR_IP6,
			  read_bytes(data, size));
}

/* Another name than the record's own; "." stands for that one. */
static void keep_target(struct dns_answer *ret, const struct dname *owner,
			const struct dname *target)
{
	if (target->len == 1 || dname_equal(target, owner))
		return;
	for (size_t i = 0; i < ret->n_targets; i++)
		if (dname_equal(&ret->targets[i], target))
			return;
	if (ret->n_targets < DNS_TARGETS_MAX)
		ret->targets[ret->n_targets++] = *target;
}

/*
 * The target of an HTTPS or SVCB record, and in ServiceMode its addresses
 * (RFC 9460 section 2); one that is malformed gives none.
 */
static void keep_service(struct dns_answer *ret, struct record *rec)
{
	struct reader *data = &rec->data;
	struct dns_answer before = *ret;
	struct dname target;
	uint16_t priority;
	int last = -1;

	priority = read_u16(data);
	if (dns_name_read(data, &target))
		return;
	keep_target(ret, &rec->owner, &target);
	/* AliasMode: what follows is to be ignored. */
	if (!priority)
		return;
	while (!data->failed && data->pos < data->len) {
		uint16_t key = read_u16(data), len = read_u16(data);
		struct reader value = *data;

		if (key <= last || !read_bytes(data, len))
			break;
		last = key;
		if (key == SVC_IPV4HINT || key == SVC_IPV6HINT) {
			if (!len || len % (key == SVC_IPV4HINT ? 4 : 16))
				break;
			keep_hints(ret, &value, key, len);
		}
	}
	if (data->failed || data->pos != data->len)
		*ret = before;
}

static void keep_record(struct dns_answer *ret, struct record *rec)
{
	size_t had = ret->n_addrs + ret->n_targets;

	switch (rec->type) {
	case DNS_A:
		keep_addr(ret, ADDR_IP4, read_bytes(&rec->data, 4));
		break;
	case DNS_AAAA:
		keep_addr(ret, ADDR_IP6, read_bytes(&rec->data, 16));
		break;
	case DNS_HTTPS:
	case DNS_SVCB:
		keep_service(ret, rec);
		break;
	default:
		break;
	}
	if (ret->n_addrs + ret->n_targets > had && rec->ttl < ret->ttl_s)
		ret->ttl_s = rec->ttl;
}

/* Put to in place of from at the end of a name (RFC 6672 section 2.2). */
static bool substitute(const struct dname *name, const struct dname *from,
		       const struct dname *to, struct dname *ret)
{
	uint8_t wire[2 * DNAME_WIRE_MAX];
	size_t head = (size_t)name->len - from->len;

	memcpy(wire, name->wire, head);
	memcpy(wire + head, to->wire, to->len);
	return !dname_from_wire(wire, head + to->len, ret);
}

/* Where the chain goes from a name; len 0: nowhere. */
struct step {
	struct dname by_cname, by_dname;
	bool ambiguous;
};

static void note_target(struct step *s, struct dname *kept,
			const struct dname *target)
{
	if (kept->len && !dname_equal(kept, target))
		s->ambiguous = true;
	*kept = *target;
}

static void note_record(struct step *s, struct record *rec,
			const struct dname *at, struct dns_answer *ret)
{
	struct dname target, longer;

	if (rec->type == DNS_CNAME && dname_equal(&rec->owner, at)) {
		if (!read_target(rec, &target))
			s->ambiguous = true;
		else
			note_target(s, &s->by_cname, &target);
	} else if (rec->type == DNS_DNAME && dname_is_below(at, &rec->owner)) {
		if (!read_target(rec, &target) ||
		    !substitute(at, &rec->owner, &target, &longer))
			s->ambiguous = true;
		else
			note_target(s, &s->by_dname, &longer);
	} else {
		return;
	}
	if (rec->ttl < ret->ttl_s)
		ret->ttl_s = rec->ttl;
}

/*
 * Look at the answer section for one name of the chain: keep its addresses,
 * tell where it goes. False when that cannot be told for sure.
 */
static bool walk_step(struct reader answers, unsigned int n, uint16_t qtype,
		      struct dname *at, struct dns_answer *ret)
{
	struct step s = { 0 };
	struct record rec;

	while (n-- && read_record(&answers, &rec)) {
		if (rec.class != DNS_IN)
			continue;
		if (rec.type == qtype && dname_equal(&rec.owner, at))
			keep_record(ret, &rec);
		else
			note_record(&s, &rec, at, ret);
	}
	/* The CNAME that comes with a DNAME is the server's own work. */
	if (s.by_cname.len && s.by_dname.len)
		note_target(&s, &s.by_cname, &s.by_dname);
	*at = s.by_cname.len ? s.by_cname : s.by_dname;
	return !s.ambiguous;
}

static bool gives_addresses(uint16_t qtype)
{
	return qtype == DNS_A || qtype == DNS_AAAA || qtype == DNS_HTTPS ||
	       qtype == DNS_SVCB;
}

static void follow_chain(struct reader answers, unsigned int n,
			 const struct dns_ask *a, struct dns_answer *ret)
{
	struct dname at = a->name;

	ret->ttl_s = UINT32_MAX;
	for (unsigned int i = 0; i <= DNS_CHAIN_MAX && i * n < LOOKS_MAX; i++) {
		if (!walk_step(answers, n, a->qtype, &at, ret))
			break;
		if (!at.len)
			return;
	}
	/* Ambiguous, too long, or a loop. */
	ret->n_addrs = ret->n_more = ret->n_targets = 0;
}

/* The question section must be ours; capitals are told apart. */
static bool is_question(struct reader *r, const struct dns_ask *a,
			bool *ret_case_kept)
{
	uint8_t want[DNAME_WIRE_MAX];
	struct dname name;
	const uint8_t *got = read_bytes(r, dns_ask_spell(a, want));

	if (!got || dname_from_wire(got, a->name.len, &name) ||
	    !dname_equal(&name, &a->name))
		return false;
	*ret_case_kept = !memcmp(got, want, a->name.len);
	return read_u16(r) == a->qtype && read_u16(r) == DNS_IN && !r->failed;
}

int dns_answer_decode(const void *msg, size_t len, const struct dns_ask *a,
		      struct dns_answer *ret)
{
	struct reader r = reader_over(msg, len), answers;
	uint16_t id = read_u16(&r), flags = read_u16(&r);
	uint16_t qdcount = read_u16(&r), ancount = read_u16(&r);
	uint16_t nscount = read_u16(&r), arcount = read_u16(&r);

	memset(ret, 0, sizeof(*ret));
	if (r.failed || id != a->id || !(flags & DNS_QR) || flags & 0x7800 ||
	    qdcount != 1 || !is_question(&r, a, &ret->case_kept))
		return -ENOMSG;
	ret->rcode = flags & 0xf;
	ret->truncated = flags & DNS_TC;
	if (ret->truncated)
		return 0;
	answers = r;
	if (!check_section(&r, ancount) || !check_section(&r, nscount) ||
	    !check_additional(&r, arcount, ret) || r.pos != len)
		return -EBADMSG;
	if (ret->rcode == DNS_NOERROR && gives_addresses(a->qtype))
		follow_chain(answers, ancount, a, ret);
	return 0;
}

bool dns_answer_dislikes_opt(const void *msg, size_t len, const struct dns_ask *a)
{
	struct reader r = reader_over(msg, len);
	uint16_t id = read_u16(&r), flags = read_u16(&r);
	int rcode = flags & 0xf;

	return !r.failed && !a->is_plain && id == a->id && flags & DNS_QR &&
	       !(flags & 0x7800) &&
	       (rcode == DNS_FORMERR || rcode == DNS_NOTIMP) &&
	       (len == DNS_HEADER ||
		dns_answer_decode(msg, len, a, &(struct dns_answer){ 0 }) == 0);
}
