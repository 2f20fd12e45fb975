/* SPDX-License-Identifier: MIT */
/* What the trials found, and what it means for a person. */
#include "doctor/ability.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/state.h"
#include "doctor/records.h"
#include "doctor/trial.h"
#include "notify/uapi.h"
#include "notify/walls.h"

/* Say what a trial that gave this errno found. */
static void set_result(struct ability *a, int error, enum state otherwise,
		       const char *means)
{
	snprintf(a->found, sizeof(a->found), "%s",
		 error ? strerror(error) : "yes");
	a->state = error ? otherwise : ABILITY_OK;
	a->means = error ? means : "";
}

static void try_kernel(struct ability *a)
{
	struct utsname u;
	unsigned int major = 0, minor = 0;

	uname(&u);
	sscanf(u.release, "%u.%u", &major, &minor);
	snprintf(a->found, sizeof(a->found), "Linux %.100s (%.20s)", u.release,
		 u.machine);
	if (major < 5 || (major == 5 && minor < 6)) {
		a->state = ABILITY_MISSING;
		a->means = "Linux 5.6 or later is needed";
	} else if (major == 5 && minor < 19) {
		a->state = ABILITY_WEAK;
		a->means = "signals repeat held calls; the full promises "
			   "start with Linux 5.19";
	}
}

static void try_listener(struct ability *a)
{
	int error = trial_listener(0, 0);
	struct utsname u;

	set_result(a, error, ABILITY_MISSING,
		   "system calls cannot be held here: a container's seccomp "
		   "profile or the kernel refuses");
	if (error != EBUSY)
		return;
	uname(&u);
	a->means = strcasestr(u.release, "microsoft")
			   ? "the init of WSL2 holds the only listener; start "
			     "the command from outside it"
			   : "another supervisor (egress-filter, a container "
			     "engine) holds the only listener: a run inside a "
			     "run is not possible";
}

static void try_killable(struct ability *a)
{
	int error = trial_listener(SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, 0);

	set_result(a, error, ABILITY_WEAK,
		   "a program with frequent timer signals repeats its held "
		   "calls (Linux 5.19 brings the cure)");
}

static void try_sync(struct ability *a)
{
	set_result(a, trial_listener(0, 1), ABILITY_WEAK,
		   "held calls may take longer under load (Linux 6.6 brings "
		   "the cure)");
}

static void try_take_fd(struct ability *a)
{
	set_result(a, trial_take_fd(), ABILITY_MISSING,
		   "sockets of the command cannot be taken over: ptrace is "
		   "closed here (Yama, a container's profile)");
}

static void try_read_memory(struct ability *a)
{
	set_result(a, trial_read_memory(), ABILITY_MISSING,
		   "addresses cannot be read from the command: ptrace is "
		   "closed here (Yama, a container's profile)");
}

static void try_thread_pidfd(struct ability *a)
{
	set_result(a, trial_thread_pidfd(), ABILITY_WEAK,
		   "threads with descriptor tables of their own are denied "
		   "(Linux 6.9 brings the cure)");
}

static void try_netns_cookie(struct ability *a)
{
	set_result(a, trial_netns_cookie(), ABILITY_WEAK,
		   "the command may not make network namespaces (Linux 5.14 "
		   "brings the cure)");
}

static void try_landlock(struct ability *a)
{
	int abi = walls_kernel_landlock();
	struct walls w;

	walls_of(abi, &w);
	if (abi < 0)
		snprintf(a->found, sizeof(a->found), "%s", strerror(-abi));
	else
		snprintf(a->found, sizeof(a->found), "ABI %d%s%s%s", abi,
			 w.has_domain ? ": memory of neighbours closed" : "",
			 w.has_tcp ? ", TCP connects" : "",
			 w.has_signals ? ", signals, abstract sockets" : "");
	if (w.has_signals)
		return;
	a->state = ABILITY_WEAK;
	if (!w.has_domain)
		a->means = "the memory of neighbours is protected by Yama "
			   "alone";
	else if (w.closes_mount)
		a->means = "the command may not mount anything (Linux 6.7 "
			   "brings the cure), and signals to a whole group "
			   "come from the supervisor (Linux 6.12)";
	else
		a->means = "signals to a whole group come from the supervisor "
			   "(Linux 6.12 brings the cure)";
}

