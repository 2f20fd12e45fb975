/* SPDX-License-Identifier: MIT */
/*
 * What supervision costs: the same program bare, under egress-filter
 * (enforcing and recording), under the least that a supervisor of this kind
 * can do, under strace and under ptrace. Usage: compare.bench [ROUNDS]
 *
 * Everything is done in turns, round by round, and the median of the rounds
 * counts, so that a busy machine is busy for all. Client, supervisor and
 * server share one CPU, but for the row of 16 processes: what one saves by
 * waiting for the other on another CPU depends on the machine. Judged are
 * ratios; a goal that is missed is said and fails nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "variant.h"
#include "world.h"

#define ROUNDS_MAX 31
#define ROUNDS	   5
#define CPU	   0
#define NOISE	   1.05 /* above the slowest round of native */

enum job {
	GETPPID,
	TCP_CONNECT,
	UDP_CONNECT,
	UDP_SENDTO,
	UDP_SENDMSG,
	UDP_SENDMMSG,
	TCP_SENDMSG_1K,
	TCP_SENDMSG_64K,
	TCP_SEND_1K,
	TCP_SEND_64K,
	LOOKUP,
	START,
	CROWD,
	N_JOBS
};

static const struct {
	const char *title, *client; /* client NULL: true(1) is started */
	const char *other;	    /* another word for all but egress-filter */
	int cpu;
} jobs[N_JOBS] = {
	[GETPPID] = { "getppid (not trapped)", "getppid", NULL, CPU },
	[TCP_CONNECT] = { "TCP connect+close", "tcp-connect", NULL, CPU },
	[UDP_CONNECT] = { "UDP connect", "udp-connect", NULL, CPU },
	[UDP_SENDTO] = { "UDP sendto", "udp-sendto", NULL, CPU },
	[UDP_SENDMSG] = { "UDP sendmsg", "udp-sendmsg", NULL, CPU },
	[UDP_SENDMMSG] = { "UDP sendmmsg of 8", "udp-sendmmsg", NULL, CPU },
	[TCP_SENDMSG_1K] = { "TCP sendmsg 1 KiB", "tcp-sendmsg-1k", NULL, CPU },
	[TCP_SENDMSG_64K] = { "TCP sendmsg 64 KiB", "tcp-sendmsg-64k", NULL, CPU },
	[TCP_SEND_1K] = { "TCP send 1 KiB", "tcp-send-1k", NULL, CPU },
	[TCP_SEND_64K] = { "TCP send 64 KiB", "tcp-send-64k", NULL, CPU },
	[LOOKUP] = { "getaddrinfo", "lookup", "lookup-forwarded", CPU },
	[START] = { "start of true", NULL, NULL, CPU },
	[CROWD] = { "UDP connect, 16 proc.", "udp-connect-16", NULL, -1 },
};

/* What egress-filter should reach, times the other. */
static const struct goal {
	enum job job;
	enum variant than;
	double at_most; /* 0: within the noise of the other */
	const char *words;
} goals[] = {
	{ GETPPID, NATIVE, 0, "as native, within noise" },
	{ TCP_SEND_1K, NATIVE, 0, "as native, within noise" },
	{ TCP_SEND_64K, NATIVE, 0, "as native, within noise" },
	{ TCP_CONNECT, NATIVE, 2.0, "at most 2.0 times native" },
	{ TCP_CONNECT, FLOOR, 1.7, "at most 1.7 times the floor" },
	{ UDP_SENDMSG, FLOOR, 2.0, "at most 2.0 times the floor" },
	{ LOOKUP, FLOOR, 1.5, "at most 1.5 times the floor" },
	{ CROWD, FLOOR, 1 / 0.35, "at least 0.35 of the floor's rate" },
	{ START, FLOOR, 6.0, "at most 6.0 times the floor" },
};

struct results {
	int rounds;
	double ns[N_JOBS][N_VARIANTS][ROUNDS_MAX]; /* sorted in the end */
};

