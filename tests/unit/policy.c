/* SPDX-License-Identifier: MIT */
/* The indexes of a policy find exactly what a walk over all rules finds. */
#include "policy/policy.h"

#include "policy/hash.h"
#include "policy_help.h"
#include "tap.h"
#include "wire/cidr.h"

static const char *const labels[] = { "a", "b", "c", "www", "example", "com" };

static void random_name(uint32_t *seed, char *buf)
{
	unsigned int n = 1 + next_random(seed) % 4;

	*buf = '\0';
	while (n--) {
		strcat(buf, labels[next_random(seed) % 6]);
		if (n)
			strcat(buf, ".");
	}
}

static void random_ip(uint32_t *seed, char *buf)
{
	if (next_random(seed) % 2)
		sprintf(buf, "10.%u.%u.%u", next_random(seed) % 2,
			next_random(seed) % 2 * 128, next_random(seed) % 4);
	else
		sprintf(buf, "2001:db8:%x::%x", next_random(seed) % 2,
			next_random(seed) % 4);
}

/* Rules with few names and networks, so that many share their chains. */
static struct policy *random_policy(uint32_t *seed, unsigned int n)
{
	char *yaml = malloc(n * 200 + 100), ip[64], name[64];
	size_t len = (size_t)sprintf(yaml, "domains:\n");
	struct policy *p;

	for (unsigned int i = 0; i < n; i++) {
		random_name(seed, name);
		len += (size_t)sprintf(yaml + len, "- pattern: \"%s%s\"\n",
				       next_random(seed) % 2 ? "*." : "", name);
	}
	len += (size_t)sprintf(yaml + len, "ip_ranges:\n");
	for (unsigned int i = 0; i < n; i++) {
		random_ip(seed, ip);
		len += (size_t)sprintf(yaml + len, "- cidr: \"%s/%u\"\n", ip,
				       next_random(seed) %
					       (strchr(ip, ':') ? 129 : 33));
	}
	p = policy_of(yaml);
	free(yaml);
	return p;
}

static bool covers(const struct rule *r, const struct dname *n)
{
	return r->kind == RULE_NAME &&
	       (r->is_wildcard ? dname_is_below(n, &r->name)
			       : dname_equal(n, &r->name));
}

/* How near a rule is: its place in the promised order. */
static size_t nearness(const struct rule *r)
{
	return r->is_wildcard ? 1000u - r->name.len : 0;
}

static bool names_agree(const struct policy *p, const struct dname *n)
{
	const struct rule *r, *last = NULL;
	struct rule_walk walk = { 0 };
	size_t found = 0, want = 0;

	while ((r = policy_next_by_name(p, n, &walk))) {
		if (!covers(r, n))
			return false;
		if (last &&
		    (nearness(r) < nearness(last) ||
		     (nearness(r) == nearness(last) && r->index <= last->index)))
			return false;
		last = r;
		found++;
	}
	for (size_t i = 0; i < policy_n_rules(p); i++)
		want += covers(policy_rule(p, i), n);
	return found == want;
}

static bool addrs_agree(const struct policy *p, const struct addr *a)
{
	const struct rule *r, *last = NULL;
	struct rule_walk walk = { 0 };
	size_t found = 0, want = 0;

	while ((r = policy_next_by_addr(p, a, &walk))) {
		if (last &&
		    (r->prefix > last->prefix ||
		     (r->prefix == last->prefix && r->index <= last->index)))
			return false;
		last = r;
		found++;
	}
	for (size_t i = 0; i < policy_n_rules(p); i++) {
		r = policy_rule(p, i);
		want += r->kind == RULE_ADDRESS &&
			cidr_contains(&r->net, r->prefix, a);
	}
	return found == want;
}

static void test_random(void)
{
	uint32_t seed = 2463534242u;
	unsigned int bad_names = 0, bad_addrs = 0;

	for (int round = 0; round < 40; round++) {
		struct policy *p = random_policy(&seed, 1u << round % 9);

		for (int i = 0; i < 100; i++) {
			char text[64];
			struct dname n;
			struct addr a;

			random_name(&seed, text);
			n = name_of(text);
			bad_names += !names_agree(p, &n);
			random_ip(&seed, text);
			a = addr_of(text);
			bad_addrs += !addrs_agree(p, &a);
		}
		policy_unref(p);
	}
	ok(bad_names == 0);
	ok(bad_addrs == 0);
}

