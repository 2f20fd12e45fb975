/* SPDX-License-Identifier: MIT */
/* DNS queries: what is taken, what is refused and how, what we write. */
#include "wire/dns.h"

#include <errno.h>

#include "tap.h"
#include "unit/dns_packet.h"

static struct packet p;
static struct dns_query q;

static int decoded(void)
{
	return dns_query_decode(p.bytes, p.w.len, &q);
}

static const char *name_of(const struct dname *n)
{
	static char text[DNAME_TEXT_MAX];

	return dname_text(n, text);
}

static void plain(uint16_t flags)
{
	packet_start(&p, flags, 1, 0, 0, 0);
	packet_question(&p, "Api.Example.COM", DNS_A);
}

static void test_good(void)
{
	plain(DNS_RD);
	ok(decoded() == 0);
	ok_str(name_of(&q.name), "api.example.com");
	ok(q.id == 0x1234 && q.qtype == DNS_A && q.qclass == DNS_IN);
	ok(!q.has_opt && q.udp_size == 512);
	ok(q.question_len == 17 + 4 && !memcmp(q.question, "\3Api\7Exam", 9));

	packet_start(&p, DNS_RD | DNS_CD, 1, 0, 0, 1);
	packet_question(&p, "x.test", DNS_AAAA);
	packet_opt(&p, 4096, NULL, 0);
	ok(decoded() == 0 && q.has_opt && q.udp_size == 4096 && !q.dnssec_ok);

	packet_start(&p, 0, 1, 0, 0, 1);
	packet_question(&p, "", 2);
	packet_opt(&p, 100, "\xfd\xe9\0\2ab", 6); /* option 65001 */
	ok(decoded() == 0 && q.name.len == 1 && q.udp_size == 512);
}

static void test_counts(void)
{
	packet_start(&p, 0, 0, 0, 0, 0);
	ok(decoded() == DNS_FORMERR && !q.question_len);
	packet_start(&p, 0, 2, 0, 0, 0);
	packet_question(&p, "a.test", DNS_A);
	packet_question(&p, "b.test", DNS_A);
	ok(decoded() == DNS_FORMERR);
	packet_start(&p, 0, 1, 1, 0, 0);
	packet_question(&p, "a.test", DNS_A);
	packet_a(&p, "a.test", 1, 1);
	ok(decoded() == DNS_FORMERR);
	packet_start(&p, 0, 1, 0, 1, 0);
	packet_question(&p, "a.test", DNS_A);
	packet_a(&p, "a.test", 1, 1);
	ok(decoded() == DNS_FORMERR);
	packet_start(&p, 0, 1, 0, 0, 2);
	packet_question(&p, "a.test", DNS_A);
	packet_opt(&p, 512, NULL, 0);
	packet_opt(&p, 512, NULL, 0);
	ok(decoded() == DNS_FORMERR);
	packet_start(&p, 0, 1, 0, 0, 1);
	packet_question(&p, "a.test", DNS_A);
	packet_a(&p, "a.test", 1, 1); /* an extra record that is no OPT */
	ok(decoded() == DNS_FORMERR);
	packet_start(&p, 0, 1, 0, 0, 1);
	packet_question(&p, "a.test", DNS_A);
	packet_record(&p, "key", DNS_TSIG, 0, "x", 1);
	ok(decoded() == DNS_REFUSED);
}

static void test_lengths(void)
{
	plain(0);
	for (size_t len = 0; len < p.w.len; len++)
		if (dns_query_decode(p.bytes, len, &q) !=
		    (len < DNS_HEADER ? -EINVAL : DNS_FORMERR))
			break;
		else if (len + 1 == p.w.len)
			ok("every shorter message is refused");
	write_u8(&p.w, 0);
	ok(decoded() == DNS_FORMERR); /* a trailing byte */

	packet_start(&p, 0, 1, 0, 0, 1);
	packet_question(&p, "a.test", DNS_A);
	packet_opt(&p, 512, "\0\3\0\5x", 5); /* option past the end */
	ok(decoded() == DNS_FORMERR);
	packet_start(&p, 0, 1, 0, 0, 1);
	packet_question(&p, "a.test", DNS_A);
	packet_opt(&p, 512, NULL, 0);
	p.bytes[p.w.len - 1] = 1; /* data past the end */
	ok(decoded() == DNS_FORMERR);
}

static int decoded_name(const void *wire, size_t len)
{
	packet_start(&p, 0, 1, 0, 0, 0);
	write_bytes(&p.w, wire, len);
	write_u16(&p.w, DNS_A);
	write_u16(&p.w, DNS_IN);
	return decoded();
}

static void test_names(void)
{
	uint8_t big[300];

	ok(decoded_name("\xc0\x0c", 2) == DNS_FORMERR); /* points at itself */
	ok(decoded_name("\1a\xc0\x0c", 4) == DNS_FORMERR);
	ok(decoded_name("\1a\xc0\x20", 4) == DNS_FORMERR); /* forward */
	ok(decoded_name("\x41"
			"a",
			2) == DNS_FORMERR); /* label type 01 */
	ok(decoded_name("\x80"
			"a",
			2) == DNS_FORMERR); /* label type 10 */

	/* Labels of 64 bytes cannot be written: it is type 01. */
	memset(big, 'a', sizeof(big));
	big[0] = 63;
	big[64] = 0;
	ok(decoded_name(big, 65) == 0);
	big[0] = 64;
	big[65] = 0;
	ok(decoded_name(big, 66) == DNS_FORMERR);

	for (size_t i = 0; i < 256; i += 64)
		big[i] = 63;
	big[192] = 61;
	big[254] = 0;
	ok(decoded_name(big, 255) == 0);
	big[192] = 62;
	big[254] = 'a';
	big[255] = 0;
	ok(decoded_name(big, 256) == DNS_FORMERR);

	ok(decoded_name("\3a.b\4test", 10) == 0);
	ok_str(name_of(&q.name), "a\\046b.test");
	ok(!dname_is_plain(&q.name));
	ok(decoded_name("\3a\0b\4test", 10) == 0);
	ok_str(name_of(&q.name), "a\\000b.test");
}

