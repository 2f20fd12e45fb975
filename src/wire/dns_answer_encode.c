/* SPDX-License-Identifier: MIT */
/* Answers of resolvers again, for whoever asked. */
#include "wire/dns_answer.h"

#define OPT_LEN 11

static bool skip_record(struct reader *r)
{
	struct dname owner;

	if (dns_name_read(r, &owner))
		return false;
	read_bytes(r, 8); /* type, class, TTL */
	return read_bytes(r, read_u16(r)) != NULL;
}

/* Cut a message at the end of an answer record, before room bytes; the OPT
 * that is due comes after them. */
static void cut(struct writer *w, size_t body, const struct dns_query *q,
		size_t room)
{
	struct reader r = reader_over(w->data, w->len);
	size_t end = body;
	struct writer head = writer_into(w->data, DNS_HEADER);
	uint16_t flags, ancount, kept = 0;

	r.pos = 2;
	flags = read_u16(&r);
	r.pos = 6;
	ancount = read_u16(&r);
	for (r.pos = body; kept < ancount && skip_record(&r); kept++) {
		if (r.pos > room)
			break;
		end = r.pos;
	}
	w->len = end;
	if (q->has_opt)
		write_bytes(w,
			    (uint8_t[OPT_LEN]){ 0, 0, DNS_OPT, DNS_EDNS_SIZE >> 8,
						DNS_EDNS_SIZE & 0xff, 0, 0,
						q->dnssec_ok ? 0x80 : 0 },
			    OPT_LEN);
	write_u16(&head, q->id);
	write_u16(&head, flags | DNS_TC);
	write_u16(&head, 1);
	write_u16(&head, kept);
	write_u16(&head, 0);
	write_u16(&head, q->has_opt ? 1 : 0);
}

/* The question of a message is that of the target, but for capitals. */
static bool asks_the_same(struct reader msg, const struct dns_query *q)
{
	struct dname name;

	read_bytes(&msg, DNS_HEADER);
	return !dns_name_read(&msg, &name) && dname_equal(&name, &q->name) &&
	       read_u16(&msg) == q->qtype && read_u16(&msg) == DNS_IN &&
	       msg.pos == DNS_HEADER + q->question_len;
}

size_t dns_answer_encode(const void *msg, size_t len,
			 const struct dns_answer *a, const struct dns_query *q,
			 size_t limit, void *buf, size_t cap)
{
	struct reader r = reader_over(msg, len);
	struct writer w = writer_into(buf, cap);
	size_t body = DNS_HEADER + q->question_len;
	bool drop_opt = a->opt_at && !q->has_opt;
	size_t end = drop_opt ? a->opt_at : len;
	size_t opt = q->has_opt ? OPT_LEN : 0;

	if (!asks_the_same(r, q) || limit < body + OPT_LEN)
		return 0;
	read_u16(&r);
	write_u16(&w, q->id);
	write_u16(&w, (uint16_t)((read_u16(&r) & ~DNS_CD) | (q->flags & DNS_CD)));
	write_bytes(&w, read_bytes(&r, 6), 6);
	/* Without its OPT, and then without what came after it. */
	write_u16(&w, drop_opt ? a->before_opt : read_u16(&r));
	write_bytes(&w, q->question, q->question_len);
	write_bytes(&w, r.data + body, end - body);
	if (!w.failed && (w.len > limit || a->truncated))
		cut(&w, body, q, a->truncated ? body : limit - opt);
	return w.failed ? 0 : w.len;
}
