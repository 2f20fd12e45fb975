/* SPDX-License-Identifier: MIT */
/* Results that did not arrive: given once they can be, and only to their call. */
#include "notify/lost.h"

#include <errno.h>
#include <pthread.h>

#include "tap.h"

static const struct lost_key key = { 10, 20, 30, 40 };

struct begun {
	bool is_done;
	struct lost_slot *slot;
	int64_t value;
};

static struct begun begin(struct lost *l, struct lost_key k)
{
	struct begun b = { .value = -1000 };

	b.is_done = lost_begin(l, &k, &b.slot, &b.value);
	return b;
}

static void test_until_it_arrives(void)
{
	struct lost *l = lost_new();
	struct begun b = begin(l, key);

	ok(!b.is_done && b.slot);
	lost_end(l, b.slot, true, 7);
	/* The call that is given the result may be broken off as well. */
	for (int i = 0; i < 3; i++) {
		b = begin(l, key);
		ok(b.is_done && b.slot && b.value == 7);
		lost_end(l, b.slot, true, b.value);
	}
	b = begin(l, key);
	ok(b.is_done && b.value == 7);
	lost_end(l, b.slot, false, b.value);
	b = begin(l, key);
	ok(!b.is_done);
	lost_end(l, b.slot, true, -EACCES);
	b = begin(l, key);
	ok(b.is_done && b.value == -EACCES);
	lost_free(l);
}

static void test_only_the_same_call(void)
{
	static const struct lost_key others[] = {
		{ 11, 20, 30, 40 },
		{ 10, 21, 30, 40 },
		{ 10, 20, 31, 40 },
		{ 10, 20, 30, 41 },
	};
	struct lost *l = lost_new();

	lost_end(l, begin(l, key).slot, true, 7);
	for (size_t i = 0; i < 4; i++)
		ok(!begin(l, others[i]).is_done);
	ok(begin(l, key).is_done);
	lost_free(l);
}

/* More results than places: the latest are kept. */
static void test_full(void)
{
	struct lost *l = lost_new();
	struct lost_key k = key;

	for (k.message = 0; k.message < 5000; k.message++)
		lost_end(l, begin(l, k).slot, true, 7);
	k.message = 4999;
	ok(begin(l, k).is_done);
	k.message = 0;
	ok(!begin(l, k).is_done);
	lost_free(l);
}

/* None but calls at work: carried out without a place. */
static void test_all_at_work(void)
{
	struct lost *l = lost_new();
	struct lost_key k = key;
	struct begun b = { 0 };

	for (k.message = 0; k.message < 5000; k.message++)
		b = begin(l, k);
	ok(!b.is_done && !b.slot);
	lost_end(l, b.slot, true, 7);
	lost_free(l);
}

static struct begun second;

static void *begin_second(void *arg)
{
	second = begin(arg, key);
	return NULL;
}

static void test_waits(void)
{
	struct lost *l = lost_new();
	struct begun first = begin(l, key);
	pthread_t t;

	pthread_create(&t, NULL, begin_second, l);
	lost_end(l, first.slot, true, 9);
	pthread_join(t, NULL);
	ok(second.is_done && second.value == 9);
	lost_free(l);
}

int main(void)
{
	test_until_it_arrives();
	test_only_the_same_call();
	test_full();
	test_all_at_work();
	test_waits();
	return done();
}
