// SPDX-License-Identifier: MIT
// Rows per second that the record takes, and how long one row waits.
// Usage: store [ROWS [FOLDER]]; prints one line for each number of threads.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"

#define THREADS_MAX 16

struct part {
	struct store *st;
	int rows, bad;
	int64_t *took; /* ns of each row */
};

static void *write_rows(void *arg)
{
	struct part *p = arg;

	for (int i = 0; i < p->rows; i++) {
		struct made m;
		char addr[32];
		int64_t seq, from;

		snprintf(addr, sizeof(addr), "203.0.113.%d:443", i % 100);
		make_attempt(&m, addr, i % 2 ? "a.example" : "b.example",
			     VERDICT_ALLOW);
		from = clock_mono_ns();
		p->bad += store_attempt(p->st, &m.a, &seq) != 0;
		p->took[i] = clock_mono_ns() - from;
		store_outcome(p->st, seq, 0, 1000);
	}
	return NULL;
}

static int by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int measure(const char *dir, int threads, int rows)
{
	struct ef_err err = { 0 };
	struct store *st = NULL;
	struct part part[THREADS_MAX];
	pthread_t t[THREADS_MAX];
	int64_t *took = calloc((size_t)rows, sizeof(*took)), from;
	int n = rows / threads, bad = 0;
	double s;

	if (!took ||
	    record_open_as((unsigned int)threads, dir, NULL, 0, &st, &err)) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	from = clock_mono_ns();
	for (int i = 0; i < threads; i++) {
		part[i] = (struct part){ st, n, 0, took + i * n };
		pthread_create(&t[i], NULL, write_rows, &part[i]);
	}
	for (int i = 0; i < threads; i++) {
		pthread_join(t[i], NULL);
		bad += part[i].bad;
	}
	s = (double)(clock_mono_ns() - from) / 1e9;
	qsort(took, (size_t)(n * threads), sizeof(*took), by_time);
	printf("%2d threads: %7.0f rows/s, p50 %.1f us, p99 %.1f us, "
	       "p99.9 %.1f us, %d failed\n",
	       threads, n * threads / s, (double)took[n * threads / 2] / 1e3,
	       (double)took[(size_t)(n * threads * 0.99)] / 1e3,
	       (double)took[(size_t)(n * threads * 0.999)] / 1e3, bad);
	store_end(st, 0, 0, &err);
	store_close(st);
	free(took);
	return bad != 0;
}

int main(int argc, char **argv)
{
	int rows = argc > 1 ? atoi(argv[1]) : 100000, bad = 0;
	const char *dir = argc > 2 ? argv[2] : record_folder();

	for (int threads = 1; threads <= THREADS_MAX; threads *= 4)
		bad |= measure(dir, threads, rows);
	if (argc <= 2)
		record_gone(dir);
	return bad;
}
