/* SPDX-License-Identifier: MIT */
/*
 * The terminal, through ncurses. Modes are saved before anything changes them;
 * a handler of fatal signals puts them back and sends the strings that leave
 * the screen, which were put together at the start: it may not call anything
 * that allocates.
 */
#include "screen.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#include "keymap.h"

#define COPY_BYTES_MAX 100000 /* of base64: terminals take no more */

static struct {
	SCREEN *screen;
	FILE *in;
	int fd; /* keys come from here */
	struct termios modes;
	bool has_modes, is_mono, is_gone;
	char reset[512];
	size_t reset_len;
} term = { .fd = -1 };

static volatile sig_atomic_t ended;

static void on_end(int sig)
{
	ended = sig;
}

static void on_crash(int sig)
{
	ssize_t n = write(STDOUT_FILENO, term.reset, term.reset_len);

	(void)n;
	if (term.has_modes)
		tcsetattr(term.fd, TCSANOW, &term.modes);
	signal(sig, SIG_DFL);
	raise(sig);
}

/* A string of the terminal, without the delays that are written in it. */
static void add_reset(const char *name)
{
	const char *s = tigetstr(name);

	if (!s || s == (char *)-1)
		return;
	for (; *s && term.reset_len < sizeof(term.reset); s++) {
		if (s[0] == '$' && s[1] == '<' && strchr(s, '>'))
			s = strchr(s, '>');
		else
			term.reset[term.reset_len++] = *s;
	}
}

static void add_text(const char *text)
{
	size_t n = strlen(text);

	if (term.reset_len + n <= sizeof(term.reset))
		memcpy(term.reset + term.reset_len, text, n);
	term.reset_len += n;
}

