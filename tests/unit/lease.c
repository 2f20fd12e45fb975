/* SPDX-License-Identifier: MIT */
/* Bindings: kept while they hold, told freshest first, refused when full. */
#include "policy/lease.h"

#include <errno.h>

#include "base/clock.h"
#include "policy_help.h"
#include "tap.h"

#define SECOND INT64_C(1000000000)
#define DAY    (86400 * SECOND)

static struct dname numbered_name(unsigned int i)
{
	char text[64];

	snprintf(text, sizeof(text), "n%u.example.com", i);
	return name_of(text);
}

static struct addr numbered_addr(unsigned int i)
{
	struct addr a = { .family = ADDR_IP6, .ip = { 0x20, 0x01, 0x0d, 0xb8 } };

	a.ip[13] = (uint8_t)(i >> 16);
	a.ip[14] = (uint8_t)(i >> 8);
	a.ip[15] = (uint8_t)i;
	return a;
}

static void test_times(void)
{
	struct leases *l = leases_new();
	struct dname n = name_of("a.example.com");
	struct addr a = addr_of("192.0.2.1:443");
	struct candidate c[CANDIDATES_MAX];

	ok(leases_find(l, &a, 0, c, CANDIDATES_MAX) == 0);
	ok(leases_add(l, &n, &a, NAME_DNS, 100) == 0);
	a.port = 80;
	ok(leases_find(l, &a, 99, c, CANDIDATES_MAX) == 1);
	ok(dname_equal(&c[0].name, &n) && c[0].source == NAME_DNS);
	ok(leases_find(l, &a, 100, c, CANDIDATES_MAX) == 0);
	ok(leases_find_stale(l, &a, 99, c, CANDIDATES_MAX) == 0);
	ok(leases_find_stale(l, &a, 100, c, CANDIDATES_MAX) == 1);
	ok(leases_find_stale(l, &a, 100 + DAY - 1, c, CANDIDATES_MAX) == 1);
	ok(leases_find_stale(l, &a, 100 + DAY, c, CANDIDATES_MAX) == 0);
	/* prolonged, never shortened */
	ok(leases_add(l, &n, &a, NAME_DNS, 50) == 1);
	ok(leases_find(l, &a, 99, c, CANDIDATES_MAX) == 1);
	ok(leases_add(l, &n, &a, NAME_DNS, 200) == 1);
	ok(leases_find(l, &a, 199, c, CANDIDATES_MAX) == 1);
	ok(leases_find(l, &a, 199, c, 0) == 0);
	leases_free(l);
	leases_free(NULL);
}

static void test_sources(void)
{
	struct leases *l = leases_new();
	struct dname n = name_of("a.example.com"), none = { 0 };
	struct addr a = addr_of("127.0.0.1"), b = addr_of("10.0.0.1");
	struct candidate c[CANDIDATES_MAX];

	ok(leases_add(l, &n, &a, NAME_DNS, 9) == -EPERM);
	ok(leases_add(l, &n, &a, NAME_HOSTS, 9) == 0);
	ok(leases_add(l, &none, &b, NAME_DNS, 9) == -EPERM);
	ok(leases_add(l, &n, &b, NAME_DNS, 9) == 0);
	ok(leases_add(l, &n, &b, NAME_HOSTS, 9) == 1);
	ok(leases_add(l, &n, &b, NAME_DNS, 9) == 1);
	ok(leases_find(l, &b, 0, c, 1) == 1 && c[0].source == NAME_HOSTS);
	memset(&a, 0, sizeof(a));
	ok(leases_add(l, &n, &a, NAME_HOSTS, 9) == -EPERM);
	leases_free(l);
}

