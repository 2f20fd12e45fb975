/* SPDX-License-Identifier: MIT */
/*
 * DNS queries: read strictly, never repaired, and written anew. Answers that
 * we make up ourselves are written here, too.
 */
#include "wire/dns.h"

#include <errno.h>
#include <string.h>

#define LABEL_MAX    63
#define POINTERS_MAX 127
#define OPCODE_MASK  0x7800
#define OPCODE(f)    (((f)&OPCODE_MASK) >> 11)
#define OPT_DO	     0x8000
#define OPTION_EDE   15
#define TO_QNAME     (0xc000 | DNS_HEADER) /* pointer to the question's name */

enum opcode { OPCODE_QUERY = 0, OPCODE_NOTIFY = 4, OPCODE_UPDATE = 5 };

int dns_name_read(struct reader *msg, struct dname *ret)
{
	uint8_t flat[DNAME_WIRE_MAX], n;
	struct reader r = *msg;
	size_t len = 0, limit = r.pos, after = 0;
	unsigned int hops = 0;

	do {
		const uint8_t *label;

		n = read_u8(&r);
		if (n > LABEL_MAX) {
			size_t to = (n & 0x3fu) << 8 | read_u8(&r);

			/* Below 0xc0: label types nobody uses (RFC 6891). */
			if (n < 0xc0 || r.failed || to < DNS_HEADER ||
			    to >= limit || ++hops > POINTERS_MAX)
				goto bad;
			if (!after)
				after = r.pos;
			/* What it points to ends before it begins. */
			r.len = limit;
			limit = r.pos = to;
			continue;
		}
		label = read_bytes(&r, n);
		if (!label || len + n + 1u > sizeof(flat))
			goto bad;
		flat[len++] = n;
		memcpy(flat + len, label, n);
		len += n;
	} while (n);
	msg->pos = after ? after : r.pos;
	if (!r.failed && !dname_from_wire(flat, len, ret))
		return 0;
bad:
	msg->failed = true;
	return -EINVAL;
}

/* A question may not be compressed: there is nothing to point to. */
static bool read_question(struct reader *r, struct dns_query *q)
{
	size_t from = r->pos, len;
	uint8_t n;

	while ((n = read_u8(r)) != 0)
		if (n > LABEL_MAX || !read_bytes(r, n))
			return false;
	len = r->pos - from;
	if (r->failed || dname_from_wire(r->data + from, len, &q->name))
		return false;
	q->qtype = read_u16(r);
	q->qclass = read_u16(r);
	if (r->failed)
		return false;
	q->question_len = len + 4;
	memcpy(q->question, r->data + from, q->question_len);
	return true;
}

static bool read_options(struct reader *r, size_t len)
{
	size_t end = r->pos + len;

	while (!r->failed && r->pos < end) {
		read_u16(r);
		read_bytes(r, read_u16(r));
	}
	return !r->failed && r->pos == end;
}

/* The one additional record a query may have (RFC 6891 section 6.1). */
static enum dns_rcode read_opt(struct reader *r, struct dns_query *q)
{
	struct dname owner;
	uint16_t type, size, flags;
	uint8_t version;

	if (dns_name_read(r, &owner))
		return DNS_FORMERR;
	type = read_u16(r);
	size = read_u16(r);
	read_u8(r);
	version = read_u8(r);
	flags = read_u16(r);
	if (type == DNS_TSIG)
		return DNS_REFUSED;
	if (type != DNS_OPT || owner.len != 1 || !read_options(r, read_u16(r)))
		return DNS_FORMERR;
	q->has_opt = true;
	q->udp_size = size > DNS_PLAIN_MAX ? size : DNS_PLAIN_MAX;
	q->dnssec_ok = flags & OPT_DO;
	return version ? DNS_BADVERS : DNS_NOERROR;
}

static int refuse_opcode(uint16_t flags)
{
	switch (OPCODE(flags)) {
	case OPCODE_NOTIFY:
	case OPCODE_UPDATE:
		return DNS_REFUSED;
	default:
		return DNS_NOTIMP;
	}
}

