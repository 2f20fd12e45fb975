/* SPDX-License-Identifier: MIT */
/* Names: labels, not text. */
#include "wire/dname.h"

#include <errno.h>

#include "tap.h"

static struct dname name(const char *text)
{
	struct dname n = { 0 };

	dname_from_text(text, &n);
	return n;
}

static void test_text(void)
{
	char buf[DNAME_TEXT_MAX], label[65] = { 0 }, longest[256] = { 0 };
	struct dname n = name("Api.Example.COM.");

	ok_str(dname_text(&n, buf), "api.example.com");
	ok(n.len == 17 && dname_labels(&n) == 3);
	ok(dname_from_text("", &n) == -EINVAL);
	ok(dname_from_text(".", &n) == -EINVAL);
	ok(dname_from_text("a..b", &n) == -EINVAL);
	ok(dname_from_text("a b", &n) == -EINVAL);
	ok(dname_from_text("*.a", &n) == -EINVAL);
	memset(label, 'a', 64);
	ok(dname_from_text(label, &n) == -EINVAL);
	label[63] = '\0';
	ok(!dname_from_text(label, &n));
	for (int i = 0; i < 127; i++)
		strcat(longest, i ? ".a" : "a");
	ok(!dname_from_text(longest, &n) && n.len == 255);
	strcat(longest, ".a");
	ok(dname_from_text(longest, &n) == -EINVAL);
}

static void test_wire(void)
{
	static const char dotted[] = "\010x.github\003com";
	char buf[DNAME_TEXT_MAX];
	struct dname n, com = name("com"), gh = name("github.com");

	ok(!dname_from_wire(dotted, sizeof(dotted), &n));
	ok_str(dname_text(&n, buf), "x\\046github.com");
	ok(!dname_is_plain(&n));
	ok(!dname_is_below(&n, &gh));
	ok(dname_is_below(&n, &com));
	ok(dname_from_wire(dotted, sizeof(dotted) - 1, &n) == -EINVAL);
	ok(dname_from_wire("\0x", 2, &n) == -EINVAL);
	ok(dname_from_wire("\100", 1, &n) == -EINVAL);
	ok(!dname_from_wire("", 1, &n) && dname_labels(&n) == 0);
}

static void test_compare(void)
{
	struct dname a = name("a.b.c"), b = name("b.c"), up;
	struct dname odd = name("xb.c");

	ok(dname_is_below(&a, &b) && !dname_is_below(&b, &b));
	ok(!dname_is_below(&odd, &b));
	ok(dname_parent(&a, &up) && dname_equal(&up, &b));
	ok(dname_hash(&up) == dname_hash(&b));
}

int main(void)
{
	test_text();
	test_wire();
	test_compare();
	return done();
}
