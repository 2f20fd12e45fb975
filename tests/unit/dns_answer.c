/* SPDX-License-Identifier: MIT */
/* Answers: whose they are, what they bind, how they are handed on. */
#include "wire/dns_answer.h"

#include <errno.h>

#include "tap.h"
#include "unit/dns_packet.h"

static struct packet p;
static struct dns_ask ask;
static struct dns_answer got;
static char shown[1024];

#define REPLY (DNS_QR | DNS_RD | DNS_RA)

static void start(const char *name, uint16_t type, uint16_t flags, uint16_t an,
		  uint16_t ns, uint16_t ar)
{
	ask = (struct dns_ask){ .id = 0x1234, .qtype = type, .flags = DNS_RD };
	dname_from_text(name, &ask.name);
	packet_start(&p, flags, 1, an, ns, ar);
	packet_question(&p, name, type);
}

static int decoded(void)
{
	return dns_answer_decode(p.bytes, p.w.len, &ask, &got);
}

/* The bound addresses and the TTL, as one line. */
static const char *bound(void)
{
	char ip[ADDR_TEXT_MAX];
	size_t n = 0;

	shown[0] = '\0';
	if (decoded())
		return "bad";
	for (size_t i = 0; i < got.n_addrs; i++)
		n += (size_t)snprintf(shown + n, sizeof(shown) - n, "%s ",
				      addr_text(&got.addrs[i], ip));
	if (got.n_addrs)
		snprintf(shown + n, sizeof(shown) - n, "%u", got.ttl_s);
	return shown;
}

static void test_chain(void)
{
	start("a.test", DNS_A, REPLY, 2, 0, 0);
	packet_a(&p, "a.test", 60, 1);
	packet_a(&p, "A.TEST", 50, 2);
	ok_str(bound(), "192.0.2.1 192.0.2.2 50");

	/* In any order, the smallest TTL of the chain. */
	start("a.test", DNS_A, REPLY, 4, 0, 0);
	packet_a(&p, "c.test", 60, 1);
	packet_alias(&p, "b.test", DNS_CNAME, 40, "c.test");
	packet_alias(&p, "a.test", DNS_CNAME, 50, "b.test");
	packet_a(&p, "other.test", 1, 9); /* off the chain */
	ok_str(bound(), "192.0.2.1 40");

	start("a.test", DNS_A, REPLY, 1, 1, 1);
	packet_alias(&p, "a.test", DNS_CNAME, 50, "b.test");
	packet_a(&p, "b.test", 60, 1); /* authority */
	packet_a(&p, "b.test", 60, 2); /* additional */
	ok_str(bound(), "");

	start("a.test", DNS_A, REPLY, 3, 0, 0);
	packet_alias(&p, "a.test", DNS_CNAME, 50, "b.test");
	packet_alias(&p, "b.test", DNS_CNAME, 50, "a.test");
	packet_a(&p, "b.test", 60, 1);
	ok_str(bound(), "");

	start("a.test", DNS_A, REPLY, 3, 0, 0);
	packet_alias(&p, "a.test", DNS_CNAME, 50, "b.test");
	packet_alias(&p, "a.test", DNS_CNAME, 50, "c.test");
	packet_a(&p, "c.test", 60, 1);
	ok_str(bound(), "");

	/* An address of another type than asked for binds nothing. */
	start("a.test", DNS_AAAA, REPLY, 1, 0, 0);
	packet_a(&p, "a.test", 60, 1);
	ok_str(bound(), "");
	start("a.test", DNS_CNAME, REPLY, 1, 0, 0);
	packet_a(&p, "a.test", 60, 1);
	ok_str(bound(), "");

	/* Another class. */
	start("a.test", DNS_A, REPLY, 1, 0, 0);
	packet_a(&p, "a.test", 60, 1);
	p.bytes[p.w.len - 4 - 2 - 4 - 1] = 3;
	ok_str(bound(), "");

	start("a.test", DNS_A, REPLY, 1, 0, 0);
	packet_a(&p, "a.test", 0x80000001, 1);
	ok_str(bound(), "192.0.2.1 0");
}

static void long_chain(unsigned int n)
{
	char from[16] = "a.test", to[16];

	start("a.test", DNS_A, REPLY, (uint16_t)(n + 1), 0, 0);
	for (unsigned int i = 0; i < n; i++) {
		snprintf(to, sizeof(to), "c%u.test", i);
		packet_alias(&p, from, DNS_CNAME, 9, to);
		memcpy(from, to, sizeof(to));
	}
	packet_a(&p, from, 9, 1);
}

static void test_limits(void)
{
	long_chain(16);
	ok_str(bound(), "192.0.2.1 9");
	long_chain(17);
	ok_str(bound(), "");

	start("a.test", DNS_A, REPLY, 90, 0, 0);
	for (unsigned int i = 0; i < 90; i++)
		packet_a(&p, "a.test", 9, (uint8_t)i);
	ok(!decoded() && got.n_addrs == 64 && got.n_more == 26);
}

