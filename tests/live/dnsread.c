/* SPDX-License-Identifier: MIT */
/*
 * What the decoders make of a message, for comparison with others: lines
 * "Q HEX" and "A NAME TYPE ID HEX" in, one line out for each.
 */
#include <stdio.h>
#include <stdlib.h>

#include "wire/dns_answer.h"

static size_t from_hex(const char *hex, uint8_t *ret, size_t max)
{
	unsigned int byte;
	size_t n = 0;

	while (n < max && sscanf(hex + 2 * n, "%2x", &byte) == 1)
		ret[n++] = (uint8_t)byte;
	return n;
}

static void read_query(const uint8_t *msg, size_t len)
{
	char text[DNAME_TEXT_MAX];
	struct dns_query q;
	int rc = dns_query_decode(msg, len, &q);

	printf("%d", rc);
	if (!rc)
		printf(" %u %s %u %d %d %u", q.id, dname_text(&q.name, text),
		       q.qtype, q.has_opt, q.dnssec_ok, q.udp_size);
	printf("\n");
}

static void read_answer(const struct dns_ask *a, const uint8_t *msg, size_t len)
{
	static struct dns_answer answer;
	char ip[ADDR_TEXT_MAX];
	int rc = dns_answer_decode(msg, len, a, &answer);

	printf("%d", rc);
	if (!rc) {
		printf(" %d %d %u", answer.rcode, answer.truncated,
		       answer.n_addrs ? answer.ttl_s : 0);
		for (size_t i = 0; i < answer.n_addrs; i++)
			printf(" %s", addr_text(&answer.addrs[i], ip));
	}
	printf("\n");
}

int main(void)
{
	static char line[200000], hex[140000];
	static uint8_t msg[DNS_MESSAGE_MAX];
	struct dns_ask a = { 0 };
	char name[300];
	unsigned int type, id;

	while (fgets(line, sizeof(line), stdin)) {
		hex[0] = '\0';
		if (sscanf(line, "Q %139999s", hex) == 1) {
			read_query(msg, from_hex(hex, msg, sizeof(msg)));
		} else if (sscanf(line, "A %299s %u %u %139999s", name, &type,
				  &id, hex) == 4) {
			a.qtype = (uint16_t)type;
			a.id = (uint16_t)id;
			if (dname_from_text(name, &a.name))
				return 1;
			read_answer(&a, msg, from_hex(hex, msg, sizeof(msg)));
		} else {
			return 1;
		}
	}
	return 0;
}
