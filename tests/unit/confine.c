/* SPDX-License-Identifier: MIT */
/* A confined process does its work, and nothing else. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "supervisor/confine.h"
#include "tap.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) && !defined(HAS_SANITIZER)
#define HAS_SANITIZER 1
#endif
#ifndef HAS_SANITIZER
#define HAS_SANITIZER 0
#endif

static int before[2];

/* How a confined child ends that does this: its code, or 1000 + signal. */
static int end_of(int (*deed)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(confine_self(NULL) ? 99 : deed());
	if (waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFSIGNALED(status) ? 1000 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

#define KILLED (1000 + SIGSYS)

static int executes(void)
{
	char *argv[] = { NULL };

	return execve("/nonexistent", argv, argv) < 0 ? 1 : 0;
}

static int forks(void)
{
	return fork() == 0 ? 0 : 1;
}

static int vforks(void)
{
	return syscall(SYS_clone, CLONE_VM | CLONE_VFORK | SIGCHLD, 0, 0, 0,
		       0) == 0
		       ? (_exit(0), 0)
		       : 1;
}

static int forks_anew(void)
{
	uint64_t args[11] = { [4] = SIGCHLD };

	return syscall(435 /* clone3 */, args, sizeof(args)) < 0 ? errno : 0;
}

static int traces(void)
{
	return ptrace(PTRACE_SEIZE, getppid(), NULL, NULL) < 0 ? 1 : 0;
}

static int writes_memory(void)
{
	return process_vm_writev(getppid(), NULL, 0, NULL, 0, 0) < 0 ? 1 : 0;
}

static int mounts(void)
{
	return mount("x", "/nonexistent", "tmpfs", 0, NULL) < 0 ? 1 : 0;
}

static int leaves_namespace(void)
{
	return unshare(CLONE_NEWUSER) < 0 ? 1 : 0;
}

static int loads_module(void)
{
	return syscall(SYS_init_module, NULL, 0, "") < 0 ? 1 : 0;
}

static int pushes_characters(void)
{
	return ioctl(before[0], TIOCSTI, "x") < 0 ? 1 : 0;
}

static int pushes_with_high_bits(void)
{
	return syscall(SYS_ioctl, before[0], TIOCSTI | UINT64_C(1) << 40, "x") < 0
		       ? 1
		       : 0;
}

static int calls_by_int80(void)
{
#if defined(__x86_64__)
	int r;

	__asm__ volatile("int $0x80"
			 : "=a"(r)
			 : "a"(20)
			 : "memory"); /* getpid */
	return 1;
#else
	raise(SIGSYS);
	return 0;
#endif
}

static int is_told_enosys(void)
{
	return syscall(SYS_vhangup) < 0 ? errno : 0;
}

static int opens_raw_socket(void)
{
	return socket(AF_PACKET, SOCK_RAW, 0) < 0 ? errno : 0;
}

static void *work(void *arg)
{
	*(int *)arg = syscall(SYS_vhangup) < 0 ? errno : 0;
	return arg;
}

static int starts_thread(void)
{
	int seen = 0;
	pthread_t t;

	if (pthread_create(&t, NULL, work, &seen) || pthread_join(t, NULL))
		return 1;
	return seen == ENOSYS ? 0 : 2;
}

static void *wait_then_execute(void *arg)
{
	char byte;

	(void)arg;
	if (read(before[0], &byte, 1) == 1)
		executes();
	return NULL;
}

/* A thread that was there before. */
static int confines_other_threads(void)
{
	pthread_t t;

	if (pthread_create(&t, NULL, wait_then_execute, NULL) ||
	    confine_self(NULL) || write(before[1], "x", 1) != 1)
		return 1;
	pthread_join(t, NULL);
	return 2;
}

static int end_of_threads(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(confines_other_threads());
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? 1000 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

static int works(void)
{
	struct rlimit core;
	int s = socket(AF_INET, SOCK_DGRAM, 0), on = 1;
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (s < 0 || p == MAP_FAILED || ioctl(s, FIONBIO, &on) < 0 ||
	    kill(getpid(), 0) < 0 || munmap(p, 4096) < 0)
		return 1;
	if (getrlimit(RLIMIT_CORE, &core) < 0 || core.rlim_max != 0)
		return 2;
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : 3;
}

int main(void)
{
	ok(pipe(before) == 0);
	ok(end_of(works) == 0);
	ok(end_of(starts_thread) == 0);
	ok(end_of(is_told_enosys) == ENOSYS);
	ok(end_of(opens_raw_socket) == ENOSYS);
	ok(end_of(forks_anew) == ENOSYS);
	ok(end_of(writes_memory) == KILLED);
	ok(end_of(mounts) == KILLED);
	ok(end_of(leaves_namespace) == KILLED);
	ok(end_of(loads_module) == KILLED);
	ok(end_of(pushes_characters) == KILLED);
	ok(end_of(pushes_with_high_bits) == KILLED);
	ok(end_of(calls_by_int80) == KILLED);
	if (HAS_SANITIZER) {
		skip("sanitizers want to execute, fork and trace");
		return done();
	}
	ok(end_of(executes) == KILLED);
	ok(end_of(forks) == KILLED);
	ok(end_of(vforks) == KILLED);
	ok(end_of(traces) == KILLED);
	ok(end_of_threads() == KILLED);
	return done();
}