/* A chain of five steps, and n records that have nothing to do with it. */
static int in_company(unsigned int n)
{
	static uint8_t big[DNS_MESSAGE_MAX];
	struct writer w = writer_into(big, sizeof(big));

	start("a0.test", DNS_A, REPLY, (uint16_t)(n + 6), 0, 0);
	for (int i = 0; i < 5; i++) {
		char from[16], to[16];

		snprintf(from, sizeof(from), "a%d.test", i);
		snprintf(to, sizeof(to), "a%d.test", i + 1);
		packet_alias(&p, from, DNS_CNAME, 60, to);
	}
	packet_a(&p, "a5.test", 60, 1);
	write_bytes(&w, p.bytes, p.w.len);
	for (unsigned int i = 0; i < n; i++)
		write_bytes(&w, "\0\0\x10\0\1\0\0\0\1\0\0", 11);
	if (w.failed || dns_answer_decode(big, w.len, &ask, &got))
		return -1;
	return (int)got.n_addrs;
}

/* Each step looks at every record: few of both, or it takes too long. */
static void test_heavy(void)
{
	ok(in_company(0) == 1);
	ok(in_company(2000) == 1);
	ok(in_company(5000) == 0);
}

static void test_dname(void)
{
	start("x.old.test", DNS_A, REPLY, 3, 0, 0);
	packet_alias(&p, "old.test", DNS_DNAME, 30, "new.test");
	packet_alias(&p, "x.old.test", DNS_CNAME, 0, "x.new.test");
	packet_a(&p, "x.new.test", 60, 1);
	ok_str(bound(), "192.0.2.1 0");

	start("x.old.test", DNS_A, REPLY, 3, 0, 0);
	packet_alias(&p, "old.test", DNS_DNAME, 30, "new.test");
	packet_alias(&p, "x.old.test", DNS_CNAME, 30, "x.evil.test");
	packet_a(&p, "x.evil.test", 60, 1);
	ok_str(bound(), "");

	/* A DNAME says nothing about its own owner. */
	start("old.test", DNS_A, REPLY, 2, 0, 0);
	packet_alias(&p, "old.test", DNS_DNAME, 30, "new.test");
	packet_a(&p, "new.test", 60, 1);
	ok_str(bound(), "");
}

static void test_families(void)
{
	static const uint8_t mapped[16] = {
		[10] = 255, [11] = 255, [12] = 10, [15] = 1
	};
	static const uint8_t real[16] = { 0x20, 1, 0x0d, 0xb8, [15] = 5 };

	start("a.test", DNS_AAAA, REPLY, 2, 0, 0);
	packet_record(&p, "a.test", DNS_AAAA, 9, mapped, 16);
	packet_record(&p, "a.test", DNS_AAAA, 9, real, 16);
	ok_str(bound(), "10.0.0.1 2001:db8::5 9");
	start("a.test", DNS_AAAA, REPLY, 1, 0, 0);
	packet_record(&p, "a.test", DNS_AAAA, 9, real, 15);
	ok(decoded() == -EBADMSG);
	start("a.test", DNS_A, REPLY, 1, 0, 0);
	packet_record(&p, "a.test", DNS_A, 9, real, 5);
	ok(decoded() == -EBADMSG);
}

#define SERVICE "\0\1\0"
#define HINT4	"\0\4\0\10\300\0\2\1\300\0\2\2"
#define HINT6	"\0\6\0\20\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\7"

static const char *service(const void *data, size_t len)
{
	start("a.test", DNS_HTTPS, REPLY, 1, 0, 0);
	packet_record(&p, "a.test", DNS_HTTPS, 7, data, len);
	return bound();
}

static void test_hints(void)
{
	ok_str(service(SERVICE "\0\1\0\3\2h2" HINT4 HINT6, 3 + 7 + 12 + 20),
	       "192.0.2.1 192.0.2.2 2001:db8::7 7");
	ok_str(service("\0\0\0" HINT4, 3 + 12), "");	       /* AliasMode */
	ok_str(service(SERVICE HINT6 HINT4, 3 + 12 + 20), ""); /* order */
	ok_str(service(SERVICE HINT4, 3 + 11), "");
	ok_str(service(SERVICE "\0\4\0\5\300\0\2\1\1", 3 + 9), "");
	ok_str(service(SERVICE "\0\4\0\0", 3 + 4), "");
	ok_str(service("\0", 1), "");
}

