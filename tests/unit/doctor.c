/* SPDX-License-Identifier: MIT */
/* The trials tell the truth about a kernel that refuses. */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "doctor/ability.h"
#include "doctor/trial.h"
#include "notify/uapi.h"
#include "tap.h"

static int seccomp(unsigned int flags, struct sock_filter *f, unsigned short n)
{
	struct sock_fprog p = { .len = n, .filter = f };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &p);
}

/* Fail one system call with EPERM from now on. */
static int forbid(unsigned int nr)
{
	struct sock_filter f[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	return seccomp(0, f, sizeof(f) / sizeof(f[0]));
}

static int take_listener(void)
{
	struct sock_filter f = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);

	return seccomp(SECCOMP_FILTER_FLAG_NEW_LISTENER, &f, 1);
}

static bool suffices(void)
{
	struct ability list[ABILITIES_MAX];

	return ability_suffices(list, ability_try_all(list));
}

/* Run a claim in a child, since what it does to itself cannot be undone. */
static bool holds(int (*claim)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(claim());
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}

static int no_memory_is_seen(void)
{
	return forbid(SYS_process_vm_readv) || trial_read_memory() != EPERM ||
	       suffices();
}

static int no_getfd_is_seen(void)
{
	return forbid(438) || trial_take_fd() != EPERM || suffices();
}

static int taken_listener_is_seen(void)
{
	return take_listener() < 0 || trial_listener(0, 0) != EBUSY || suffices();
}

static int refused_seccomp_is_seen(void)
{
	return forbid(SYS_seccomp) || trial_listener(0, 0) != EPERM || suffices();
}

int main(void)
{
	char state[] = "/tmp/ef-doctor.XXXXXX", cmd[64];

	ok(mkdtemp(state) != NULL);
	setenv("XDG_STATE_HOME", state, 1);
	if (!suffices()) {
		skip("nothing can be enforced here anyway");
	} else {
		ok(trial_listener(0, 0) == 0);
		ok(holds(no_memory_is_seen));
		ok(holds(no_getfd_is_seen));
		ok(holds(taken_listener_is_seen));
		ok(holds(refused_seccomp_is_seen));
		ok(suffices()); /* nothing was left behind */
	}
	snprintf(cmd, sizeof(cmd), "rm -r '%s'", state);
	ok(system(cmd) == 0);
	return done();
}
