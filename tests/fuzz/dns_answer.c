// SPDX-License-Identifier: MIT
// An answer that is taken keeps to its limits and can be handed on, whole or
// cut, as a message that is taken again.
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/dns_answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool claim)
{
	if (!claim)
		abort();
}

// The question that this message answers, if it answers any.
static bool question_of(const uint8_t *data, size_t size, struct dns_ask *ret)
{
	struct reader r = reader_over(data, size);

	memset(ret, 0, sizeof(*ret));
	ret->id = read_u16(&r);
	read_bytes(&r, DNS_HEADER - 2);
	if (dns_name_read(&r, &ret->name))
		return false;
	ret->qtype = read_u16(&r);
	return !r.failed;
}

static void must_be_handed_on(const uint8_t *data, size_t size,
			      const struct dns_ask *a,
			      const struct dns_answer *answer, bool has_opt,
			      size_t limit)
{
	static uint8_t buf[DNS_MESSAGE_MAX];
	struct dns_query q = { .id = a->id,
			       .name = a->name,
			       .qtype = a->qtype,
			       .question_len = a->name.len + 4u,
			       .has_opt = has_opt };
	struct dns_answer again;
	size_t n;

	memcpy(q.question, data + DNS_HEADER, q.question_len);
	n = dns_answer_encode(data, size, answer, &q, limit, buf, sizeof(buf));
	must(n && n <= limit);
	must(n == size || n < size + 12);
	buf[2] &= (uint8_t)~2;
	must(dns_answer_decode(buf, n, a, &again) == 0);
	must(again.n_addrs <= answer->n_addrs || answer->truncated ||
	     answer->n_addrs == 0);
	must(has_opt || answer->truncated || !again.opt_at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dns_answer answer;
	struct dns_ask a;
	int rc;

	if (size > DNS_MESSAGE_MAX || !question_of(data, size, &a))
		return 0;
	rc = dns_answer_decode(data, size, &a, &answer);
	must(rc == 0 || rc == -ENOMSG || rc == -EBADMSG);
	/* A server that is asked again was asked by us. */
	if (dns_answer_dislikes_opt(data, size, &a))
		must(rc == 0 || size == DNS_HEADER);
	if (rc)
		return 0;
	must(answer.n_addrs <= DNS_ANSWER_ADDRS_MAX);
	must(!(answer.n_addrs || answer.n_targets) || answer.ttl_s <= INT32_MAX);
	must(answer.n_targets <= DNS_TARGETS_MAX);
	must(!answer.n_more || answer.n_addrs == DNS_ANSWER_ADDRS_MAX);
	must_be_handed_on(data, size, &a, &answer, true, DNS_MESSAGE_MAX);
	must_be_handed_on(data, size, &a, &answer, false, DNS_MESSAGE_MAX);
	must_be_handed_on(data, size, &a, &answer, true, 512);
	must_be_handed_on(data, size, &a, &answer, false, 512);
	return 0;
}