/* The names that a service record leads to, blanks between. */
static const char *led_to(const void *data, size_t len)
{
	static char line[4096];
	char text[DNAME_TEXT_MAX];
	size_t at = 0;

	service(data, len);
	line[0] = '\0';
	for (size_t i = 0; i < got.n_targets; i++)
		at += (size_t)snprintf(line + at, sizeof(line) - at, "%s ",
				       dname_text(&got.targets[i], text));
	return line;
}

static void test_targets(void)
{
	ok_str(led_to("\0\0\1b\4test\0", 10), "b.test "); /* AliasMode */
	ok(got.ttl_s == 7 && !got.n_addrs);
	ok_str(led_to("\0\1\1b\4test\0" HINT4, 10 + 12), "b.test ");
	ok(got.n_addrs == 2);
	ok_str(led_to("\0\1\1a\4test\0", 10), ""); /* itself */
	ok_str(led_to("\0\0\0", 3), "");	   /* there is no service */
	ok_str(led_to("\0\1\1b\4test\0" HINT4, 10 + 11), ""); /* malformed */
	ok_str(led_to("\0\1\1b\4tes", 8), "");
	start("a.test", DNS_HTTPS, REPLY, 2, 0, 0);
	packet_alias(&p, "a.test", DNS_CNAME, 60, "c.test");
	packet_record(&p, "c.test", DNS_HTTPS, 7, "\0\0\1b\4test\0", 10);
	ok(decoded() == 0 && got.n_targets == 1);
	start("a.test", DNS_HTTPS, REPLY, 1, 0, 0);
	packet_record(&p, "c.test", DNS_HTTPS, 7, "\0\0\1b\4test\0", 10);
	ok(decoded() == 0 && got.n_targets == 0); /* off the chain */
}

static void test_foreign(void)
{
	start("a.test", DNS_A, REPLY, 0, 0, 0);
	ok(decoded() == 0 && got.case_kept);
	ask.id++;
	ok(decoded() == -ENOMSG);
	start("a.test", DNS_A, DNS_RD, 0, 0, 0);
	ok(decoded() == -ENOMSG); /* no answer */
	start("a.test", DNS_A, REPLY, 0, 0, 0);
	dname_from_text("b.test", &ask.name);
	ok(decoded() == -ENOMSG);
	dname_from_text("longer.test", &ask.name);
	ok(decoded() == -ENOMSG);
	start("a.test", DNS_A, REPLY, 0, 0, 0);
	ask.qtype = DNS_AAAA;
	ok(decoded() == -ENOMSG);
	start("a.test", DNS_A, REPLY, 0, 0, 0);
	p.bytes[5] = 0; /* no question */
	ok(decoded() == -ENOMSG);
	start("a.test", DNS_A, REPLY | 4 << 11, 0, 0, 0);
	ok(decoded() == -ENOMSG);
	/* Other capitals than ours: known, and told. */
	start("a.test", DNS_A, REPLY, 0, 0, 0);
	ask.upper[0] = 2;
	ok(decoded() == 0 && !got.case_kept);
	ok(dns_answer_decode(p.bytes, 0, &ask, &got) == -ENOMSG);
}

static void test_malformed(void)
{
	size_t bad = 0, len;

	start("a.test", DNS_A, REPLY, 2, 0, 1);
	packet_alias(&p, "a.test", DNS_CNAME, 50, "b.test");
	packet_a(&p, "b.test", 60, 1);
	packet_opt(&p, 1232, NULL, 0);
	ok_str(bound(), "192.0.2.1 50");
	len = p.w.len;
	for (size_t n = 0; n < len; n++)
		bad += dns_answer_decode(p.bytes, n, &ask, &got) < 0;
	ok(bad == len); /* every shorter message */
	write_u8(&p.w, 0);
	ok(decoded() == -EBADMSG);

	/* A target that does not fill its record. */
	start("a.test", DNS_A, REPLY, 1, 0, 0);
	packet_record(&p, "a.test", DNS_CNAME, 1, "\1b\0x", 4);
	ok(decoded() == -EBADMSG);
	/* Pointers: itself, forward, into the header. */
	start("a.test", DNS_A, REPLY, 1, 0, 0);
	packet_record(&p, "a.test", DNS_CNAME, 1, "\xc0\x2a", 2);
	ok(decoded() == -EBADMSG);
	p.bytes[p.w.len - 1] = 0xff;
	ok(decoded() == -EBADMSG);
	p.bytes[p.w.len - 1] = 0;
	ok(decoded() == -EBADMSG);
	p.bytes[p.w.len - 1] = DNS_HEADER;
	ok(decoded() == 0);
	/* To a label that runs over the name that points to it. */
	start("a.test", DNS_A, REPLY, 2, 0, 0);
	packet_record(&p, "a.test", 16, 1, "\5", 1);
	write_u16(&p.w, 0xc000 | (uint16_t)(p.w.len - 1));
	write_bytes(&p.w, "\0\1\0\1\0\0\0\0\0\4\1\2\3\4", 14);
	ok(decoded() == -EBADMSG);
	/* Two OPT. */
	start("a.test", DNS_A, REPLY, 0, 0, 2);
	packet_opt(&p, 1232, NULL, 0);
	packet_opt(&p, 1232, NULL, 0);
	ok(decoded() == -EBADMSG);
}

