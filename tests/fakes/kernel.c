/* SPDX-License-Identifier: MIT */
/* The kernel as a test has it. */
#include "kernel.h"

#include <errno.h>
#include <pthread.h>

#include "notify/kernel.h"

#define IDS 16

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t answered = PTHREAD_COND_INITIALIZER;
static struct {
	bool is_answered;
	int64_t value;
} answers[IDS];

int64_t fake_kernel_answer(uint64_t id)
{
	int64_t value;

	pthread_mutex_lock(&lock);
	while (!answers[id].is_answered)
		pthread_cond_wait(&answered, &lock);
	value = answers[id].value;
	pthread_mutex_unlock(&lock);
	return value;
}

int kernel_respond(int listener, uint64_t id, int64_t value, int error)
{
	(void)listener;
	pthread_mutex_lock(&lock);
	answers[id].is_answered = true;
	answers[id].value = error ? error : value;
	pthread_cond_broadcast(&answered);
	pthread_mutex_unlock(&lock);
	return 0;
}

int kernel_continue(int listener, uint64_t id)
{
	return kernel_respond(listener, id, 0, -ENOSYS);
}

bool kernel_is_waiting(int listener, uint64_t id)
{
	bool is_answered;

	(void)listener;
	pthread_mutex_lock(&lock);
	is_answered = answers[id].is_answered;
	pthread_mutex_unlock(&lock);
	return !is_answered;
}

int kernel_receive(int listener, struct seccomp_notif *ret)
{
	(void)listener;
	(void)ret;
	return -ENOSYS;
}

bool kernel_has_hung_up(int listener)
{
	(void)listener;
	return true;
}

void kernel_set_sync_wake_up(int listener)
{
	(void)listener;
}

int kernel_open_thread(pid_t tid, bool *ret_is_its_own)
{
	(void)tid;
	*ret_is_its_own = false;
	return -ESRCH;
}

int kernel_take_fd(int pidfd, int fd)
{
	(void)pidfd;
	(void)fd;
	return -EPERM;
}

ssize_t kernel_read_memory(pid_t tid, uint64_t addr, void *buf, size_t len)
{
	(void)tid;
	(void)addr;
	(void)buf;
	(void)len;
	return -EPERM;
}

ssize_t kernel_read_memory_and(pid_t tid, uint64_t addr, void *buf, size_t len,
			       uint64_t also, void *also_buf, size_t also_len)
{
	(void)also;
	(void)also_buf;
	(void)also_len;
	return kernel_read_memory(tid, addr, buf, len);
}

ssize_t kernel_gather_memory(pid_t tid, const struct iovec *iov, size_t n_iov,
			     void *buf, size_t len)
{
	(void)iov;
	(void)n_iov;
	return kernel_read_memory(tid, 0, buf, len);
}

int kernel_open_memory(pid_t tid)
{
	(void)tid;
	return -EPERM;
}

int kernel_write_memory(int memory, uint64_t addr, const void *buf, size_t len)
{
	(void)memory;
	(void)addr;
	(void)buf;
	(void)len;
	return -EFAULT;
}

bool kernel_has_signal(pid_t tid)
{
	(void)tid;
	return false;
}

int kernel_signal_caller(int listener, uint64_t id, pid_t tid, int signal)
{
	(void)listener;
	(void)id;
	(void)tid;
	(void)signal;
	return -ESRCH;
}
