/* SPDX-License-Identifier: MIT */
/* Doors: other ways to make the same call, and calls that prepare one. */
#include <errno.h>
#include <linux/io_uring.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "doctor/doors_impl.h"

/* The least of a ring: one entry goes in, one comes out. */
struct ring {
	int fd;
	struct io_uring_params p;
	char *rings;
	struct io_uring_sqe *entry;
};

static int ring_open(struct ring *r)
{
	size_t size;

	memset(&r->p, 0, sizeof(r->p));
	r->fd = (int)syscall(SYS_io_uring_setup, 1, &r->p);
	if (r->fd < 0)
		return -errno;
	if (!(r->p.features & IORING_FEAT_SINGLE_MMAP))
		return -ENOSYS;
	size = r->p.cq_off.cqes + r->p.cq_entries * sizeof(struct io_uring_cqe);
	if (size < r->p.sq_off.array + sizeof(uint32_t))
		size = r->p.sq_off.array + sizeof(uint32_t);
	r->rings = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd,
			IORING_OFF_SQ_RING);
	r->entry = mmap(NULL, sizeof(*r->entry), PROT_READ | PROT_WRITE,
			MAP_SHARED, r->fd, IORING_OFF_SQES);
	if (r->rings == MAP_FAILED || (void *)r->entry == MAP_FAILED)
		return -errno;
	memset(r->entry, 0, sizeof(*r->entry));
	return 0;
}

/* Submit the entry and wait: what the operation returned, or -errno. */
static int ring_go(struct ring *r)
{
	uint32_t *tail = (void *)(r->rings + r->p.sq_off.tail);
	struct io_uring_cqe *done = (void *)(r->rings + r->p.cq_off.cqes);

	*(uint32_t *)(void *)(r->rings + r->p.sq_off.array) = 0;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, r->fd, 1, 1, IORING_ENTER_GETEVENTS,
		    NULL, 0) < 0)
		return -errno;
	return done->res;
}

int door_io_uring_connect(struct attempt *a)
{
	struct sockaddr_in to = doors_ip4(a->g->closed);
	auto_close int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct ring r;
	int e = ring_open(&r);

	if (e)
		return e;
	r.entry->opcode = IORING_OP_CONNECT;
	r.entry->fd = fd;
	r.entry->addr = (uintptr_t)&to;
	r.entry->off = sizeof(to);
	e = ring_go(&r);
	if (e < 0)
		return e;
	return write(fd, "x", 1) < 0 ? -errno : 0;
}

int door_io_uring_sendmsg(struct attempt *a)
{
	struct sockaddr_in to = doors_ip4(a->g->closed);
	struct iovec iov = { .iov_base = (char[]){ 'x' }, .iov_len = 1 };
	struct msghdr m = { .msg_name = &to,
			    .msg_namelen = sizeof(to),
			    .msg_iov = &iov,
			    .msg_iovlen = 1 };
	auto_close int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ring r;
	int e = ring_open(&r);

	if (e)
		return e;
	r.entry->opcode = IORING_OP_SENDMSG;
	r.entry->fd = fd;
	r.entry->addr = (uintptr_t)&m;
	r.entry->len = 1;
	e = ring_go(&r);
	return e < 0 ? e : 0;
}

#ifdef __x86_64__
/* A call of a 32-bit program: int 0x80, by that architecture's numbers. */
static int int80(long nr, long one, long two, long three)
{
	long r;

	__asm__ volatile("int $0x80"
			 : "=a"(r)
			 : "a"(nr), "b"(one), "c"(two), "d"(three)
			 : "memory", "r8", "r9", "r10", "r11");
	return (int)r;
}

/* Its pointers have 32 bits, so what they point to is low. */
struct low {
	uint32_t args[3];
	struct sockaddr_in to;
};

static struct low *low_memory(void)
{
	struct low *low = mmap(NULL, sizeof(*low), PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	return (void *)low == MAP_FAILED ? NULL : low;
}

static int connect_by(struct attempt *a, bool by_socketcall)
{
	auto_close int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct low *low = low_memory();
	int r;

	if (fd < 0 || !low)
		return -errno;
	low->to = doors_ip4(a->g->closed);
	low->args[0] = (uint32_t)fd;
	low->args[1] = (uint32_t)(uintptr_t)&low->to;
	low->args[2] = sizeof(low->to);
	r = by_socketcall
		    ? int80(102, 3, (long)(uintptr_t)low->args, 0)
		    : int80(362, fd, (long)(uintptr_t)&low->to, sizeof(low->to));
	if (r < 0)
		return r;
	return write(fd, "x", 1) < 0 ? -errno : 0;
}

int door_int80_connect(struct attempt *a)
{
	return connect_by(a, false);
}

int door_int80_socketcall(struct attempt *a)
{
	return connect_by(a, true);
}

int door_x32(struct attempt *a)
{
	auto_close int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in to = doors_ip4(a->g->closed);

	if (fd < 0 || syscall(0x40000000 | SYS_connect, fd, &to, sizeof(to)) < 0)
		return -errno;
	return write(fd, "x", 1) < 0 ? -errno : 0;
}
#else
int door_int80_connect(struct attempt *a)
{
	return doors_skip(a, "another architecture");
}

int door_int80_socketcall(struct attempt *a)
{
	return doors_skip(a, "another architecture");
}

int door_x32(struct attempt *a)
{
	return doors_skip(a, "another architecture");
}
#endif

/* Calls that would take part of the work out of sight. */
int door_call(struct attempt *a)
{
	struct io_uring_params p = { 0 };
	uint32_t next[2] = { INT32_MAX - 1 }; /* after the last program */
	long r = -1;

	switch ((enum doors_call)a->arg) {
	case CALL_USERFAULTFD:
		r = syscall(SYS_userfaultfd, 1 /* UFFD_USER_MODE_ONLY */);
		break;
	case CALL_BPF: /* BPF_PROG_GET_NEXT_ID: there is none, if let in */
		r = syscall(SYS_bpf, 11, next, sizeof(next));
		return r < 0 && errno != ENOENT ? -errno : 0;
	case CALL_KEYCTL: /* KEYCTL_GET_KEYRING_ID of the session's */
		r = syscall(SYS_keyctl, 0, -3, 1);
		break;
	case CALL_ADD_KEY:
		r = syscall(SYS_add_key, "user", "egress-filter-door", "x", 1,
			    -1 /* of this thread */);
		break;
	case CALL_REQUEST_KEY: /* looked for, and not asked for elsewhere */
		r = syscall(SYS_request_key, "user", "egress-filter-door", NULL,
			    0);
		return r < 0 && errno != ENOKEY ? -errno : 0;
	case CALL_IO_URING:
		r = syscall(SYS_io_uring_setup, 1, &p);
		break;
	}
	return r < 0 ? -errno : 0;
}
