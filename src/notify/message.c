/* SPDX-License-Identifier: MIT */
/* Messages: what a send names in the target's memory, copied once. */
#include "notify/message.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

/* No architecture has user addresses beyond: 2^52 on arm64, 2^56 on x86. */
#define USER_ADDRESS_END (UINT64_C(1) << 56)

/* What the kernel refuses before it copies anything (access_ok()). */
static bool is_out_of_range(uint64_t addr, uint64_t len)
{
	return addr > USER_ADDRESS_END || len > USER_ADDRESS_END - addr;
}

static int copy_name(struct call *c, uint64_t addr, size_t len, struct message *m)
{
	m->has_name = true;
	m->name_len = len;
	return call_read(c, addr, m->name, len);
}

int message_copy_to(struct call *c, uint64_t buf, uint64_t len, uint64_t name,
		    int name_len, struct message *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->n_iov = 1;
	ret->len = len < MESSAGE_LEN_MAX ? len : MESSAGE_LEN_MAX;
	if (is_out_of_range(buf, ret->len))
		return -EFAULT;
	c->buffers->iov[0] = (struct iovec){ (void *)(uintptr_t)buf, ret->len };
	if (!name)
		return 0;
	if (name_len < 0 || name_len > MESSAGE_NAME_MAX)
		return -EINVAL;
	return copy_name(c, name, (size_t)name_len, ret);
}

/*
 * The length of all segments together, cut where the kernel cuts it
 * (lib/iov_iter.c, import_iovec()): one segment alone is cut before its place
 * is looked at, of several it is looked at first.
 */
static int measure(struct iovec *iov, size_t n, size_t *ret_len)
{
	size_t total = 0;

	for (size_t i = 0; i < n; i++)
		if (iov[i].iov_len > SSIZE_MAX)
			return -EINVAL;
	if (n == 1 && iov[0].iov_len > MESSAGE_LEN_MAX)
		iov[0].iov_len = MESSAGE_LEN_MAX;
	for (size_t i = 0; i < n; i++) {
		if (is_out_of_range((uintptr_t)iov[i].iov_base, iov[i].iov_len))
			return -EFAULT;
		if (iov[i].iov_len > MESSAGE_LEN_MAX - total)
			iov[i].iov_len = MESSAGE_LEN_MAX - total;
		total += iov[i].iov_len;
	}
	*ret_len = total;
	return 0;
}

static int copy_segments(struct call *c, const struct msghdr *h,
			 struct message *m)
{
	struct iovec *iov = c->buffers->iov;
	int r;

	m->n_iov = h->msg_iovlen;
	r = call_read(c, (uintptr_t)h->msg_iov, iov, m->n_iov * sizeof(*iov));
	return r ? r : measure(iov, m->n_iov, &m->len);
}

/* Both by one look into the target: most messages have a name. */
static int copy_name_and_segments(struct call *c, const struct msghdr *h,
				  size_t name_len, struct message *m)
{
	struct iovec *iov = c->buffers->iov;
	size_t len;
	ssize_t n;

	m->has_name = true;
	m->name_len = name_len;
	m->n_iov = h->msg_iovlen;
	len = m->n_iov * sizeof(*iov);
	n = kernel_read_memory_and(c->tid, (uintptr_t)h->msg_name, m->name,
				   name_len, (uintptr_t)h->msg_iov, iov, len);
	if (n == -EPERM)
		return -EPERM;
	return n == (ssize_t)(name_len + len) ? measure(iov, m->n_iov, &m->len)
					      : -EFAULT;
}

/*
 * Beyond its buffer the kernel runs into net.core.optmem_max and says the
 * same; that limit is 20 KiB up to Linux 6.6 and 128 KiB since.
 */
static int copy_control(struct call *c, const struct msghdr *h, struct message *m)
{
	if (h->msg_controllen > CONTROL_BUFFER)
		return -ENOBUFS;
	m->control_len = h->msg_controllen;
	return call_read(c, (uintptr_t)h->msg_control, c->buffers->control,
			 m->control_len);
}

int message_copy(struct call *c, uint64_t addr, struct message *ret)
{
	struct msghdr h;
	size_t name_len;
	int r;

	memset(ret, 0, sizeof(*ret));
	r = call_read(c, addr, &h, sizeof(h));
	if (r)
		return r;
	ret->flags = h.msg_flags;
	name_len = h.msg_name ? h.msg_namelen : 0;
	if (name_len > INT_MAX)
		return -EINVAL;
	if (name_len > MESSAGE_NAME_MAX)
		name_len = MESSAGE_NAME_MAX;
	if (name_len && h.msg_iovlen && h.msg_iovlen <= MESSAGE_VECTOR_MAX) {
		r = copy_name_and_segments(c, &h, name_len, ret);
	} else {
		if (name_len)
			r = copy_name(c, (uintptr_t)h.msg_name, name_len, ret);
		if (!r && h.msg_iovlen > MESSAGE_VECTOR_MAX)
			r = -EMSGSIZE;
		if (!r)
			r = copy_segments(c, &h, ret);
	}
	if (!r && h.msg_controllen)
		r = copy_control(c, &h, ret);
	return r;
}

/* The segments from byte at on, the first of them shortened; returns the
 * index of the first. What was there is in *ret_saved. */
static size_t seek(struct iovec *iov, size_t n, size_t at, struct iovec *ret_saved)
{
	size_t i = 0;

	while (i < n && at >= iov[i].iov_len)
		at -= iov[i++].iov_len;
	if (i == n)
		return n;
	*ret_saved = iov[i];
	/* A number of the target's, not a pointer of ours. */
	iov[i].iov_base = (void *)((uintptr_t)iov[i].iov_base + at);
	iov[i].iov_len -= at;
	return i;
}

int message_load(struct call *c, struct message *m, size_t at)
{
	struct iovec *iov = c->buffers->iov, saved = { 0 };
	size_t want = m->len - at, first;
	ssize_t n;

	if (want > CALL_BUFFER)
		want = CALL_BUFFER;
	m->at = at;
	m->have = 0;
	m->is_cut = false;
	first = seek(iov, m->n_iov, at, &saved);
	if (!want || first == m->n_iov)
		return 0;
	n = kernel_gather_memory(c->tid, iov + first, m->n_iov - first,
				 c->buffers->data, want);
	iov[first] = saved;
	if (n == -EPERM)
		return -EPERM;
	m->have = n > 0 ? (size_t)n : 0;
	m->is_cut = m->have < want;
	return 0;
}

size_t message_rest(const struct message *m)
{
	return m->len - m->at;
}
