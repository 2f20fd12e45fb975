/* SPDX-License-Identifier: MIT */
/* The screens: wait for a key or for news, act, draw. */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "options.h"
#include "screen.h"
#include "script.h"
#include "view.h"

/* The leak checker of the sanitizers has to trace its process. */
#ifdef __SANITIZE_ADDRESS__
#define IS_SANITIZED 1
#elif defined(__has_feature)
#define IS_SANITIZED __has_feature(address_sanitizer)
#else
#define IS_SANITIZED 0
#endif

#define REDRAW_MS 100 /* at most ten pictures a second, but for keys */

static long long clock_ms(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static void do_request(struct app *a)
{
	switch (a->request) {
	case REQUEST_SUSPEND:
		screen_suspend();
		break;
	case REQUEST_REDRAW:
		screen_redraw();
		break;
	case REQUEST_EDIT:
		if (screen_edit(a->edit_path, a->edit_line) == 127)
			app_say(a, "the editor was not found: set VISUAL");
		break;
	case REQUEST_COPY:
		screen_copy(a->copied);
		break;
	case REQUEST_MOUSE:
		screen_mouse(a->mouse);
		break;
	case REQUEST_LEAVE:
	case REQUEST_NONE:
	default:
		return;
	}
	app_done_request(a);
}

static void resize(struct app *a)
{
	int w, h;

	screen_size(&w, &h);
	if (w != a->canvas.w || h != a->canvas.h)
		app_resize(a, w, h);
}

/* Take every key that is there; the first one is waited for. */
static void take_keys(struct app *a, int timeout_ms)
{
	int y = 0, x = 0, wheel = 0, key;

	while ((key = screen_key(timeout_ms, &y, &x, &wheel)) != KEYC_NONE) {
		timeout_ms = 0;
		if (key == KEYC_MOUSE && wheel)
			app_wheel(a, wheel);
		else if (key == KEYC_MOUSE)
			app_click(a, y, x);
		else if (key != KEYC_RESIZE)
			app_key(a, key);
		if (a->request)
			do_request(a);
		if (a->request == REQUEST_LEAVE)
			return;
	}
}

static void loop(struct app *a)
{
	long long next_ms = 0;

	while (a->request != REQUEST_LEAVE && !screen_ended()) {
		bool is_busy = false;

		a->now_ms = clock_ms(CLOCK_MONOTONIC);
		a->wall_ms = clock_ms(CLOCK_REALTIME);
		resize(a);
		if (a->now_ms >= next_ms) {
			is_busy = app_tick(a);
			next_ms = a->now_ms + (is_busy ? 0 : REDRAW_MS);
		}
		app_draw(a);
		screen_show(&a->canvas);
		take_keys(a, is_busy ? 0 : (int)(next_ms - a->now_ms));
	}
}

static int on_terminal(struct app *a)
{
	const char *why;
	int sig;

	if (screen_open(a->options.is_mono, &why) < 0) {
		fprintf(stderr,
			"egress-filter: %s; without one: egress-filter "
			"log --follow\n",
			why);
		return 2;
	}
	/* nobody of the same user reads or steers it: ptrace(2) */
	if (!IS_SANITIZED)
		prctl(PR_SET_DUMPABLE, 0);
	if (a->mouse)
		screen_mouse(true);
	loop(a);
	screen_close();
	sig = screen_ended();
	if (sig > 0) {
		signal(sig, SIG_DFL);
		raise(sig);
	}
	return 0;
}

static int without_terminal(struct app *a, const struct command_line *c)
{
	FILE *in = stdin;
	int r;

	app_resize(a, c->w, c->h);
	if (!c->keys_from) {
		app_draw(a);
		script_settle(a);
		canvas_write(&a->canvas, stdout);
		return 0;
	}
	if (strcmp(c->keys_from, "-") != 0)
		in = fopen(c->keys_from, "re");
	if (!in) {
		fprintf(stderr, "egress-filter: --keys-from: %s\n",
			strerror(errno));
		return 2;
	}
	r = script_run(a, in, stdout);
	if (in != stdin)
		fclose(in);
	return r;
}

static int run(const struct command_line *c)
{
	static struct app a;
	struct ef_error err = { 0 };
	int r;

	if (app_open(&a, &c->options, &err) < 0) {
		fprintf(stderr, "egress-filter: %s\n", err.text);
		app_close(&a);
		return 2;
	}
	r = c->dump || c->keys_from ? without_terminal(&a, c) : on_terminal(&a);
	app_close(&a);
	if (fflush(stdout) != 0 || ferror(stdout))
		return 2;
	return r;
}

/* Scripts give the same picture everywhere. */
static void set_locale(int argc, char **argv)
{
	bool is_script = false;

	for (int i = 1; i < argc; i++)
		is_script |= !strncmp(argv[i], "--dump-screen", 13) ||
			     !strncmp(argv[i], "--keys-from", 11);
	setlocale(LC_CTYPE, is_script ? "C.UTF-8" : "");
}

int main(int argc, char **argv)
{
	struct command_line c;

	set_locale(argc, argv);
	if (!options_read(&c, argc, argv))
		return c.exit_code;
	if (c.dump || c.keys_from)
		c.options.is_ascii = true;
	if (c.wants_keys) {
		keymap_print(view_at(c.options.view < 0 ? 0 : c.options.view)->bit,
			     stdout);
		return 0;
	}
	return run(&c);
}