static void test_codes(void)
{
	start("a.test", DNS_A, REPLY | DNS_NXDOMAIN, 1, 0, 0);
	packet_a(&p, "a.test", 60, 1);
	ok(!decoded() && got.rcode == DNS_NXDOMAIN && !got.n_addrs);
	start("a.test", DNS_A, REPLY, 0, 0, 1);
	packet_opt(&p, 1232, NULL, 0);
	p.bytes[p.w.len - 6] = 1;
	ok(!decoded() && got.rcode == DNS_BADVERS);
	start("a.test", DNS_A, REPLY | DNS_TC, 5, 0, 0);
	ok(!decoded() && got.truncated && !got.n_addrs);
}

/* The query of a target, spelled its own way. */
static struct dns_query asked(bool has_opt, uint16_t udp_size)
{
	struct dns_query q = { .id = 0xabcd,
			       .name = ask.name,
			       .qtype = ask.qtype,
			       .question_len = ask.name.len + 4u,
			       .has_opt = has_opt,
			       .udp_size = udp_size };

	memcpy(q.question, p.bytes + DNS_HEADER, q.question_len);
	q.question[1] = 'A';
	return q;
}

static void test_encode(void)
{
	struct dns_query q;
	uint8_t buf[4096];
	size_t n;

	start("a.test", DNS_A, REPLY, 1, 0, 2);
	packet_a(&p, "a.test", 60, 1);
	packet_a(&p, "ns.test", 60, 2);
	packet_opt(&p, 1232, NULL, 0);
	ok(!decoded());
	q = asked(true, 512);
	n = dns_answer_encode(p.bytes, p.w.len, &got, &q, 512, buf, sizeof(buf));
	ok(n == p.w.len &&
	   !memcmp(buf, "\xab\xcd\x81\x80\0\1\0\1\0\0\0\2\1A", 14));
	ok(!memcmp(buf + 14, p.bytes + 14, n - 14));
	q = asked(false, 512);
	n = dns_answer_encode(p.bytes, p.w.len, &got, &q, 512, buf, sizeof(buf));
	ok(n == p.w.len - 11 && buf[11] == 1);
	ok(!dns_answer_encode(p.bytes, 20, &got, &q, 512, buf, sizeof(buf)));
	q.question_len++;
	ok(!dns_answer_encode(p.bytes, p.w.len, &got, &q, 512, buf, sizeof(buf)));
	q = asked(false, 512);
	dname_from_text("b.test", &q.name);
	ok(!dns_answer_encode(p.bytes, p.w.len, &got, &q, 512, buf, sizeof(buf)));
}

static void test_cut(void)
{
	struct dns_query q;
	struct dns_answer again;
	uint8_t buf[4096];
	size_t n;

	start("a.test", DNS_A, REPLY, 90, 0, 1);
	for (unsigned int i = 0; i < 90; i++)
		packet_a(&p, "a.test", 9, (uint8_t)i);
	packet_opt(&p, 1232, NULL, 0);
	ok(!decoded());
	q = asked(true, 512);
	n = dns_answer_encode(p.bytes, p.w.len, &got, &q, 512, buf, sizeof(buf));
	ok(n <= 512 && n > 480 && buf[2] & 2 && buf[7] == 21 && buf[11] == 1);
	buf[2] &= (uint8_t)~2; /* read it as if it were whole */
	ask.id = 0xabcd;
	ok(!dns_answer_decode(buf, n, &ask, &again) && again.n_addrs == 21);
	q = asked(false, 512);
	n = dns_answer_encode(p.bytes, p.w.len, &got, &q, 512, buf, sizeof(buf));
	ok(n <= 512 && buf[2] & 2 && buf[7] == 22 && buf[11] == 0);
	n = dns_answer_encode(p.bytes, p.w.len, &got, &q, 65535, buf,
			      sizeof(buf));
	ok(n == p.w.len - 11 && !(buf[2] & 2));

	/* What came truncated carries no record on. */
	p.bytes[2] |= 2;
	ask.id = 0x1234;
	ok(!decoded());
	n = dns_answer_encode(p.bytes, p.w.len, &got, &q, 65535, buf,
			      sizeof(buf));
	ok(n == 12 + 12 && buf[2] & 2 && buf[7] == 0);
}

int main(void)
{
	test_chain();
	test_heavy();
	test_limits();
	test_dname();
	test_families();
	test_hints();
	test_targets();
	test_foreign();
	test_malformed();
	test_codes();
	test_encode();
	test_cut();
	return done();
}
