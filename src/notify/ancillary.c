/* SPDX-License-Identifier: MIT */
/* Ancillary data: descriptors and credentials of a target, passed on. */
#include "notify/ancillary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/store.h"
#include "base/cleanup.h"
#include "wire/cmsg.h"

/* What is copied in fills the first half of the buffer, what goes out the
 * second. */
#define HALF (CONTROL_BUFFER / 2)

/* The ids of a thread: real, effective, saved, file system. */
struct ids {
	pid_t pid;     /* thread group, as we see it */
	pid_t own_pid; /* as it sees itself */
	uid_t uid[4];
	gid_t gid[4];
};

static bool find_numbers(const char *status, const char *key, long *ret, size_t n)
{
	const char *at = strstr(status, key);
	char *end;

	if (!at)
		return false;
	at += strlen(key);
	for (size_t i = 0; i < n; i++, at = end) {
		ret[i] = strtol(at, &end, 10);
		if (end == at)
			return false;
	}
	return true;
}

/* The last of the pids it has, one for each nested namespace. */
static pid_t innermost(const char *status, pid_t pid)
{
	const char *at = strstr(status, "\nNStgid:");
	char *end;
	long v;

	if (!at)
		return pid;
	for (at += 8; *at && *at != '\n'; at = end) {
		v = strtol(at, &end, 10);
		if (end == at)
			break;
		pid = (pid_t)v;
	}
	return pid;
}

static int read_ids(pid_t tid, struct ids *ret)
{
	char path[32], text[4096];
	auto_close int fd = -1;
	long pid, uid[4], gid[4];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -EPERM;
	n = read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return -EPERM;
	text[n] = '\0';
	if (!find_numbers(text, "\nTgid:", &pid, 1) ||
	    !find_numbers(text, "\nUid:", uid, 4) ||
	    !find_numbers(text, "\nGid:", gid, 4))
		return -EPERM;
	ret->pid = (pid_t)pid;
	ret->own_pid = innermost(text, ret->pid);
	for (size_t i = 0; i < 4; i++) {
		ret->uid[i] = (uid_t)uid[i];
		ret->gid[i] = (gid_t)gid[i];
	}
	return 0;
}

/* Claimed credentials that are not the target's are refused, as they are to
 * any process without privileges (net/core/scm.c). */
static int check_claim(const struct cmsg *m, const struct ids *ids,
		       struct ucred *ret)
{
	bool uid = false, gid = false;
	struct ucred claim;

	if (m->len != sizeof(claim))
		return -EINVAL;
	memcpy(&claim, m->data, sizeof(claim));
	for (size_t i = 0; i < 3; i++) {
		uid |= claim.uid == ids->uid[i];
		gid |= claim.gid == ids->gid[i];
	}
	/* In a user namespace of its own it knows itself by other numbers. */
	if (ids->pid == ids->own_pid && (!uid || !gid))
		return -EPERM;
	if (claim.pid != ids->own_pid)
		return -EPERM;
	if (uid)
		ret->uid = claim.uid;
	if (gid)
		ret->gid = claim.gid;
	return 0;
}

/*
 * A receiver with SO_PASSCRED is shown who called: without a word from us
 * that would be the supervisor. Only root may speak for somebody else.
 */
static int put_credentials(struct call *c, const struct cmsg *claim,
			   struct writer *w, struct ancillary *a)
{
	struct ucred true_ones;
	size_t before = w->len;
	struct ids ids;
	int r = read_ids(c->tid, &ids);

	if (r)
		return r;
	true_ones = (struct ucred){ ids.pid, ids.uid[0], ids.gid[0] };
	if (claim) {
		r = check_claim(claim, &ids, &true_ones);
		if (r)
			return r;
	}
	if (!c->ctx->is_root)
		return 0;
	cmsg_put(w, SOL_SOCKET, SCM_CREDENTIALS, &true_ones, sizeof(true_ones));
	a->credentials_len = w->len - before;
	return 0;
}

/* A duplicate of one of our own files would, when closed, drop the locks that
 * SQLite holds on it; leaked, it ends with the session. */
static int check_not_ours(struct call *c, int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0 &&
	    !(S_ISREG(st.st_mode) &&
	      store_owns(c->ctx->store, st.st_dev, st.st_ino)))
		return 0;
	c->ctx->lose("a descriptor of the record was passed over a socket");
	return -EPERM;
}

static int take_fds(struct call *c, const struct cmsg *m, struct writer *w,
		    struct ancillary *a)
{
	size_t n = cmsg_n_fds(m), first = a->n_fds;

	if (n > ANCILLARY_FDS_MAX - first)
		return -EINVAL;
	for (size_t i = 0; i < n; i++) {
		int fd = kernel_take_fd(c->thread->pidfd, cmsg_fd(m, i));

		if (fd < 0)
			return fd == -EMFILE ? -ETOOMANYREFS : fd;
		if (check_not_ours(c, fd))
			return -EPERM;
		a->fds[a->n_fds++] = fd;
	}
	cmsg_put(w, SOL_SOCKET, SCM_RIGHTS, a->fds + first, n * sizeof(int));
	return 0;
}

/*
 * Descriptors and credentials mean something to AF_UNIX only. Netlink refuses
 * the first (scm_send()), the internet protocols ignore both.
 */
static int take_scm(struct call *c, const struct cmsg *m, struct writer *w,
		    struct ancillary *a)
{
	if (c->domain == AF_UNIX)
		return m->kind == CMSG_RIGHTS ? take_fds(c, m, w, a) : 0;
	if (c->domain == AF_NETLINK && m->kind == CMSG_RIGHTS)
		return -EINVAL;
	return 0;
}

static int take_all(struct call *c, const struct message *m, struct writer *w,
		    struct cmsg *ret_claim, struct ancillary *a)
{
	struct cmsg_walk walk = cmsg_over(c->buffers->control, m->control_len);
	struct cmsg at;
	int r;

	while ((r = cmsg_next(&walk, &at)) == 1) {
		if (at.kind == CMSG_CREDENTIALS)
			*ret_claim = at;
		if (at.kind == CMSG_RIGHTS || at.kind == CMSG_CREDENTIALS) {
			r = take_scm(c, &at, w, a);
			if (r)
				return r;
			continue;
		}
		if (at.kind == CMSG_INTERFACE && at.interface)
			a->interface = at.interface;
		cmsg_put(w, at.level, at.type, at.data, at.len);
	}
	return r;
}

int ancillary_take(struct call *c, const struct message *m, struct ancillary *ret)
{
	struct cmsg claim = { 0 };
	struct writer w;
	int r = 0;

	ret->control = c->buffers->control + HALF;
	ret->len = ret->credentials_len = ret->n_fds = 0;
	ret->interface = 0;
	if (m->control_len > HALF)
		return -ENOBUFS;
	w = writer_into(ret->control, HALF);
	if (m->control_len)
		r = take_all(c, m, &w, &claim, ret);
	if (!r && c->domain == AF_UNIX && (claim.data || c->ctx->is_root))
		r = put_credentials(c, claim.data ? &claim : NULL, &w, ret);
	if (!r && w.failed)
		r = -ENOBUFS;
	ret->len = w.len;
	return r;
}

void ancillary_release(struct ancillary *a)
{
	for (size_t i = 0; i < a->n_fds; i++)
		close(a->fds[i]);
	a->n_fds = 0;
}
