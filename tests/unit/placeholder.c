/* SPDX-License-Identifier: MIT */
/* Placeholders: one for each name, never a second time, until all are out. */
#include "policy/placeholder.h"

#include <errno.h>

#include "policy_help.h"
#include "tap.h"

static void test_few(void)
{
	struct placeholders *t = placeholders_new();
	struct dname a = name_of("a.example"), b = name_of("b.example"), got;
	struct addr x, y;
	char text[ADDR_TEXT_MAX];

	ok(placeholders_give(t, &a, &x) == 0);
	ok_str(addr_text(&x, text), "198.18.0.1");
	ok(placeholders_give(t, &b, &y) == 0);
	ok_str(addr_text(&y, text), "198.18.0.2");
	ok(placeholders_give(t, &a, &y) == 0 && addr_same_ip(&x, &y));
	x.port = 443;
	ok(placeholders_name(t, &x, &got) == 0 && dname_equal(&got, &a));
	x = addr_of("198.18.0.0");
	ok(placeholders_name(t, &x, &got) == -ENOENT);
	x = addr_of("198.18.0.3");
	ok(placeholders_name(t, &x, &got) == -ENOENT);
	x = addr_of("192.0.2.1");
	ok(placeholders_name(t, &x, &got) == -ENOENT);
	placeholders_free(t);
	placeholders_free(NULL);
}

static void test_block(void)
{
	static const char *const in[] = { "198.18.0.0", "198.19.255.255" };
	static const char *const out[] = { "198.17.255.255", "198.20.0.0",
					   "2001:db8::1" };
	struct addr a;

	for (size_t i = 0; i < 2; i++) {
		a = addr_of(in[i]);
		ok(placeholders_contain(&a));
	}
	for (size_t i = 0; i < 3; i++) {
		a = addr_of(out[i]);
		ok(!placeholders_contain(&a));
	}
}

static void test_full(void)
{
	struct placeholders *t = placeholders_new();
	unsigned int given = 0, named = 0;
	struct dname n, got;
	struct addr a;
	char text[64];

	for (unsigned int i = 0; i < PLACEHOLDERS_MAX; i++) {
		snprintf(text, sizeof(text), "n%u.example", i);
		n = name_of(text);
		given += placeholders_give(t, &n, &a) == 0 &&
			 placeholders_contain(&a);
		named += placeholders_name(t, &a, &got) == 0 &&
			 dname_equal(&got, &n);
	}
	ok(given == PLACEHOLDERS_MAX);
	ok(named == PLACEHOLDERS_MAX);
	ok_str(addr_text(&a, text), "198.19.255.254");
	n = name_of("more.example");
	ok(placeholders_give(t, &n, &a) == -ENOSPC);
	n = name_of("n5.example");
	ok(placeholders_give(t, &n, &a) == 0);
	placeholders_free(t);
}

int main(void)
{
	test_few();
	test_block();
	test_full();
	return done();
}