static void test_freshness(void)
{
	struct leases *l = leases_new();
	struct addr a = addr_of("192.0.2.1");
	struct candidate c[CANDIDATES_MAX];
	struct dname n;

	for (unsigned int i = 0; i < 40; i++) {
		n = numbered_name(i);
		leases_add(l, &n, &a, NAME_DNS, 100);
	}
	n = numbered_name(7);
	leases_add(l, &n, &a, NAME_DNS, 100);
	ok(leases_find(l, &a, 0, c, 1000) == CANDIDATES_MAX);
	ok(dname_equal(&c[0].name, &n));
	n = numbered_name(39);
	ok(dname_equal(&c[1].name, &n));
	n = numbered_name(25);
	ok(dname_equal(&c[15].name, &n));
	ok(leases_find(l, &a, 0, c, 3) == 3);
	leases_free(l);
}

/* Fill the table with n names of per addresses each, until a time. */
static unsigned int fill(struct leases *l, unsigned int n, unsigned int per,
			 int64_t until_ns)
{
	unsigned int added = 0;

	for (unsigned int i = 0; i < n * per; i++) {
		struct dname name = numbered_name(i / per);
		struct addr a = numbered_addr(i);

		added += leases_add(l, &name, &a, NAME_DNS, until_ns) == 0;
	}
	return added;
}

static void test_full(void)
{
	struct leases *l = leases_new();
	struct dname n = name_of("new.example.com");
	struct addr a = addr_of("192.0.2.1");
	struct candidate c[1];

	ok(fill(l, 64, LEASE_PER_NAME_MAX, INT64_MAX) == LEASE_MAX);
	ok(leases_add(l, &n, &a, NAME_DNS, INT64_MAX) == -ENOSPC);
	a = numbered_addr(0);
	ok(leases_find(l, &a, 0, c, 1) == 1);
	leases_free(l);

	l = leases_new();
	ok(fill(l, LEASE_NAMES_MAX, 1, INT64_MAX) == LEASE_NAMES_MAX);
	ok(leases_add(l, &n, &a, NAME_DNS, INT64_MAX) == -ENOSPC);
	n = numbered_name(3);
	ok(leases_add(l, &n, &a, NAME_DNS, INT64_MAX) == 0);
	leases_free(l);

	l = leases_new();
	ok(fill(l, 1, LEASE_PER_NAME_MAX, INT64_MAX) == LEASE_PER_NAME_MAX);
	n = numbered_name(0);
	a = addr_of("192.0.2.1");
	ok(leases_add(l, &n, &a, NAME_DNS, INT64_MAX) == -ENOSPC);
	leases_free(l);
}

/* What has ended makes room, what holds does not. */
static void test_room(void)
{
	struct leases *l = leases_new();
	struct dname n = name_of("new.example.com");
	struct addr a = addr_of("192.0.2.1"), held = addr_of("192.0.2.2");
	struct candidate c[1];

	ok(leases_add(l, &n, &held, NAME_DNS, INT64_MAX) == 0);
	ok(fill(l, 64, LEASE_PER_NAME_MAX, clock_mono_ns() - 1) == LEASE_MAX);
	ok(leases_add(l, &n, &a, NAME_DNS, INT64_MAX) == 0);
	ok(leases_find(l, &held, 0, c, 1) == 1);
	a = numbered_addr(5);
	ok(leases_find_stale(l, &a, clock_mono_ns(), c, 1) == 0);
	ok(fill(l, 63, LEASE_PER_NAME_MAX, INT64_MAX) == 63 * LEASE_PER_NAME_MAX);
	leases_free(l);

	l = leases_new();
	ok(fill(l, 1, LEASE_PER_NAME_MAX, clock_mono_ns() - 1) ==
	   LEASE_PER_NAME_MAX);
	n = numbered_name(0);
	ok(leases_add(l, &n, &held, NAME_DNS, INT64_MAX) == 0);
	leases_free(l);

	l = leases_new();
	ok(fill(l, LEASE_NAMES_MAX, 1, clock_mono_ns() - 1) == LEASE_NAMES_MAX);
	n = name_of("new.example.com");
	ok(leases_add(l, &n, &held, NAME_DNS, INT64_MAX) == 0);
	leases_free(l);
}

int main(void)
{
	test_times();
	test_sources();
	test_freshness();
	test_full();
	test_room();
	return done();
}