static void test_not_plain(void)
{
	struct policy *p = policy_of("domains: [{pattern: '*.example.com'}]\n");
	struct rule_walk walk = { 0 };
	struct dname n = name_of("a-b.example.com");

	ok(policy_next_by_name(p, &n, &walk) != NULL);
	ok(policy_next_by_name(p, &n, &walk) == NULL);
	ok(policy_next_by_name(p, &n, &walk) == NULL);
	n.wire[2] = '.'; /* one label that looks like two */
	memset(&walk, 0, sizeof(walk));
	ok(policy_next_by_name(p, &n, &walk) == NULL);
	n.len = 0;
	memset(&walk, 0, sizeof(walk));
	ok(policy_next_by_name(p, &n, &walk) == NULL);
	policy_unref(p);
}

static void test_longest_name(void)
{
	struct policy *p = policy_of("domains: [{pattern: '*.a'}]\n");
	struct rule_walk walk = { 0 };
	char text[256] = "";
	struct dname n;

	for (int i = 0; i < 127; i++)
		strcat(text, i ? ".a" : "a");
	n = name_of(text);
	ok(n.len == DNAME_WIRE_MAX);
	ok(policy_next_by_name(p, &n, &walk) != NULL);
	ok(policy_next_by_name(p, &n, &walk) == NULL);
	policy_unref(p);
}

static void test_ports(void)
{
	struct policy *p = policy_of(
		"domains: [{pattern: a.example, ports: [443, 8000-8002]}, "
		"{pattern: b.example}]\n");
	const struct rule *r = policy_rule(p, 0);

	ok(rule_has_port(r, 443) && rule_has_port(r, 8000) &&
	   rule_has_port(r, 8002));
	ok(!rule_has_port(r, 0) && !rule_has_port(r, 7999) &&
	   !rule_has_port(r, 8003) && !rule_has_port(r, 444));
	r = policy_rule(p, 1);
	ok(rule_has_port(r, 0) && rule_has_port(r, 65535));
	policy_unref(p);
}

static void test_fixed(void)
{
	struct policy *p = policy_new_fixed(VERDICT_ALLOW);
	struct dname n = name_of("a.example");
	struct addr a = addr_of("192.0.2.1");
	struct rule_walk w1 = { 0 }, w2 = { 0 };
	size_t len = 1, at = 0;

	ok(policy_settings(p)->default_policy == VERDICT_ALLOW);
	ok(policy_n_rules(p) == 0);
	ok(policy_next_by_name(p, &n, &w1) == NULL);
	ok(policy_next_by_addr(p, &a, &w2) == NULL);
	ok(policy_next_unix(p, &at) == NULL);
	ok_str(policy_path(p), "");
	ok(policy_source(p, &len) != NULL && len == 0);
	ok(policy_ref(p) == p);
	policy_unref(p);
	ok(policy_n_rules(p) == 0);
	policy_unref(p);
	policy_unref(NULL);
}

#define SLOTS	   (1u << 17)
#define NEIGHBOURS (SLOTS / 2)

/* Neighbours as keys of a half full table leave no long run of taken slots. */
static void test_spread(void)
{
	uint64_t key = hash_new_key();
	bool *taken = calloc(SLOTS, sizeof(*taken));
	size_t run = 0, longest = 0;

	for (uint32_t k = 0; k < NEIGHBOURS; k++) {
		uint64_t i = hash_spread(hash_add(key, 0, k));

		while (taken[i % SLOTS])
			i++;
		taken[i % SLOTS] = true;
	}
	for (size_t i = 0; i < SLOTS; i++) {
		run = taken[i] ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	ok(longest < 200); /* by chance: about 60 */
	free(taken);
}

int main(void)
{
	test_spread();
	test_random();
	test_not_plain();
	test_longest_name();
	test_ports();
	test_fixed();
	return done();
}