static void catch_signals(void)
{
	static const int fatal[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };
	static const int polite[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT };
	struct sigaction crash = { .sa_handler = on_crash };
	struct sigaction end = { .sa_handler = on_end };

	crash.sa_flags = (int)SA_RESETHAND;
	for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		sigaction(fatal[i], &crash, NULL);
	for (size_t i = 0; i < sizeof(polite) / sizeof(polite[0]); i++)
		sigaction(polite[i], &end, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void set_up(void)
{
	raw();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	set_escdelay(25);
	curs_set(0);
	leaveok(stdscr, TRUE);
	if (!has_colors())
		term.is_mono = true;
	if (term.is_mono)
		return;
	start_color();
	use_default_colors();
	init_pair(ROLE_DENY, COLOR_RED, -1);
	init_pair(ROLE_HELD, COLOR_YELLOW, -1);
	init_pair(ROLE_NOTE, COLOR_CYAN, -1);
}

/* An unknown terminal is treated as one that knows little. */
static SCREEN *open_screen(void)
{
	const char *name = getenv("TERM");
	SCREEN *s = name && *name ? newterm(NULL, stdout, term.in) : NULL;

	if (s)
		return s;
	term.is_mono = true;
	return newterm("vt100", stdout, term.in);
}

int screen_open(bool is_mono, const char **ret_why)
{
	const char *name = getenv("TERM");

	*ret_why = NULL;
	if (!isatty(STDOUT_FILENO))
		*ret_why = "standard output is no terminal";
	else if (name && !strcmp(name, "dumb"))
		*ret_why = "the terminal is dumb";
	if (*ret_why)
		return -1;
	term.in = stdin;
	if (!isatty(STDIN_FILENO))
		term.in = fopen("/dev/tty", "re");
	if (!term.in) {
		*ret_why = "there is no terminal to take keys from";
		return -1;
	}
	term.fd = fileno(term.in);
	term.is_mono = is_mono;
	term.has_modes = tcgetattr(term.fd, &term.modes) == 0;
	term.screen = open_screen();
	if (!term.screen) {
		*ret_why = "nothing is known of this terminal";
		return -1;
	}
	set_up();
	add_text("\033[0m");
	add_reset("cnorm");
	add_reset("rmkx");
	add_reset("rmcup");
	add_text("\r\n");
	catch_signals();
	return 0;
}

void screen_close(void)
{
	if (!term.screen)
		return;
	screen_mouse(false);
	endwin();
	delscreen(term.screen);
	term.screen = NULL;
	if (term.has_modes)
		tcsetattr(term.fd, TCSADRAIN, &term.modes);
}

void screen_size(int *ret_w, int *ret_h)
{
	getmaxyx(stdscr, *ret_h, *ret_w);
}

static attr_t attr_of(const struct cell *c, short *ret_pair)
{
	attr_t attr = A_NORMAL;

	*ret_pair = 0;
	if (c->role == ROLE_TITLE || c->role == ROLE_DENY)
		attr |= A_BOLD;
	if (!term.is_mono && (c->role == ROLE_DENY || c->role == ROLE_HELD ||
			      c->role == ROLE_NOTE))
		*ret_pair = c->role;
	return c->reverse ? attr | A_REVERSE : attr;
}

void screen_show(const struct canvas *c)
{
	for (int y = 0; y < c->h; y++) {
		for (int x = 0; x < c->w; x++) {
			const struct cell *cell = &c->cells[y * c->w + x];
			wchar_t text[2] = { cell->ch, 0 };
			attr_t attr;
			cchar_t ch;
			short pair;

			if (!cell->ch)
				continue;
			attr = attr_of(cell, &pair);
			setcchar(&ch, text, attr, pair, NULL);
			mvadd_wch(y, x, &ch);
		}
	}
	refresh();
}

void screen_redraw(void)
{
	clearok(stdscr, TRUE);
}

static int special_key(wint_t key)
{
	static const struct {
		wint_t curses;
		int key;
	} map[] = {
		{ KEY_UP, KEYC_UP },	     { KEY_DOWN, KEYC_DOWN },
		{ KEY_LEFT, KEYC_LEFT },     { KEY_RIGHT, KEYC_RIGHT },
		{ KEY_HOME, KEYC_HOME },     { KEY_END, KEYC_END },
		{ KEY_PPAGE, KEYC_PGUP },    { KEY_NPAGE, KEYC_PGDN },
		{ KEY_DC, KEYC_DELETE },     { KEY_BACKSPACE, KEYC_BACKSPACE },
		{ KEY_BTAB, KEYC_BACKTAB },  { KEY_ENTER, KEYC_ENTER },
		{ KEY_F(1), KEYC_F1 },	     { KEY_F(4), KEYC_F4 },
		{ KEY_RESIZE, KEYC_RESIZE }, { KEY_MOUSE, KEYC_MOUSE },
	};

	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (map[i].curses == key)
			return map[i].key;
	return KEYC_NONE;
}

static int take_mouse(int *ret_y, int *ret_x, int *ret_wheel)
{
	MEVENT e;

	if (getmouse(&e) != OK)
		return KEYC_NONE;
	*ret_y = e.y;
	*ret_x = e.x;
	*ret_wheel = e.bstate & BUTTON4_PRESSED	  ? -1
		     : e.bstate & BUTTON5_PRESSED ? 1
						  : 0;
	return KEYC_MOUSE;
}

static int take_key(int *ret_y, int *ret_x, int *ret_wheel)
{
	wint_t key;
	int r = get_wch(&key), special;

	if (r == ERR)
		return KEYC_NONE;
	if (r == KEY_CODE_YES) {
		special = special_key(key);
		return special == KEYC_MOUSE
			       ? take_mouse(ret_y, ret_x, ret_wheel)
			       : special;
	}
	if (key == 127 || key == KEYC_CTRL('h'))
		return KEYC_BACKSPACE;
	return key == '\n' ? KEYC_ENTER : (int)key;
}

int screen_key(int timeout_ms, int *ret_y, int *ret_x, int *ret_wheel)
{
	struct pollfd p = { .fd = term.fd, .events = POLLIN };
	int key;

	wtimeout(stdscr, 0);
	key = take_key(ret_y, ret_x, ret_wheel);
	if (key != KEYC_NONE || ended)
		return key;
	if (poll(&p, 1, timeout_ms) > 0 &&
	    p.revents & (POLLHUP | POLLERR | POLLNVAL))
		term.is_gone = true;
	return p.revents ? take_key(ret_y, ret_x, ret_wheel) : KEYC_NONE;
}

int screen_ended(void)
{
	return ended ? (int)ended : term.is_gone ? -1 : 0;
}

void screen_mouse(bool on)
{
	mousemask(on ? BUTTON1_PRESSED | BUTTON1_CLICKED | BUTTON4_PRESSED |
				  BUTTON5_PRESSED
		     : 0,
		  NULL);
	mouseinterval(0);
}

/* Between these two the terminal is as it was before. */
static void step_out(void)
{
	def_prog_mode();
	endwin();
	if (term.has_modes)
		tcsetattr(term.fd, TCSADRAIN, &term.modes);
}

static void step_in(void)
{
	reset_prog_mode();
	curs_set(0);
	clearok(stdscr, TRUE);
	refresh();
}

void screen_suspend(void)
{
	step_out();
	kill(0, SIGTSTP);
	step_in();
}

void screen_copy(const char *text)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmno"
				     "pqrstuvwxyz0123456789+/";
	const unsigned char *p = (const unsigned char *)text;
	size_t n = strlen(text);

	if (n > COPY_BYTES_MAX / 4 * 3)
		return;
	fputs("\033]52;c;", stdout);
	for (; n; p += 3) {
		unsigned int bits = (unsigned int)p[0] << 16 |
				    (n > 1 ? (unsigned int)p[1] << 8 : 0) |
				    (n > 2 ? p[2] : 0u);

		putchar(digits[bits >> 18]);
		putchar(digits[bits >> 12 & 63]);
		putchar(n > 1 ? digits[bits >> 6 & 63] : '=');
		putchar(n > 2 ? digits[bits & 63] : '=');
		n -= n > 3 ? 3 : n;
	}
	fputs("\033\\", stdout);
	fflush(stdout);
}

/* The editor may be a command with options; the path is an argument of its
 * own, whatever it holds. */
static void exec_editor(const char *path, long line)
{
	const char *editor = getenv("VISUAL");
	char place[32];

	if (!editor || !*editor)
		editor = getenv("EDITOR");
	if (!editor || !*editor)
		editor = "vi";
	snprintf(place, sizeof(place), "+%ld", line);
	execlp("sh", "sh", "-c", "exec $0 \"$@\"", editor, place, path,
	       (char *)NULL);
	_exit(127);
}

int screen_edit(const char *path, long line)
{
	int status = -1;
	pid_t pid;

	step_out();
	pid = fork();
	if (pid == 0) {
		signal(SIGPIPE, SIG_DFL);
		exec_editor(path, line);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	ended = 0; /* a Ctrl-C was the editor's */
	step_in();
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