static void test_codes(void)
{
	plain(DNS_QR);
	ok(decoded() == DNS_FORMERR);
	plain(5 << 11); /* UPDATE */
	ok(decoded() == DNS_REFUSED);
	plain(4 << 11); /* NOTIFY */
	ok(decoded() == DNS_REFUSED);
	plain(2 << 11); /* STATUS */
	ok(decoded() == DNS_NOTIMP);
	plain(0);
	p.bytes[p.w.len - 1] = 3; /* CHAOS */
	ok(decoded() == DNS_REFUSED && q.question_len);
	p.bytes[p.w.len - 1] = 255;
	ok(decoded() == DNS_REFUSED);
	plain(0);
	p.bytes[p.w.len - 3] = 255; /* ANY is judged, not malformed */
	ok(decoded() == 0 && q.qtype == 255);

	packet_start(&p, 0, 1, 0, 0, 1);
	packet_question(&p, "a.test", DNS_A);
	packet_opt(&p, 512, NULL, 0);
	p.bytes[p.w.len - 5] = 1; /* EDNS version 1 */
	ok(decoded() == DNS_BADVERS);
}

static void test_ask(void)
{
	struct dns_ask a = { .id = 7, .flags = 0xffff, .qtype = DNS_A };
	uint8_t buf[512];
	size_t n;

	dname_from_text("ab.test", &a.name);
	a.upper[0] = 0x12; /* bytes 1 and 4 */
	n = dns_ask_encode(&a, buf, sizeof(buf));
	ok(n == 12 + 9 + 4 + 11);
	ok(!memcmp(buf, "\0\7\1\x20\0\1\0\0\0\0\0\1\2Ab\4Test\0\0\1\0\1", 25));
	ok(!memcmp(buf + 25, "\0\0\x29\4\xd0\0\0\0\0\0\0", 11));
	ok(dns_ask_encode(&a, buf, n - 1) == 0);
	ok(dns_query_decode(buf, n, &q) == 0);
	ok_str(name_of(&q.name), "ab.test");
}

static void test_reply(void)
{
	struct dns_reply r = { .rcode = DNS_NXDOMAIN,
			       .ede = DNS_EDE_BLOCKED,
			       .ede_text = "no rule" };
	struct addr a;
	uint8_t buf[DNS_REPLY_MAX];
	size_t n;

	plain(DNS_RD);
	decoded();
	n = dns_reply_encode(&q, &r, buf, sizeof(buf));
	ok(n == 12 + 21 + 12 + 22);
	ok(!memcmp(buf, "\x12\x34\x81\x83\0\1\0\0\0\1\0\0\3Api", 16));

	packet_start(&p, 0, 1, 0, 0, 1);
	packet_question(&p, "a.test", DNS_A);
	packet_opt(&p, 512, NULL, 0);
	decoded();
	n = dns_reply_encode(&q, &r, buf, sizeof(buf));
	ok(n == 12 + 12 + 34 + 11 + 4 + 2 + 7 && buf[11] == 1);
	ok(!memcmp(buf + n - 13, "\0\17\0\11\0\17no rule", 13));

	addr_parse("198.18.0.7", &a);
	r = (struct dns_reply){ .addrs = &a, .n_addrs = 1, .ttl_s = 1 };
	n = dns_reply_encode(&q, &r, buf, sizeof(buf));
	ok(n == 12 + 12 + 16 + 11 && buf[7] == 1 && buf[9] == 0);
	ok(!memcmp(buf + 24, "\xc0\x0c\0\1\0\1\0\0\0\1\0\4\306\22\0\7", 16));

	packet_start(&p, 5 << 11, 0, 0, 0, 0);
	ok(decoded() == DNS_REFUSED);
	r = (struct dns_reply){ .rcode = DNS_REFUSED };
	n = dns_reply_encode(&q, &r, buf, sizeof(buf));
	ok(n == 12 && !memcmp(buf, "\x12\x34\xa8\x85\0\0\0\0\0\0\0\0", 12));
	ok(dns_reply_encode(&q, &r, buf, 11) == 0);
}

static bool reverse_is(const char *name, const char *want)
{
	struct addr a, b;
	struct dname n;

	if (dname_from_text(name, &n))
		return false;
	if (!want)
		return !dns_reverse_addr(&n, &a);
	return !addr_parse(want, &b) && dns_reverse_addr(&n, &a) &&
	       addr_same_ip(&a, &b);
}

static void test_reverse(void)
{
	ok(reverse_is("7.2.0.192.in-addr.arpa", "192.0.2.7"));
	ok(reverse_is("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."
		      "0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
		      "2001:db8::1"));
	ok(reverse_is("256.2.0.192.in-addr.arpa", NULL));
	ok(reverse_is("07.2.0.192.in-addr.arpa", NULL));
	ok(reverse_is("2.0.192.in-addr.arpa", NULL));
	ok(reverse_is("a.7.2.0.192.in-addr.arpa", NULL));
	ok(reverse_is("7.2.0.192.in-addr.test", NULL));
	ok(reverse_is("1.ip6.arpa", NULL));
	ok(reverse_is("test", NULL));
}

int main(void)
{
	test_good();
	test_counts();
	test_lengths();
	test_names();
	test_codes();
	test_ask();
	test_reply();
	test_reverse();
	return done();
}
