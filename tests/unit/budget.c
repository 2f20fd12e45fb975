/* SPDX-License-Identifier: MIT */
/* What may be asked under a wildcard: how fast, and how many names. */
#include "gate/budget.h"

#include <stdio.h>
#include <stdlib.h>

#include "tap.h"

#define SECOND_NS INT64_C(1000000000)

static struct dname named(const char *text)
{
	struct dname n;

	if (dname_from_text(text, &n))
		abort();
	return n;
}

static struct dname numbered(unsigned int i)
{
	char text[64];

	snprintf(text, sizeof(text), "n%u.example.test", i);
	return named(text);
}

static unsigned int take(struct budgets *b, const char *parent,
			 unsigned int first, unsigned int n, int64_t now_ns)
{
	struct dname p = named(parent);
	unsigned int taken = 0;

	for (unsigned int i = 0; i < n; i++) {
		struct dname name = numbered(first + i);

		taken += budgets_take(b, &p, &name, now_ns);
	}
	return taken;
}

static void test_rate(void)
{
	struct budgets *b = budgets_new();
	struct dname p = named("example.test"), same = named("a.example.test");
	int64_t now = SECOND_NS;
	unsigned int n = 0;

	ok(take(b, "example.test", 0, 600, now) == 500);
	ok(take(b, "example.test", 0, 10, now) == 0);
	ok(take(b, "example.test", 0, 100, now + 2 * SECOND_NS) == 100);
	ok(take(b, "example.test", 0, 1, now + 2 * SECOND_NS) == 0);
	/* Another wildcard has its own; a long rest gives no more than a burst. */
	ok(take(b, "other.test", 0, 500, now) == 500);
	ok(take(b, "example.test", 0, 600, now + 1000 * SECOND_NS) == 500);
	/* The same name again takes from the rate. */
	for (int i = 0; i < 600; i++)
		n += budgets_take(b, &p, &same, now + 2000 * SECOND_NS);
	ok(n == 500);
	budgets_free(b);
}

static void test_names(void)
{
	struct budgets *b = budgets_new();
	int64_t now = SECOND_NS;
	unsigned int n = 0;

	for (unsigned int i = 0; i < 3000; i += 100, now += 10 * SECOND_NS)
		n += take(b, "example.test", i, 100, now);
	/* Two of them may have the same hash. */
	ok(n >= 2000 && n <= 2002);
	ok(take(b, "example.test", 100, 100, now) == 100); /* known ones go on */
	ok(take(b, "example.test", 5000, 100, now) == 0);
	now += 3600 * SECOND_NS;
	ok(take(b, "example.test", 5000, 100, now) == 100);
	budgets_free(b);
}

static bool take_one(struct budgets *b, const char *text, int64_t now_ns)
{
	struct dname parent = named("example.test"), name = named(text);

	return budgets_take(b, &parent, &name, now_ns);
}

/* Who asks chooses the names: with dname_hash(), which everybody can compute,
 * these have the same, and so has as much else as one likes. */
static void test_chosen(void)
{
	struct budgets *b = budgets_new();
	int64_t now = SECOND_NS;

	ok(take_one(b, "d0079599.example.test", now));
	ok(take_one(b, "d0079598.example.test", now));
	ok(take_one(b, "d0079593.example.test", now));
	for (unsigned int i = 0; i < 3000; i += 100, now += 10 * SECOND_NS)
		take(b, "example.test", i, 100, now);
	ok(take_one(b, "d0079599.example.test", now));
	ok(!take_one(b, "d0262382.example.test", now));
	ok(!take_one(b, "d0262383.example.test", now));
	ok(!take_one(b, "d0262388.example.test", now));
	budgets_free(b);
}

/* More wildcards than there is room for share, they are not let go. */
static void test_many(void)
{
	struct budgets *b = budgets_new();
	unsigned int n = 0;
	char parent[64];

	for (unsigned int i = 0; i < 1000; i++) {
		snprintf(parent, sizeof(parent), "w%u.test", i);
		n += take(b, parent, 0, 500, SECOND_NS);
	}
	ok(n == 256 * 500);
	budgets_free(b);
}

int main(void)
{
	test_rate();
	test_names();
	test_chosen();
	test_many();
	return done();
}
