/* SPDX-License-Identifier: MIT */
/*
 * Starting the command.
 *
 * Theory of Operation: the child comes from a raw clone(CLONE_FILES). It may
 * only use system calls until it executes the program: other threads are not
 * running yet, but the supervisor's memory is a copy with whatever locks it
 * had. What the two tell each other goes through one shared page, with a
 * futex for waiting. States: STARTED, then READY or FAILED by the child, then
 * GO by the supervisor, then nothing or EXEC_FAILED by the child.
 */
#include "supervisor/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "notify/filter.h"
#include "supervisor/caps.h"

enum state { STARTED, READY, FAILED, GO, EXEC_FAILED };

struct shared {
	_Atomic uint32_t state;
	int listener;
	bool is_killable;
	bool is_walled;		 /* the walls were no obstacle */
	struct inherited closed; /* by the child, before GO is obeyed */
	int mounts_error;	 /* negative; the session says it */
	int error;		 /* positive errno of FAILED and EXEC_FAILED */
};

static void set_state(struct shared *s, enum state state)
{
	atomic_store(&s->state, (uint32_t)state);
	syscall(SYS_futex, &s->state, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

static void wait_while(struct shared *s, enum state state,
		       const struct timespec *timeout)
{
	if (atomic_load(&s->state) == (uint32_t)state)
		syscall(SYS_futex, &s->state, FUTEX_WAIT, (uint32_t)state,
			timeout, NULL, 0);
}

/* Is it a program this user may execute? 0, -ENOENT or -EACCES. */
static int check_program(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno == EACCES ? -EACCES : -ENOENT;
	if (S_ISDIR(st.st_mode) || access(path, X_OK) < 0)
		return -EACCES;
	return 0;
}

/* Look for a name along PATH. As in shells, and unlike execvp(3), a folder that
 * may not be searched is one without the program. */
static int search_path(const char *name, char **ret)
{
	const char *path = getenv("PATH");
	int error = -ENOENT;

	if (!path)
		path = "/bin:/usr/bin"; /* confstr(3) _CS_PATH */
	for (;;) {
		size_t n = strcspn(path, ":");
		char *candidate = NULL;
		int r;

		if (asprintf(&candidate, "%.*s%s%s", (int)n, path,
			     n ? "/" : "./", name) < 0)
			return -ENOMEM;
		r = check_program(candidate);
		if (!r) {
			*ret = candidate;
			return 0;
		}
		if (r == -EACCES && !access(candidate, F_OK))
			error = r;
		free(candidate);
		if (!path[n])
			return error;
		path += n + 1;
	}
}

int launch_find(struct launch *l, char *const *argv, struct ef_err *err)
{
	int r;

	if (!argv[0] || !argv[0][0])
		return err_set(err, ENOENT, "no command was given");
	if (strchr(argv[0], '/')) {
		r = check_program(argv[0]);
		l->path = r ? NULL : strdup(argv[0]);
	} else {
		r = search_path(argv[0], &l->path);
	}
	if (r == -EACCES)
		return err_set(err, EACCES, "%.200s: not executable", argv[0]);
	if (r < 0)
		return err_set(err, ENOENT, "%.200s: command not found", argv[0]);
	return l->path ? 0 : err_set(err, ENOMEM, "out of memory");
}

static size_t count(char *const *list)
{
	size_t n = 0;

	while (list[n])
		n++;
	return n;
}

/* The arrays for execve(), made before the fork. argv gets one slot in front
 * so that a script without "#!" can be given to the shell. */
static int make_arrays(struct launch *l, char *const *argv, const char *uuid)
{
	static const char name[] = "EGRESS_FILTER_SESSION=";
	size_t n_args = count(argv), n_env = count(environ), at = 0;

	l->argv = calloc(n_args + 2, sizeof(char *));
	l->envp = calloc(n_env + 2, sizeof(char *));
	if (!l->argv || !l->envp)
		return -ENOMEM;
	for (size_t i = 0; i < n_args; i++)
		l->argv[i + 1] = argv[i];
	for (size_t i = 0; i < n_env; i++)
		if (strncmp(environ[i], name, sizeof(name) - 1))
			l->envp[at++] = environ[i];
	snprintf(l->session_env, sizeof(l->session_env), "%s%s", name, uuid);
	l->envp[at] = l->session_env;
	return 0;
}

static void child_execute(struct launch *l)
{
	execve(l->path, l->argv + 1, l->envp);
	if (errno != ENOEXEC)
		return;
	l->argv[0] = (char *)(uintptr_t) "sh";
	l->argv[1] = l->path;
	execve("/bin/sh", l->argv, l->envp);
}

/* A standard descriptor that is missing would be somebody else's next. */
static void child_close(int fd)
{
	int null = fd <= 2 ? open("/dev/null", O_RDWR | O_CLOEXEC) : -1;

	if (null < 0 || dup2(null, fd) < 0)
		close(fd);
}

static int child_install(const struct launch *l, struct shared *s)
{
	int fd, r;

	if (l->mounts)
		s->mounts_error = mounts_enter(l->mounts);
	if (l->drop_caps) {
		r = caps_drop(l->drop_caps);
		if (r < 0)
			return -r;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return errno;
	r = walls_enter(&l->walls);
	if (r < 0)
		return -r;
	s->is_walled = true;
	fd = filter_install(&l->filter, &s->is_killable);
	if (fd < 0)
		return -fd;
	s->listener = fd;
	/* The table of its own no longer needs it; the other keeps it. */
	if (syscall(SYS_unshare, CLONE_FILES) < 0)
		return errno;
	syscall(SYS_close, fd);
	return 0;
}

static void child_main(struct launch *l)
{
	struct shared *s = l->shared;

	s->error = child_install(l, s);
	if (s->error) {
		set_state(s, FAILED);
		_exit(125);
	}
	/* Nobody would ever let it go if the supervisor died now. */
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != l->parent)
		_exit(125);
	set_state(s, READY);
	while (atomic_load(&s->state) == READY)
		wait_while(s, READY, NULL);
	prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);
	for (size_t i = 0; i < s->closed.n; i++)
		child_close(s->closed.fds[i]);
	sigprocmask(SIG_SETMASK, &l->mask, NULL);
	child_execute(l);
	s->error = errno;
	set_state(s, EXEC_FAILED);
	_exit(127);
}

/* Why the filter could not be installed, and the way out. */
static int explain(int error, struct ef_err *err)
{
	switch (error) {
	case EBUSY:
		return err_set(err, EBUSY,
			       "this command already runs under a seccomp "
			       "listener (egress-filter inside egress-filter, "
			       "or a container engine's): start it outside");
	case EINVAL:
	case ENOSYS:
		return err_set(err, ENOSYS,
			       "this kernel has no seccomp user notification "
			       "(Linux 5.6 or newer is needed)");
	case EPERM:
	case EACCES:
		return err_set(err, EPERM,
			       "this sandbox refuses seccomp filters; allow "
			       "the seccomp system call in its profile");
	default:
		return err_set(err, error, "the filter cannot be installed: %s",
			       strerror(error));
	}
}

static void wait_ready(struct launch *l)
{
	struct timespec tick = { .tv_nsec = 100000000 };
	struct shared *s = l->shared;
	int status;

	while (atomic_load(&s->state) == STARTED) {
		wait_while(s, STARTED, &tick);
		if (atomic_load(&s->state) == STARTED &&
		    waitpid(l->pid, &status, WNOHANG) == l->pid) {
			l->pid = 0;
			s->error = ECHILD;
			set_state(s, FAILED);
		}
	}
}

int launch_prepare(struct launch *l, char *const *argv, const char *uuid,
		   struct ef_err *err)
{
	struct shared *s;

	s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s == MAP_FAILED || make_arrays(l, argv, uuid) < 0)
		return err_set(err, ENOMEM, "out of memory");
	l->shared = s;
	l->listener = -1;
	l->parent = getpid();
	l->pid = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
	if (l->pid < 0) {
		int error = errno;

		l->pid = 0;
		return err_set(err, error, "cannot fork: %s", strerror(error));
	}
	if (!l->pid)
		child_main(l);
	wait_ready(l);
	if (atomic_load(&s->state) != READY) {
		if (l->pid > 0)
			waitpid(l->pid, NULL, 0); /* it has ended itself */
		l->pid = 0;
		if (!s->is_walled)
			return err_set(err, s->error,
				       "the command cannot be put behind "
				       "Landlock: %s",
				       strerror(s->error));
		return explain(s->error, err);
	}
	l->listener = s->listener;
	l->is_killable = s->is_killable;
	l->mounts_error = s->mounts_error;
	return 0;
}

void launch_go(struct launch *l, const struct inherited *closed)
{
	struct shared *s = l->shared;

	s->closed = *closed;
	set_state(l->shared, GO);
}

int launch_exec_error(const struct launch *l)
{
	struct shared *s = l->shared;

	return atomic_load(&s->state) == EXEC_FAILED ? s->error : 0;
}

void launch_done(struct launch *l)
{
	struct shared *s = l->shared;

	if (s && l->pid > 0 && atomic_load(&s->state) == READY) {
		kill(l->pid, SIGKILL);
		waitpid(l->pid, NULL, 0);
	}
	if (s)
		munmap(s, sizeof(*s));
	free(l->path);
	free(l->argv);
	free(l->envp);
	*l = (struct launch){ .listener = -1 };
}