static double run(enum job j, enum variant v)
{
	const char *what = jobs[j].client;

	if (!what)
		return variant_start(v, jobs[j].cpu);
	if (jobs[j].other && v != FILTERED)
		what = jobs[j].other;
	return variant_measure(v, what, jobs[j].cpu);
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* All rounds of all; a failure is a negative number. */
static void measure(struct results *r)
{
	for (int round = 0; round < r->rounds; round++) {
		fprintf(stderr, "round %d of %d\n", round + 1, r->rounds);
		for (int j = 0; j < N_JOBS; j++)
			for (int v = 0; v < N_VARIANTS; v++)
				r->ns[j][v][round] =
					variant_exists(v) ? run(j, v) : -1;
	}
	for (int j = 0; j < N_JOBS; j++)
		for (int v = 0; v < N_VARIANTS; v++)
			qsort(r->ns[j][v], (size_t)r->rounds, sizeof(double),
			      by_size);
}

static double median(const struct results *r, enum job j, enum variant v)
{
	/* a round that failed makes the whole row worthless */
	return r->ns[j][v][0] < 0 ? -1 : r->ns[j][v][r->rounds / 2];
}

static void print_time(double ns)
{
	char text[16];

	if (ns < 1000)
		snprintf(text, sizeof(text), "%.0f ns", ns);
	else if (ns < 1e6)
		snprintf(text, sizeof(text), "%.1f us", ns / 1e3);
	else
		snprintf(text, sizeof(text), "%.2f ms", ns / 1e6);
	printf(" %8s", text);
}

static void print_cell(double ns, double native)
{
	if (ns < 0 || native <= 0) {
		printf("  %6s %8s", "-", "");
		return;
	}
	printf("  %6.2f", ns / native);
	print_time(ns);
}

static void print_table(const struct results *r)
{
	printf("\nTimes native, and the time of one (median of %d rounds)\n\n"
	       "%-22s %8s",
	       r->rounds, "", "native");
	for (int v = FILTERED; v < N_VARIANTS; v++)
		printf("  %15s", variant_name(v));
	printf("\n");
	for (int j = 0; j < N_JOBS; j++) {
		double native = median(r, j, NATIVE);

		printf("%-22s", jobs[j].title);
		print_time(native);
		for (int v = FILTERED; v < N_VARIANTS; v++)
			print_cell(median(r, j, v), native);
		printf("\n");
	}
}

static void print_goal(const struct results *r, const struct goal *g)
{
	double ours = median(r, g->job, FILTERED);
	double other = median(r, g->job, g->than);
	double most = g->at_most * other;

	if (g->at_most == 0)
		most = r->ns[g->job][g->than][r->rounds - 1] * NOISE;
	printf("%-22s %-34s", jobs[g->job].title, g->words);
	if (ours < 0 || other < 0)
		printf("not measured\n");
	else
		printf("%5.2f  %s\n",
		       g->job == CROWD ? other / ours : ours / other,
		       ours <= most ? "ok" : "MISSED");
}

int main(int argc, char **argv)
{
	static struct results r;

	r.rounds = argc > 1 ? atoi(argv[1]) : ROUNDS;
	if (r.rounds < 1 || r.rounds > ROUNDS_MAX) {
		fprintf(stderr, "usage: compare.bench [ROUNDS]\n");
		return 2;
	}
	if (world_open(CPU) < 0 || variant_setup(world_policy) < 0)
		return 1;
	/* What is measured must be what is claimed: it does deny. */
	if (variant_measure(FILTERED, "denied", CPU) == 0) {
		measure(&r);
		print_table(&r);
		printf("\nGoals of egress-filter\n\n");
		for (size_t i = 0; i < sizeof(goals) / sizeof(*goals); i++)
			print_goal(&r, &goals[i]);
	}
	variant_cleanup();
	return 0;
}
