/* SPDX-License-Identifier: MIT */
/* Running the same program bare and under each kind of supervision. */
#include "variant.h"

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "timing.h"

#define WAIT_MS	   30000
#define STARTS	   8
#define PREFIX_MAX 8
#define OTHERS_MAX 4

static const char *const names[N_VARIANTS] = { "native", "egress-filter",
					       "floor",	 "floor+row",
					       "strace", "ptrace" };

/* Long enough for what is appended to a path of PATH_MAX. */
typedef char path_t[PATH_MAX + 32];

static path_t client, program, floor_program, tracer, policy_file, record_file,
	errors;
static char state[] = "/tmp/egress-filter-bench-XXXXXX";

const char *variant_name(enum variant v)
{
	return names[v];
}

/* What stands in front of the command; the end of the list. */
static const char **put_prefix(enum variant v, const char **at)
{
	static const char *const strace[] = { "strace",	       "-f", "-e",
					      "trace=network", "-o", "/dev/null" };

	switch (v) {
	case FILTERED:
		*at++ = program;
		*at++ = "-q";
		*at++ = "-c";
		*at++ = policy_file;
		*at++ = "--";
		break;
	case RECORD:
		*at++ = floor_program;
		*at++ = "-r";
		*at++ = record_file;
		break;
	case FLOOR:
		*at++ = floor_program;
		break;
	case STRACE:
		for (size_t i = 0; i < sizeof(strace) / sizeof(*strace); i++)
			*at++ = strace[i];
		break;
	case PTRACE:
		*at++ = tracer;
		break;
	case NATIVE:
	case N_VARIANTS:
	default:
		break;
	}
	return at;
}

static int write_policy(const char *text)
{
	auto_close int fd =
		open(policy_file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	return fd >= 0 && write(fd, text, strlen(text)) > 0 ? 0 : -1;
}

int variant_setup(const char *policy)
{
	char self[PATH_MAX] = "";
	char *end;

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0 ||
	    !mkdtemp(state))
		return -1;
	end = strrchr(self, '/');
	*end = '\0';
	snprintf(client, sizeof(client), "%s/client", self);
	snprintf(floor_program, sizeof(floor_program), "%s/floor", self);
	snprintf(tracer, sizeof(tracer), "%s/tracer", self);
	snprintf(program, sizeof(program), "%s/../../egress-filter", self);
	snprintf(policy_file, sizeof(policy_file), "%s/policy.yaml", state);
	snprintf(record_file, sizeof(record_file), "%s/record.db", state);
	snprintf(errors, sizeof(errors), "%s/stderr", state);
	setenv("XDG_STATE_HOME", state, 1);
	return write_policy(policy);
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *where)
{
	(void)st, (void)type, (void)where;
	return remove(path);
}

void variant_cleanup(void)
{
	nftw(state, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

bool variant_exists(enum variant v)
{
	return v != STRACE || !access("/usr/bin/strace", X_OK) ||
	       !access("/bin/strace", X_OK);
}

static void stay_on(int cpu)
{
	cpu_set_t one;

	if (cpu < 0)
		return;
	CPU_ZERO(&one);
	CPU_SET((size_t)cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

/* Start it, with its output to out and its complaints to a file. */
static pid_t start(enum variant v, const char *const *command, int out, int cpu)
{
	const char *argv[PREFIX_MAX + OTHERS_MAX], **at = put_prefix(v, argv);
	pid_t pid;
	int err;

	while (*command)
		*at++ = *command++;
	*at = NULL;
	pid = vfork();
	if (pid)
		return pid;
	err = open(errors, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	stay_on(cpu);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

static void show_errors(enum variant v, const char *what)
{
	char text[2048];
	auto_close int fd = open(errors, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	fprintf(stderr, "bench: %s under %s failed\n%s", what, names[v], text);
}

/* Its one line, or nothing when it takes too long. */
static double read_number(int fd, pid_t pid)
{
	struct pollfd p = { fd, POLLIN, 0 };
	char text[64];
	ssize_t n = 0;

	if (poll(&p, 1, WAIT_MS) == 1)
		n = read(fd, text, sizeof(text) - 1);
	else
		kill(pid, SIGKILL);
	text[n > 0 ? n : 0] = '\0';
	return n > 0 ? strtod(text, NULL) : -1;
}

double variant_measure(enum variant v, const char *what, int cpu)
{
	const char *const command[] = { client, what, NULL };
	int ends[2], status;
	double ns;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	pid = start(v, command, ends[1], cpu);
	close(ends[1]);
	ns = read_number(ends[0], pid);
	close(ends[0]);
	waitpid(pid, &status, 0);
	if (ns < 0 || status) {
		show_errors(v, what);
		return -1;
	}
	return ns;
}

double variant_start(enum variant v, int cpu)
{
	static const char *const command[] = { "true", NULL };
	auto_close int out = open("/dev/null", O_WRONLY | O_CLOEXEC);
	int64_t from = timing_now_ns();
	int status, bad = 0;

	for (int i = 0; i < STARTS; i++) {
		pid_t pid = start(v, command, out, cpu);

		bad += pid < 0 || waitpid(pid, &status, 0) < 0 || status;
	}
	if (bad) {
		show_errors(v, "true");
		return -1;
	}
	return (double)(timing_now_ns() - from) / STARTS;
}
