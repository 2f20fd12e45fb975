/* SPDX-License-Identifier: MIT */
/* Reaping, stopping and ending the processes of the session. */
#include "supervisor/children.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/log.h"
#include "supervisor/orphans.h"

#define GRACE_NS  2000000000ll
#define STOP_NS	  10000000000ll
#define POLL_MS	  100
#define NAMED_MAX 5

/* Terminal stops are mirrored, so that the shell sees the whole job stop; a
 * SIGSTOP that somebody sent to the command alone is his business. */
static bool is_terminal_stop(int signal)
{
	return signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

static void mirror_stop(const struct children *c)
{
	raise(SIGSTOP); /* goes on here after SIGCONT */
	kill(c->main, SIGCONT);
}

void children_reap(struct children *c)
{
	for (;;) {
		int status;
		pid_t pid = waitpid(-1, &status, WNOHANG | WUNTRACED);

		if (pid < 0 && errno == EINTR)
			continue;
		if (pid < 0)
			c->all_ended = errno == ECHILD;
		if (pid <= 0)
			return;
		if (WIFSTOPPED(status)) {
			if (pid == c->main && is_terminal_stop(WSTOPSIG(status)))
				mirror_stop(c);
			continue;
		}
		if (pid == c->main) {
			c->main_ended = true;
			c->status = status;
		}
	}
}

static void read_comm(pid_t pid, char comm[16])
{
	char path[32];
	FILE *f;

	strcpy(comm, "?");
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	f = fopen(path, "re");
	if (!f)
		return;
	if (fgets(comm, 16, f))
		comm[strcspn(comm, "\n")] = '\0';
	fclose(f);
}

/* One line with the first few names. */
static void name_leftovers(void)
{
	pid_t pids[256];
	size_t n = orphans_list(pids, 256);
	char names[NAMED_MAX * 40] = "";

	for (size_t i = 0; i < n && i < NAMED_MAX; i++) {
		char comm[16];
		size_t at = strlen(names);

		read_comm(pids[i], comm);
		snprintf(names + at, sizeof(names) - at, "%s%s[%d]",
			 i ? ", " : "", comm, pids[i]);
	}
	if (n)
		log_line(LOG_WARN,
			 "ending what the command left running: %s%s (--wait "
			 "waits for it)",
			 names, n > NAMED_MAX ? ", ..." : "");
}

void children_stop(struct children *c)
{
	if (c->stop_ns || c->main_ended)
		return;
	c->stop_ns = clock_mono_ns();
	kill(c->main, SIGTERM);
	/* A stopped process acts on TERM only when it goes on. */
	kill(c->main, SIGCONT);
}

/* Is it time to kill what was asked to stop? */
static void tick_stop(struct children *c)
{
	if (!c->killed && clock_mono_ns() - c->stop_ns >= STOP_NS)
		children_kill(c);
}

int children_tick(struct children *c, bool wait_for_all)
{
	if (c->stop_ns && !c->all_ended && (!c->main_ended || wait_for_all)) {
		tick_stop(c);
		return POLL_MS;
	}
	if (!c->main_ended || c->all_ended || wait_for_all)
		return -1;
	if (!c->term_ns) {
		name_leftovers();
		orphans_signal(SIGTERM);
		/* A stopped process acts on TERM only when it goes on. */
		orphans_signal(SIGCONT);
		c->term_ns = clock_mono_ns();
	} else if (clock_mono_ns() - c->term_ns >= GRACE_NS) {
		orphans_signal(SIGKILL);
		c->killed = true;
	}
	return POLL_MS;
}

void children_kill(struct children *c)
{
	c->killed = true;
	orphans_signal(SIGKILL);
}
