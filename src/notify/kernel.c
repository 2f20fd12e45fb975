/* SPDX-License-Identifier: MIT */
/* The real kernel behind notify/kernel.h. */
#include "notify/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/cleanup.h"

/* process_vm_readv() takes no more segments at once (IOV_MAX, uio.h). */
#define SEGMENTS_MAX 1024

int kernel_receive(int listener, struct seccomp_notif *ret)
{
	memset(ret, 0, sizeof(*ret)); /* the kernel insists on zeros */
	return ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, ret) < 0 ? -errno : 0;
}

static int respond(int listener, struct seccomp_notif_resp *r)
{
	return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, r) < 0 ? -errno : 0;
}

int kernel_respond(int listener, uint64_t id, int64_t value, int error)
{
	struct seccomp_notif_resp r = { .id = id,
					.val = error ? 0 : value,
					.error = error };

	return respond(listener, &r);
}

int kernel_continue(int listener, uint64_t id)
{
	struct seccomp_notif_resp r = {
		.id = id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE
	};

	return respond(listener, &r);
}

bool kernel_has_another(int listener)
{
	struct pollfd p = { .fd = listener, .events = POLLIN };

	return poll(&p, 1, 0) == 1 && p.revents & POLLIN;
}

bool kernel_has_hung_up(int listener)
{
	struct pollfd p = { .fd = listener };

	return poll(&p, 1, 0) == 1 && p.revents & POLLHUP;
}

bool kernel_is_waiting(int listener, uint64_t id)
{
	return ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

void kernel_set_sync_wake_up(int listener)
{
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS,
		  SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP) < 0)
		return; /* only a matter of speed */
}

/* Before PIDFD_THREAD only the first thread of a process can be opened. */
static pid_t process_of(pid_t tid)
{
	char path[32], line[256];
	pid_t tgid = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	f = fopen(path, "re");
	if (!f)
		return -1;
	while (tgid < 0 && fgets(line, sizeof(line), f))
		if (!strncmp(line, "Tgid:", 5))
			tgid = (pid_t)strtol(line + 5, NULL, 10);
	fclose(f);
	return tgid;
}

int kernel_open_thread(pid_t tid, bool *ret_is_its_own)
{
	int fd = (int)syscall(SYS_pidfd_open, tid, PIDFD_THREAD);

	*ret_is_its_own = fd >= 0;
	if (fd < 0 && errno == EINVAL) {
		pid_t tgid = process_of(tid);

		if (tgid < 0)
			return -ESRCH;
		fd = (int)syscall(SYS_pidfd_open, tgid, 0);
	}
	return fd < 0 ? -errno : fd;
}

int kernel_take_fd(int pidfd, int fd)
{
	int r = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);

	return r < 0 ? -errno : r;
}

/* Some sandbox kernels lack process_vm_readv(). */
static ssize_t read_by_proc(pid_t tid, const struct iovec *iov, size_t n_iov,
			    void *buf, size_t len)
{
	char path[32], *out = buf;
	size_t done = 0;
	auto_close int fd = -1;

	snprintf(path, sizeof(path), "/proc/%d/mem", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == EACCES ? -EPERM : -errno;
	for (size_t i = 0; i < n_iov && done < len; i++) {
		size_t want = iov[i].iov_len;
		ssize_t n;

		if (want > len - done)
			want = len - done;
		n = pread(fd, out + done, want,
			  (off_t)(uintptr_t)iov[i].iov_base);
		if (n > 0)
			done += (size_t)n;
		if (n != (ssize_t)want)
			break;
	}
	return done || !len ? (ssize_t)done : -EFAULT;
}

ssize_t kernel_gather_memory(pid_t tid, const struct iovec *iov, size_t n_iov,
			     void *buf, size_t len)
{
	size_t done = 0;

	while (n_iov && done < len) {
		size_t n = n_iov < SEGMENTS_MAX ? n_iov : SEGMENTS_MAX;
		struct iovec local = { (char *)buf + done, len - done };
		size_t want = 0;
		ssize_t r = (ssize_t)syscall(SYS_process_vm_readv, tid, &local,
					     1, iov, n, 0);

		if (r < 0 && errno == ENOSYS)
			return read_by_proc(tid, iov, n_iov, buf, len);
		if (r < 0)
			return done ? (ssize_t)done : -errno;
		for (size_t i = 0; i < n; i++)
			want += iov[i].iov_len;
		done += (size_t)r;
		if ((size_t)r < want)
			break;
		iov += n;
		n_iov -= n;
	}
	return (ssize_t)done;
}

ssize_t kernel_read_memory(pid_t tid, uint64_t addr, void *buf, size_t len)
{
	struct iovec remote = { (void *)(uintptr_t)addr, len };

	return kernel_gather_memory(tid, &remote, 1, buf, len);
}

ssize_t kernel_read_memory_and(pid_t tid, uint64_t addr, void *buf, size_t len,
			       uint64_t addr2, void *buf2, size_t len2)
{
	struct iovec local[] = { { buf, len }, { buf2, len2 } };
	struct iovec remote[] = { { (void *)(uintptr_t)addr, len },
				  { (void *)(uintptr_t)addr2, len2 } };
	ssize_t n = (ssize_t)syscall(SYS_process_vm_readv, tid, local, 2,
				     remote, 2, 0);

	if (n >= 0 || errno != ENOSYS)
		return n < 0 ? -errno : n;
	n = kernel_read_memory(tid, addr, buf, len);
	if (n == (ssize_t)len) {
		ssize_t more = kernel_read_memory(tid, addr2, buf2, len2);

		n += more > 0 ? more : 0;
	}
	return n;
}

int kernel_open_memory(pid_t tid)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", tid);
	fd = open(path, O_RDWR | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int kernel_write_memory(int memory, uint64_t addr, const void *buf, size_t len)
{
	ssize_t n = pwrite(memory, buf, len, (off_t)addr);

	return n == (ssize_t)len ? 0 : -EFAULT;
}

/* The hexadecimal mask after a key of proc(5) status. */
static uint64_t mask_of(const char *status, const char *key)
{
	const char *at = strstr(status, key);

	return at ? strtoull(at + strlen(key), NULL, 16) : 0;
}

bool kernel_has_signal(pid_t tid)
{
	char path[32], text[4096];
	auto_close int fd = -1;
	uint64_t pending;
	const char *tgid;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return false;
	text[n] = '\0';
	pending = mask_of(text, "\nSigPnd:");
	tgid = strstr(text, "\nTgid:");
	if (tgid && strtol(tgid + 6, NULL, 10) == tid)
		pending |= mask_of(text, "\nShdPnd:");
	return pending & ~mask_of(text, "\nSigBlk:");
}

int kernel_signal_caller(int listener, uint64_t id, pid_t tid, int signal)
{
	bool is_its_own;
	auto_close int pidfd = kernel_open_thread(tid, &is_its_own);
	pid_t tgid = process_of(tid);
	long r;

	/* What was opened is the caller's only if that waits still. */
	if (pidfd < 0 || tgid < 0 || !kernel_is_waiting(listener, id))
		return -ESRCH;
	r = is_its_own ? syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0)
		       : syscall(SYS_tgkill, tgid, tid, signal);
	return r < 0 ? -errno : 0;
}
