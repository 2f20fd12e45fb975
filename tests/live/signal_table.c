/* SPDX-License-Identifier: MIT */
/*
 * Prints what signals do to a process that is blocked in connect(), one
 * "name: result" a line. Run bare and as a target the output must be the same.
 * Wants a black hole at 10.99.0.2 (tests/live/blackhole.sh), where an
 * uninterrupted connect() ends in ETIMEDOUT after a few seconds.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What the blocked process tells; in memory that both share. */
static struct report {
	volatile int result; /* errno of connect(), or 0 */
	volatile int handled;
} * report;

static void on_signal(int sig)
{
	(void)sig;
	report->handled++;
}

static void handle(int sig, int flags)
{
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = flags };

	sigaction(sig, &sa, NULL);
}

static void start_timer(void)
{
	struct itimerval it = { { 0, 2000 }, { 0, 2000 } };

	setitimer(ITIMER_REAL, &it, NULL);
}

static void connect_to_black_hole(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(80) };
	int s = socket(AF_INET, SOCK_STREAM, 0);

	inet_pton(AF_INET, "10.99.0.2", &a.sin_addr);
	report->result =
		connect(s, (struct sockaddr *)&a, sizeof(a)) < 0 ? errno : 0;
}

static void pause_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/* The letter of proc(5) stat, 0 when there is no such process. */
static char state_of(pid_t pid)
{
	char path[64], line[512] = "", *at;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "r");
	if (!f)
		return 0;
	if (!fgets(line, sizeof(line), f))
		line[0] = '\0';
	fclose(f);
	at = strrchr(line, ')');
	return at && strlen(at) > 2 ? at[2] : 0;
}

static bool is_in_connect(pid_t pid)
{
	char path[64], line[512] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/syscall", pid);
	f = fopen(path, "r");
	if (!f)
		return false;
	if (!fgets(line, sizeof(line), f))
		line[0] = '\0';
	fclose(f);
	return strtol(line, NULL, 10) == SYS_connect && strchr(line, ' ');
}

static bool wait_until_blocked(pid_t pid)
{
	for (int i = 0; i < 20000; i++) {
		if (is_in_connect(pid))
			return true;
		pause_ms(1);
	}
	return false;
}

static bool wait_for_state(pid_t pid, char state)
{
	for (int i = 0; i < 2000; i++) {
		if (state_of(pid) == state)
			return true;
		pause_ms(1);
	}
	return false;
}

static const char *name_of(int error)
{
	return error < 0 ? "never returned"
	       : error	 ? strerrorname_np(error)
			 : "ok";
}

static void tell(const char *what, pid_t pid)
{
	int status;

	waitpid(pid, &status, 0);
	if (WIFSIGNALED(status))
		printf("%s: ended by %s\n", what, sigabbrev_np(WTERMSIG(status)));
	else
		printf("%s: %s\n", what, name_of(report->result));
	printf("%s, handler ran: %s\n", what, report->handled ? "yes" : "no");
}

/* A process that blocks in connect(), with a handler if flags are not -1. */
static pid_t start(int handled_signal, int flags, bool with_timer)
{
	pid_t pid;

	fflush(stdout);
	report->result = -1;
	report->handled = 0;
	pid = fork();
	if (pid)
		return pid;
	if (handled_signal)
		handle(handled_signal, flags);
	if (with_timer)
		start_timer();
	connect_to_black_hole();
	_exit(0);
}

static void send_while_blocked(const char *what, pid_t pid, int sig)
{
	if (!wait_until_blocked(pid))
		printf("%s: does not block\n", what);
	kill(pid, sig);
	tell(what, pid);
}

static void stop_and_go_on(void)
{
	pid_t pid = start(0, 0, false);

	if (!wait_until_blocked(pid))
		printf("SIGSTOP: does not block\n");
	kill(pid, SIGSTOP);
	printf("SIGSTOP: stops: %s\n", wait_for_state(pid, 'T') ? "yes" : "no");
	kill(pid, SIGCONT);
	printf("SIGCONT: blocks again: %s\n",
	       wait_until_blocked(pid) ? "yes" : "no");
	tell("SIGSTOP, SIGCONT", pid);
}

int main(void)
{
	report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (report == MAP_FAILED)
		return 99;
	tell("no signal", start(0, 0, false));
	tell("timer, SA_RESTART", start(SIGALRM, SA_RESTART, true));
	tell("timer, no SA_RESTART", start(SIGALRM, 0, true));
	send_while_blocked("SIGINT, default", start(0, 0, false), SIGINT);
	send_while_blocked("SIGINT, handler", start(SIGINT, 0, false), SIGINT);
	send_while_blocked("SIGINT, handler with SA_RESTART",
			   start(SIGINT, SA_RESTART, false), SIGINT);
	send_while_blocked("SIGKILL", start(0, 0, false), SIGKILL);
	stop_and_go_on();
	return 0;
}
