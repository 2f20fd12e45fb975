/* SPDX-License-Identifier: MIT */
/*
 * Usage: screen RECORD...: how long it takes until the first picture of a
 * record is there, and until everything in it is counted.
 */
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "app.h"

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1000000;
}

static int measure(const char *path)
{
	static struct app a;
	struct options o = { .db = { path }, .n_db = 1, .view = -1 };
	struct ef_error err = { 0 };
	struct rusage use;
	double start = now_ms(), painted, counted, longest = 0;
	bool is_busy = true;
	int views = 0;

	if (app_open(&a, &o, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	app_resize(&a, 140, 45);
	app_draw(&a);
	painted = now_ms();
	while (is_busy) {
		double step = now_ms();

		is_busy = app_tick(&a);
		app_draw(&a);
		step = now_ms() - step;
		longest = step > longest ? step : longest;
	}
	counted = now_ms();
	for (const char *keys = "2341gG{"; *keys; keys++, views++) {
		double step = now_ms();

		app_key(&a, *keys);
		app_draw(&a);
		step = now_ms() - step;
		printf("  %c %.1f ms", *keys, step);
	}
	getrusage(RUSAGE_SELF, &use);
	printf("\n%s: %lld rows: first picture %.1f ms, counted %.0f ms, "
	       "longest "
	       "step %.0f ms, memory %ld MiB\n",
	       path, ef_ui_history_number(a.history, EF_UI_LAST),
	       painted - start, counted - painted, longest, use.ru_maxrss / 1024);
	app_close(&a);
	return 0;
}

int main(int argc, char **argv)
{
	int r = 0;

	setlocale(LC_CTYPE, "C.UTF-8");
	for (int i = 1; i < argc; i++)
		r |= measure(argv[i]);
	return r;
}