static void try_yama(struct ability *a)
{
	int scope = walls_kernel_yama();
	struct walls w;

	if (scope < 0)
		snprintf(a->found, sizeof(a->found), "not in this kernel");
	else
		snprintf(a->found, sizeof(a->found), "ptrace_scope %d", scope);
	walls_look(&w);
	if (!walls_are_missing(&w)) {
		a->state = scope < 1 ? ABILITY_NOTE : ABILITY_OK;
		return;
	}
	a->state = ABILITY_MISSING;
	a->means = "the command could rewrite the memory of other programs of "
		   "this user, which are under no filter: sessions refuse to "
		   "start without --weak";
}

static void try_confine(struct ability *a)
{
	set_result(a, trial_confine(), ABILITY_MISSING,
		   "the supervisor cannot confine itself: no session starts");
}

static void try_root(struct ability *a)
{
	int error;

	if (geteuid() != 0) {
		snprintf(a->found, sizeof(a->found), "no");
		return;
	}
	error = trial_mount_namespace();
	snprintf(a->found, sizeof(a->found), "yes; /proc/sys and /sys: %s",
		 error ? strerror(error) : "read-only to the command");
	a->state = ABILITY_NOTE;
	a->means = "the command loses the capabilities that lead out of a "
		   "session (see --keep-caps); rather run it as a user";
	if (!error || access("/proc/sys/kernel/core_pattern", W_OK) < 0)
		return;
	a->state = ABILITY_WEAK;
	a->means = "the command may steer the kernel by /proc/sys and /sys: no "
		   "mount namespace can be made here";
}

static void try_user_namespace(struct ability *a)
{
	set_result(a, trial_user_namespace(), ABILITY_NOTE,
		   "no session needs them; the demo and the tests want them "
		   "or root");
}

static void try_transparent(struct ability *a)
{
	set_result(a, trial_transparent(), ABILITY_WEAK,
		   "a resolver that reads with recvmsg() waits for its own "
		   "timeout when a name is refused (CAP_NET_RAW or "
		   "CAP_NET_BIND_SERVICE is missing)");
}

static void try_state(struct ability *a)
{
	char path[1024];
	struct ef_err err = { 0 };
	int r = state_make(path, sizeof(path), &err);

	if (r == 0 && access(path, W_OK | X_OK) == 0) {
		snprintf(a->found, sizeof(a->found), "%.150s", path);
		return;
	}
	if (r == 0)
		snprintf(a->found, sizeof(a->found), "%.120s: %s", path,
			 strerror(errno));
	else
		snprintf(a->found, sizeof(a->found), "%.150s", err.msg);
	a->state = ABILITY_WEAK;
	a->means = "a run needs --db PATH, or XDG_STATE_HOME elsewhere";
}

static const struct {
	const char *name;
	void (*try)(struct ability *a); /* a is "ok, nothing to say" */
} trials[] = {
	{ "kernel", try_kernel },
	{ "seccomp notification", try_listener },
	{ "killable wait", try_killable },
	{ "synchronous wake-up", try_sync },
	{ "taking descriptors", try_take_fd },
	{ "reading memory", try_read_memory },
	{ "thread pidfds", try_thread_pidfd },
	{ "socket's namespace", try_netns_cookie },
	{ "Landlock", try_landlock },
	{ "Yama", try_yama },
	{ "confined supervisor", try_confine },
	{ "root", try_root },
	{ "transparent sending", try_transparent },
	{ "user namespaces", try_user_namespace },
	{ "state folder", try_state },
	{ "records", records_try },
};

size_t ability_try_all(struct ability *ret)
{
	size_t n = sizeof(trials) / sizeof(trials[0]);

	_Static_assert(sizeof(trials) / sizeof(trials[0]) <= ABILITIES_MAX,
		       "room for every trial");
	for (size_t i = 0; i < n; i++) {
		ret[i] = (struct ability){ .name = trials[i].name, .means = "" };
		trials[i].try(&ret[i]);
	}
	return n;
}

bool ability_suffices(const struct ability *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].state == ABILITY_MISSING)
			return false;
	return true;
}
