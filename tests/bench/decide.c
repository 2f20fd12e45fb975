/* SPDX-License-Identifier: MIT */
/*
 * What a verdict costs, and that it costs the same with few rules and with
 * many. Usage: decide.bench; rounds in turns, the median counts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/decide.h"
#include "policy_help.h"
#include "timing.h"

#define ROUNDS	 5
#define SIZES	 3
#define MANY	 100000
#define RULE_MAX 40  /* bytes of one rule */
#define GOAL	 2.0 /* the largest, times the smallest */

static const unsigned int sizes[SIZES] = { 10, 1000, MANY };

/* Half the rules name domains, half addresses. */
static struct policy *policy_of_size(unsigned int n)
{
	char *yaml = malloc(n * RULE_MAX + 64), *at = yaml;
	struct policy *p;

	at += sprintf(at, "domains:\n");
	for (unsigned int i = 0; i < n / 2; i++)
		at += sprintf(at, "- {pattern: '%sh%u.example.com'}\n",
			      i % 10 ? "" : "*.", i);
	at += sprintf(at, "ip_ranges:\n");
	for (unsigned int i = 0; i < n / 2; i++)
		at += sprintf(at, "- {cidr: 10.%u.%u.%u}\n", i >> 16 & 255,
			      i >> 8 & 255, i & 255);
	p = policy_of(yaml);
	free(yaml);
	return p;
}

/* One of each kind: by name, by a wildcard, by address, not at all. */
struct seen {
	const struct policy *policy;
	struct observation of[4];
};

static void judge_all(void *arg)
{
	const struct seen *s = arg;

	for (size_t i = 0; i < 4; i++) {
		struct decision d = policy_decide(s->policy, &s->of[i]);

		if ((d.verdict == VERDICT_ALLOW) != (i != 3)) {
			fprintf(stderr, "decide: verdict %zu is wrong\n", i);
			exit(1);
		}
	}
}

static void make_seen(struct seen *s, const struct policy *p, unsigned int n)
{
	char text[64];

	s->policy = p;
	for (size_t i = 0; i < 4; i++)
		s->of[i] = connect_to("203.0.113.7:443");
	snprintf(text, sizeof(text), "h%u.example.com", n / 2 - 1);
	add_candidate(&s->of[0], text, NAME_DNS);
	add_candidate(&s->of[1], "a.b.h0.example.com", NAME_DNS);
	s->of[2] = connect_to("10.0.0.3:443");
	add_candidate(&s->of[3], "www.denied.example.com", NAME_DNS);
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(void)
{
	static struct seen seen[SIZES];
	double ns[SIZES][ROUNDS], first, last;

	for (size_t i = 0; i < SIZES; i++)
		make_seen(&seen[i], policy_of_size(sizes[i]), sizes[i]);
	for (int round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < SIZES; i++)
			ns[i][round] = timing_each_ns(judge_all, &seen[i]) / 4;
	for (size_t i = 0; i < SIZES; i++) {
		qsort(ns[i], ROUNDS, sizeof(double), by_size);
		printf("a decision with %6u rules %17.0f ns\n", sizes[i],
		       ns[i][ROUNDS / 2]);
	}
	first = ns[0][ROUNDS / 2];
	last = ns[SIZES - 1][ROUNDS / 2];
	printf("%u rules, times 10 rules: at most %.1f   %.2f  %s\n", MANY,
	       GOAL, last / first, last <= GOAL * first ? "ok" : "MISSED");
	return 0;
}
