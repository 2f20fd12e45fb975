/* SPDX-License-Identifier: MIT */
/* Networks: what is read, what it means, what it contains. */
#include "wire/cidr.h"

#include <errno.h>

#include "policy/reverse.h"
#include "policy_help.h"
#include "tap.h"

struct row {
	const char *text;
	int ret;
	const char *want; /* as printed, with '!' behind it: host bits */
};

static const struct row rows[] = {
	{ "192.0.2.0/24", 0, "192.0.2.0/24" },
	{ "192.0.2.1", 0, "192.0.2.1/32" },
	{ "192.0.2.1/24", 0, "192.0.2.0/24!" },
	{ "255.255.255.255/0", 0, "0.0.0.0/0!" },
	{ "0.0.0.0/0", 0, "0.0.0.0/0" },
	{ "10.128.0.0/9", 0, "10.128.0.0/9" },
	{ "2001:db8::/32", 0, "2001:db8::/32" },
	{ "2001:db8::1/127", 0, "2001:db8::/127!" },
	{ "::1", 0, "::1/128" },
	{ "::/0", 0, "::/0" },
	{ "::ffff:127.0.0.0/104", 0, "127.0.0.0/8" },
	{ "::ffff:10.0.0.1", 0, "10.0.0.1/32" },
	{ "::ffff:0:0/96", 0, "0.0.0.0/0" },
	{ "::ffff:0:0/95", 0, "::fffe:0:0/95!" },
	{ "", -EINVAL, "" },
	{ "/8", -EINVAL, "" },
	{ "192.0.2", -EINVAL, "" },
	{ "192.0.2.0/33", -ERANGE, "" },
	{ "192.0.2.0/", -ERANGE, "" },
	{ "192.0.2.0/08", -ERANGE, "" },
	{ "192.0.2.0/+8", -ERANGE, "" },
	{ "192.0.2.0/8/8", -ERANGE, "" },
	{ "::/129", -ERANGE, "" },
	{ "fe80::1%1", -EINVAL, "" },
	{ " 192.0.2.1", -EINVAL, "" },
};

static void test_parse(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char got[CIDR_TEXT_MAX + 1] = "";
		struct addr net;
		uint8_t prefix;
		bool host_bits;
		int ret = cidr_parse(rows[i].text, &net, &prefix, &host_bits);

		if (ret == 0) {
			cidr_text(&net, prefix, got);
			strcat(got, host_bits ? "!" : "");
		}
		ok(ret == rows[i].ret);
		ok_str(got, rows[i].want);
	}
}

static bool contains(const char *cidr, const char *ip)
{
	struct addr net, a = addr_of(ip);
	uint8_t prefix;
	bool host_bits;

	return cidr_parse(cidr, &net, &prefix, &host_bits) == 0 &&
	       cidr_contains(&net, prefix, &a);
}

static void test_contains(void)
{
	ok(contains("10.128.0.0/9", "10.128.0.1"));
	ok(!contains("10.128.0.0/9", "10.127.255.255"));
	ok(contains("0.0.0.0/0", "255.1.1.1"));
	ok(!contains("0.0.0.0/0", "::1"));
	ok(!contains("::/0", "10.0.0.1"));
	ok(contains("::/0", "2001:db8::1"));
	ok(contains("::ffff:10.0.0.0/104", "10.1.1.1"));
	ok(contains("192.0.2.1", "192.0.2.1:80"));
}

static const char *reversed(const char *name)
{
	static char text[ADDR_TEXT_MAX];
	struct dname n = name_of(name);
	struct addr a;

	return reverse_address(&n, &a) ? addr_text(&a, text) : "no";
}

static void test_reverse(void)
{
	ok_str(reversed("1.2.0.192.in-addr.arpa"), "192.0.2.1");
	ok_str(reversed("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."
			"8.B.D.0.1.0.0.2.ip6.arpa"),
	       "2001:db8::1");
	ok_str(reversed("2.0.192.in-addr.arpa"), "no");
	ok_str(reversed("0.1.2.0.192.in-addr.arpa"), "no");
	ok_str(reversed("256.2.0.192.in-addr.arpa"), "no");
	ok_str(reversed("01.2.0.192.in-addr.arpa"), "no");
	ok_str(reversed("x.2.0.192.in-addr.arpa"), "no");
	ok_str(reversed("1.2.0.192.example"), "no");
	ok_str(reversed("1.0.ip6.arpa"), "no");
}

int main(void)
{
	test_parse();
	test_contains();
	test_reverse();
	return done();
}
