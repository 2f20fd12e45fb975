// SPDX-License-Identifier: MIT
// Messages in a target's memory, which here is our own: a struct msghdr, its
// segments and its address are refused where the kernel refuses them, and the
// data is copied byte for byte up to the first page that is missing.
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "notify/message.h"

#define ARENA	   (64u << 10) /* memory of the target; what follows is not */
#define PLACES	   (2 * ARENA) /* where its pointers go */
#define CONTROL	   (64u << 10) /* of struct call_buffers */
#define DATA_MAX   (2u << 20)  /* bytes that are compared */
#define HEADER_MAX sizeof(struct msghdr)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t *arena;
static struct call_buffers buffers;

static void must(bool claim)
{
	if (!claim)
		abort();
}

static void *map(size_t len, int prot)
{
	void *p = mmap(NULL, len, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	must(p != MAP_FAILED);
	return p;
}

static void prepare(void)
{
	if (arena)
		return;
	arena = map(PLACES, PROT_NONE);
	must(mprotect(arena, ARENA, PROT_READ | PROT_WRITE) == 0);
	buffers.data = map(CALL_BUFFER, PROT_READ | PROT_WRITE);
	buffers.control = map(CONTROL, PROT_READ | PROT_WRITE);
	buffers.iov = map(MESSAGE_VECTOR_MAX * sizeof(struct iovec),
			  PROT_READ | PROT_WRITE);
}

/* A pointer of the input counts from the start of the memory, but for those
 * that no program can have. */
static void *place(const void *offset)
{
	uintptr_t n = (uintptr_t)offset;

	if (n >> 56)
		return (void *)n;
	return n ? arena + n % PLACES : NULL;
}

/* Between the widest machine's end of addresses and this one's. */
static bool is_unsure(uint64_t addr, uint64_t len)
{
	return len < UINT64_C(1) << 57 &&
	       addr + len > (UINT64_C(1) << 47) - 8192 &&
	       addr + len <= UINT64_C(1) << 56;
}

/*
 * The memory: the header, then the rest of the input; the header is both
 * there and in *ret. False when it is not told what the kernel would say.
 */
static bool lay_out(const uint8_t *data, size_t size, struct msghdr *ret)
{
	bool is_sure = true;
	size_t at;

	memset(arena, 0, ARENA);
	memcpy(arena, data, size);
	memcpy(ret, arena, sizeof(*ret));
	ret->msg_name = place(ret->msg_name);
	ret->msg_iov = place(ret->msg_iov);
	ret->msg_control = place(ret->msg_control);
	/* Segments that lie in the header change it: never. */
	at = ret->msg_iov ? (size_t)((uint8_t *)ret->msg_iov - arena) : 0;
	if (at < HEADER_MAX)
		at = HEADER_MAX;
	ret->msg_iov = (struct iovec *)(void *)(arena + at);
	for (size_t i = 0; i < ret->msg_iovlen && i < MESSAGE_VECTOR_MAX; i++) {
		struct iovec v;

		if (at + (i + 1) * sizeof(v) > ARENA)
			break;
		memcpy(&v, arena + at + i * sizeof(v), sizeof(v));
		v.iov_base = place(v.iov_base);
		memcpy(arena + at + i * sizeof(v), &v, sizeof(v));
		if (is_unsure((uintptr_t)v.iov_base, v.iov_len))
			is_sure = false;
	}
	memcpy(arena, ret, sizeof(*ret));
	return is_sure;
}

/* What the kernel says to the same header, on a stream that takes nothing. */
static int ask_kernel(void)
{
	static int sock = -1;

	if (sock < 0) {
		int pair[2];

		must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
		sock = pair[0];
		must(shutdown(sock, SHUT_RDWR) == 0);
	}
	/* Not by the C library: a sanitizer would look at the pointers. */
	must(syscall(SYS_sendmsg, sock, arena, MSG_NOSIGNAL) < 0);
	return -errno;
}

/* After it was read the kernel is left with the socket. */
static bool was_read(int error)
{
	return error == -EPIPE || error == -EISCONN || error == -EOPNOTSUPP;
}

/* The readable bytes of the message that follow one another at byte n: their
 * number, at most; 0 where none can be read. */
static size_t run_at(const struct message *m, size_t n, const uint8_t **ret)
{
	for (size_t i = 0; i < m->n_iov; i++) {
		const struct iovec *v = &buffers.iov[i];
		size_t at = (uintptr_t)v->iov_base - (uintptr_t)arena + n;

		if (n < v->iov_len) {
			if (!v->iov_base || at >= ARENA)
				return 0;
			*ret = arena + at;
			n = v->iov_len - n;
			return n < ARENA - at ? n : ARENA - at;
		}
		n -= v->iov_len;
	}
	return 0;
}

static void must_be_copied(const struct message *m)
{
	size_t n = 0;

	while (n < m->have) {
		const uint8_t *run = NULL;
		size_t len = run_at(m, m->at + n, &run);

		must(len > 0);
		if (len > m->have - n)
			len = m->have - n;
		must(!memcmp(run, buffers.data + n, len));
		n += len;
	}
}

static size_t lengths(const struct message *m)
{
	size_t total = 0;

	for (size_t i = 0; i < m->n_iov; i++)
		total += buffers.iov[i].iov_len;
	return total;
}

static void must_have_data(struct call *c, struct message *m)
{
	size_t at = 0;

	while (at < m->len && at < DATA_MAX) {
		must(message_load(c, m, at) == 0);
		must(m->at == at && m->have <= CALL_BUFFER);
		must(message_rest(m) == m->len - at && m->have <= m->len - at);
		must(lengths(m) == m->len);
		must_be_copied(m);
		at += m->have;
		if (m->is_cut) {
			const uint8_t *run;

			must(run_at(m, at, &run) == 0);
			return;
		}
		must(m->have == CALL_BUFFER || at == m->len);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct call c = { .buffers = &buffers, .tid = getpid() };
	struct message m;
	struct msghdr h;
	bool is_sure;
	int r;

	if (size < HEADER_MAX || size > ARENA)
		return 0;
	prepare();
	is_sure = lay_out(data, size, &h);
	r = message_copy(&c, (uintptr_t)arena, &m);
	if (is_sure && !h.msg_controllen) {
		int theirs = ask_kernel();

		must(was_read(theirs) ? r == 0 : r == theirs);
	}
	if (r)
		return 0;
	must(m.n_iov == h.msg_iovlen && m.n_iov <= MESSAGE_VECTOR_MAX);
	must(m.len <= MESSAGE_LEN_MAX && lengths(&m) == m.len);
	must(m.name_len <= MESSAGE_NAME_MAX && m.control_len <= CONTROL);
	must(!m.name_len || !memcmp(m.name, h.msg_name, m.name_len));
	must(!m.control_len ||
	     !memcmp(buffers.control, h.msg_control, m.control_len));
	must_have_data(&c, &m);
	return 0;
}
