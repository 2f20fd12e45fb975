/* SPDX-License-Identifier: MIT */
/* Questions to the kernel, each asked by trying. */
#include "doctor/trial.h"

#include <errno.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "notify/uapi.h"

#ifndef __NR_pidfd_open
#define __NR_pidfd_open 434
#endif
#ifndef __NR_pidfd_getfd
#define __NR_pidfd_getfd 438
#endif

/* What a child that ended with an errno as its code has to say. */
static int collect(pid_t pid)
{
	int status;

	if (pid < 0)
		return errno;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EFAULT;
}

static int install(unsigned long flags, int wants_sync)
{
	struct sock_filter allow = { .code = BPF_RET | BPF_K,
				     .k = SECCOMP_RET_ALLOW };
	struct sock_fprog program = { .len = 1, .filter = &allow };
	long fd;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return errno;
	fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		     flags | SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
	if (fd < 0)
		return errno;
	if (wants_sync && ioctl((int)fd, SECCOMP_IOCTL_NOTIF_SET_FLAGS,
				SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP) < 0)
		return errno;
	return 0;
}

int trial_listener(unsigned long flags, int wants_sync)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(install(flags, wants_sync));
	return collect(pid);
}

/* A child that waits to be looked at; *ret_end ends it when closed. */
static pid_t start_subject(int *ret_end)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		char byte;

		close(ends[1]);
		while (read(ends[0], &byte, 1) < 0 && errno == EINTR)
			continue;
		_exit(0);
	}
	close(ends[0]);
	*ret_end = ends[1];
	return pid;
}

static int end_subject(pid_t pid, int *end)
{
	close(STEAL_FD(*end));
	return collect(pid);
}

static int take_fd(pid_t pid)
{
	auto_close int pidfd = (int)syscall(__NR_pidfd_open, pid, 0);
	auto_close int fd = -1;

	if (pidfd < 0)
		return errno;
	fd = (int)syscall(__NR_pidfd_getfd, pidfd, STDIN_FILENO, 0);
	/* A subject without standard input: the call itself was granted. */
	return fd < 0 && errno != EBADF ? errno : 0;
}

int trial_take_fd(void)
{
	auto_close int end = -1;
	pid_t pid = start_subject(&end);
	int r;

	if (pid < 0)
		return errno;
	r = take_fd(pid);
	end_subject(pid, &end);
	return r;
}

int trial_read_memory(void)
{
	auto_close int end = -1;
	static const uint32_t written = 0x5eed;
	uint32_t got = 0;
	struct iovec to = { .iov_base = &got, .iov_len = sizeof(got) };
	struct iovec from = { .iov_base = (void *)(uintptr_t)&written,
			      .iov_len = sizeof(written) };
	pid_t pid = start_subject(&end);
	int r = 0;

	if (pid < 0)
		return errno;
	if (process_vm_readv(pid, &to, 1, &from, 1, 0) != sizeof(got))
		r = errno;
	else if (got != written)
		r = EFAULT;
	end_subject(pid, &end);
	return r;
}

int trial_thread_pidfd(void)
{
	auto_close int fd = (int)syscall(__NR_pidfd_open, getpid(), PIDFD_THREAD);

	return fd < 0 ? errno : 0;
}

int trial_user_namespace(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0 ? errno : 0);
	return collect(pid);
}

static int confine(void)
{
	struct sock_filter allow = { .code = BPF_RET | BPF_K,
				     .k = SECCOMP_RET_ALLOW };
	struct sock_fprog program = { .len = 1, .filter = &allow };

	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return errno;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		       SECCOMP_FILTER_FLAG_TSYNC, &program) < 0
		       ? errno
		       : 0;
}

int trial_confine(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(confine());
	return collect(pid);
}

int trial_mount_namespace(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(unshare(CLONE_NEWNS) < 0 ||
				      mount(NULL, "/", NULL, MS_REC | MS_SLAVE,
					    NULL) < 0
			      ? errno
			      : 0);
	return collect(pid);
}

int trial_transparent(void)
{
	auto_close int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	/* An address of nobody (RFC 5737); binding to it sends nothing. */
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(53) };
	int one = 1;

	if (fd < 0)
		return errno;
	if (setsockopt(fd, IPPROTO_IP, IP_TRANSPARENT, &one, sizeof(one)) < 0)
		return errno;
	in.sin_addr.s_addr = htonl(0xc0000201);
	if (bind(fd, (struct sockaddr *)&in, sizeof(in)) < 0)
		return errno;
	return 0;
}

int trial_netns_cookie(void)
{
	auto_close int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint64_t cookie;
	socklen_t len = sizeof(cookie);

	if (fd < 0)
		return errno;
	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &len) < 0)
		return errno;
	return 0;
}
