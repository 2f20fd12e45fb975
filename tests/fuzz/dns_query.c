// SPDX-License-Identifier: MIT
// A query that is taken can be written again and means the same; one that is
// refused can be told so.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool claim)
{
	if (!claim)
		abort();
}

static void must_come_back(const struct dns_query *q)
{
	struct dns_ask a = { .id = q->id,
			     .flags = q->flags,
			     .dnssec_ok = q->dnssec_ok,
			     .name = q->name,
			     .qtype = q->qtype };
	uint8_t buf[512];
	struct dns_query again;
	size_t n;

	memset(a.upper, 0xa5, sizeof(a.upper));
	n = dns_ask_encode(&a, buf, sizeof(buf));
	must(n == DNS_HEADER + q->question_len + 11);
	must(dns_query_decode(buf, n, &again) == 0);
	must(dname_equal(&again.name, &q->name) && again.qtype == q->qtype);
	must(again.dnssec_ok == q->dnssec_ok && again.has_opt);
}

static void must_be_answered(const struct dns_query *q, int rcode)
{
	struct dns_reply r = { .rcode = (enum dns_rcode)rcode,
			       .ede = DNS_EDE_BLOCKED,
			       .ede_text = "no" };
	uint8_t buf[DNS_REPLY_MAX];
	size_t n = dns_reply_encode(q, &r, buf, sizeof(buf));

	must(n >= DNS_HEADER && buf[2] & 0x80);
	must(buf[0] == q->id >> 8 && buf[1] == (q->id & 0xff));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dns_query q;
	struct addr a;
	int rcode = dns_query_decode(data, size, &q);

	must((rcode < 0) == (size < DNS_HEADER));
	if (rcode < 0)
		return 0;
	must_be_answered(&q, rcode);
	must(q.udp_size >= 512);
	dns_reverse_addr(&q.name, &a);
	if (rcode)
		return 0;
	must(q.question_len == q.name.len + 4u && !(q.flags & DNS_QR));
	must(size >= DNS_HEADER + q.question_len);
	must(q.has_opt || size == DNS_HEADER + q.question_len);
	must_come_back(&q);
	return 0;
}