int dns_query_decode(const void *msg, size_t len, struct dns_query *ret)
{
	struct reader r = reader_over(msg, len);
	uint16_t qdcount, ancount, nscount, arcount;
	enum dns_rcode opt = DNS_NOERROR;

	memset(ret, 0, sizeof(*ret));
	ret->udp_size = DNS_PLAIN_MAX;
	ret->id = read_u16(&r);
	ret->flags = read_u16(&r);
	qdcount = read_u16(&r);
	ancount = read_u16(&r);
	nscount = read_u16(&r);
	arcount = read_u16(&r);
	if (r.failed)
		return -EINVAL;
	if (ret->flags & DNS_QR || len > DNS_MESSAGE_MAX)
		return DNS_FORMERR;
	if (OPCODE(ret->flags) != OPCODE_QUERY)
		return refuse_opcode(ret->flags);
	if (qdcount != 1 || !read_question(&r, ret))
		return DNS_FORMERR;
	if (ancount || nscount || arcount > 1)
		return DNS_FORMERR;
	if (arcount)
		opt = read_opt(&r, ret);
	if (opt)
		return opt;
	if (r.failed || r.pos != len)
		return DNS_FORMERR;
	return ret->qclass == DNS_IN ? 0 : DNS_REFUSED;
}

size_t dns_ask_spell(const struct dns_ask *a, uint8_t ret[DNAME_WIRE_MAX])
{
	/* A length byte is never a letter: it is below 64. */
	for (size_t i = 0; i < a->name.len; i++) {
		uint8_t c = a->name.wire[i];
		bool is_upper = a->upper[i / 8] >> (i % 8) & 1;

		if (is_upper && c >= 'a' && c <= 'z')
			c = (uint8_t)(c - 32);
		ret[i] = c;
	}
	return a->name.len;
}

static void write_opt(struct writer *w, uint16_t size, enum dns_rcode rcode,
		      bool dnssec_ok, uint16_t rdlength)
{
	write_u8(w, 0);
	write_u16(w, DNS_OPT);
	write_u16(w, size);
	write_u8(w, (uint8_t)(rcode >> 4));
	write_u8(w, 0);
	write_u16(w, dnssec_ok ? OPT_DO : 0);
	write_u16(w, rdlength);
}

size_t dns_ask_encode(const struct dns_ask *a, void *buf, size_t cap)
{
	struct writer w = writer_into(buf, cap);
	uint8_t name[DNAME_WIRE_MAX];

	write_u16(&w, a->id);
	write_u16(&w, a->flags & (DNS_RD | DNS_AD));
	write_u16(&w, 1);
	write_u16(&w, 0);
	write_u16(&w, 0);
	write_u16(&w, a->is_plain ? 0 : 1);
	write_bytes(&w, name, dns_ask_spell(a, name));
	write_u16(&w, a->qtype);
	write_u16(&w, DNS_IN);
	if (!a->is_plain)
		write_opt(&w, DNS_EDNS_SIZE, DNS_NOERROR, a->dnssec_ok, 0);
	return w.failed ? 0 : w.len;
}

static void write_address(struct writer *w, const struct addr *a, uint32_t ttl)
{
	bool is_ip4 = a->family == ADDR_IP4;
	uint16_t len = is_ip4 ? 4 : 16;

	write_u16(w, TO_QNAME);
	write_u16(w, is_ip4 ? DNS_A : DNS_AAAA);
	write_u16(w, DNS_IN);
	write_u32(w, ttl);
	write_u16(w, len);
	write_bytes(w, a->ip, len);
}

/* A SOA that lets nobody remember the answer (RFC 2308 section 5). */
static void write_soa(struct writer *w)
{
	write_u16(w, TO_QNAME);
	write_u16(w, DNS_SOA);
	write_u16(w, DNS_IN);
	write_u32(w, 0);
	write_u16(w, 2 + 5 * 4);
	write_u16(w, 0);    /* MNAME and RNAME: the root */
	write_u32(w, 1);    /* SERIAL */
	write_u32(w, 3600); /* REFRESH */
	write_u32(w, 600);  /* RETRY */
	write_u32(w, 3600); /* EXPIRE */
	write_u32(w, 0);    /* MINIMUM */
}

static void write_reply_opt(struct writer *w, const struct dns_query *q,
			    const struct dns_reply *r)
{
	size_t text = r->ede && r->ede_text ? strlen(r->ede_text) : 0;
	size_t option = r->ede ? 2 + text : 0;

	write_opt(w, DNS_EDNS_SIZE, r->rcode, q->dnssec_ok,
		  (uint16_t)(option ? 4 + option : 0));
	if (!option)
		return;
	write_u16(w, OPTION_EDE);
	write_u16(w, (uint16_t)option);
	write_u16(w, r->ede);
	write_bytes(w, r->ede_text, text);
}

size_t dns_reply_encode(const struct dns_query *q, const struct dns_reply *r,
			void *buf, size_t cap)
{
	struct writer w = writer_into(buf, cap);
	bool is_negative = q->question_len && !r->n_addrs &&
			   (r->rcode == DNS_NXDOMAIN || r->rcode == DNS_NOERROR);

	write_u16(&w, q->id);
	write_u16(&w, (uint16_t)(DNS_QR | DNS_RA | (r->rcode & 0xf) |
				 (q->flags & (OPCODE_MASK | DNS_RD | DNS_CD))));
	write_u16(&w, q->question_len ? 1 : 0);
	write_u16(&w, (uint16_t)r->n_addrs);
	write_u16(&w, is_negative ? 1 : 0);
	write_u16(&w, q->has_opt ? 1 : 0);
	write_bytes(&w, q->question, q->question_len);
	for (size_t i = 0; i < r->n_addrs; i++)
		write_address(&w, &r->addrs[i], r->ttl_s);
	if (is_negative)
		write_soa(&w);
	if (q->has_opt)
		write_reply_opt(&w, q, r);
	return w.failed ? 0 : w.len;
}

/* The decimal number of one label, 0 to 255 without leading zeros, or -1. */
static int label_octet(const uint8_t *label)
{
	int v = 0;

	if (label[0] < 1 || label[0] > 3 || (label[0] > 1 && label[1] == '0'))
		return -1;
	for (int i = 1; i <= label[0]; i++) {
		if (label[i] < '0' || label[i] > '9')
			return -1;
		v = v * 10 + label[i] - '0';
	}
	return v > 255 ? -1 : v;
}

static int label_nibble(const uint8_t *label)
{
	uint8_t c = label[1];

	if (label[0] != 1)
		return -1;
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool dns_reverse_addr(const struct dname *n, struct addr *ret)
{
	static const uint8_t in_addr[] = "\7in-addr\4arpa",
			     ip6[] = "\3ip6\4arpa";
	bool is_ip4 = n->len > sizeof(in_addr) &&
		      !memcmp(n->wire + n->len - sizeof(in_addr), in_addr,
			      sizeof(in_addr));
	unsigned int want = is_ip4 ? 4 : 32;
	const uint8_t *at = n->wire;
	struct addr a = { .family = is_ip4 ? ADDR_IP4 : ADDR_IP6 };

	if (dname_labels(n) != want + 2)
		return false;
	if (!is_ip4 && (n->len != 64 + sizeof(ip6) ||
			memcmp(n->wire + 64, ip6, sizeof(ip6))))
		return false;
	for (unsigned int i = 0; i < want; i++, at += at[0] + 1) {
		unsigned int place = want - 1 - i;
		int v = is_ip4 ? label_octet(at) : label_nibble(at);

		if (v < 0)
			return false;
		if (is_ip4)
			a.ip[place] = (uint8_t)v;
		else
			a.ip[place / 2] |= (uint8_t)(v << (place % 2 ? 0 : 4));
	}
	*ret = a;
	return true;
}
