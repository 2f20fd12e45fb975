/* SPDX-License-Identifier: MIT */
/*
 * Credentials of one thread.
 *
 * Theory of Operation: the supervisor's saved user id stays 0 throughout. So
 * the kernel keeps the permitted capabilities, takes the effective ones away
 * while the effective id is not 0, and lets the thread come back
 * (capabilities(7), "Effect of user ID changes"). Groups are changed first
 * and restored last, since that needs CAP_SETGID. A target that is root with
 * fewer capabilities than we have, or root only in a user namespace of its
 * own, gets no more than it has: the effective set is cut to its own.
 */
#include "notify/creds.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"

enum { REAL, EFFECTIVE, SAVED, FS };

#define KEEP ((uid_t)-1)

#define STATUS_MAX 16384 /* 1,024 groups of ten digits, and the rest */

static_assert(sizeof(gid_t) == sizeof(unsigned int), "ids are read as 32 bits");

/* The numbers after a key of proc(5) status, at most max; -1: no such key, or
 * more than that. */
static int numbers_of(const char *status, const char *key, int base,
		      unsigned long *ret, size_t max)
{
	const char *at = strstr(status, key);
	size_t n = 0;

	if (!at)
		return -1;
	for (at += strlen(key);;) {
		char *end;

		at += strspn(at, " \t");
		if (*at == '\n' || !*at)
			return (int)n;
		if (n == max)
			return -1;
		ret[n++] = strtoul(at, &end, base);
		if (end == at)
			return -1;
		at = end;
	}
}

static bool read_ids(const char *status, const char *key, unsigned int *ret)
{
	unsigned long v[4];

	if (numbers_of(status, key, 10, v, 4) != 4)
		return false;
	for (size_t i = 0; i < 4; i++)
		ret[i] = (unsigned int)v[i];
	return true;
}

static bool read_groups(const char *status, struct identity *ret)
{
	unsigned long v[CREDS_GROUPS_MAX];
	int n = numbers_of(status, "\nGroups:", 10, v, CREDS_GROUPS_MAX);

	if (n < 0)
		return false;
	for (int i = 0; i < n; i++)
		ret->groups[i] = (gid_t)v[i];
	ret->n_groups = (size_t)n;
	return true;
}

static bool parse(const char *status, struct identity *ret)
{
	unsigned long caps;

	if (!read_ids(status, "\nUid:", ret->uid) ||
	    !read_ids(status, "\nGid:", ret->gid) || !read_groups(status, ret) ||
	    numbers_of(status, "\nCapEff:", 16, &caps, 1) != 1)
		return false;
	ret->caps = caps;
	return true;
}

static bool read_status(const char *dir, struct identity *ret)
{
	char path[48], text[STATUS_MAX];
	auto_close int fd = -1;
	size_t len = 0;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/status", dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	while ((n = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	return n == 0 && len < sizeof(text) - 1 && parse(text, ret);
}

/* Capabilities in another user namespace are none in ours. */
static bool has_our_users(const char *dir)
{
	struct stat theirs, ours;
	char path[48];

	snprintf(path, sizeof(path), "%s/ns/user", dir);
	return stat(path, &theirs) == 0 &&
	       stat("/proc/self/ns/user", &ours) == 0 &&
	       theirs.st_ino == ours.st_ino && theirs.st_dev == ours.st_dev;
}

static bool same_groups(const struct identity *a, const struct identity *b)
{
	return a->n_groups == b->n_groups &&
	       !memcmp(a->groups, b->groups, a->n_groups * sizeof(gid_t));
}

static bool same_ids(const struct identity *a, const struct identity *b)
{
	/* The saved ids play no part in what a thread may do. */
	return a->uid[REAL] == b->uid[REAL] &&
	       a->uid[EFFECTIVE] == b->uid[EFFECTIVE] &&
	       a->uid[FS] == b->uid[FS] && a->gid[REAL] == b->gid[REAL] &&
	       a->gid[EFFECTIVE] == b->gid[EFFECTIVE] &&
	       a->gid[FS] == b->gid[FS] && same_groups(a, b);
}

int creds_read(const struct call *c, struct creds *ret)
{
	char dir[32];

	ret->differ = false;
	if (!c->ctx->is_root)
		return 0;
	snprintf(dir, sizeof(dir), "/proc/%d", c->tid);
	if (!read_status(dir, &ret->theirs) ||
	    !read_status("/proc/thread-self", &ret->ours))
		return -EPERM;
	if (!has_our_users(dir))
		ret->theirs.caps = 0;
	ret->theirs.caps &= ret->ours.caps;
	ret->differ = !same_ids(&ret->theirs, &ret->ours) ||
		      ret->theirs.caps != ret->ours.caps;
	/* Without that there would be no way back. */
	return ret->ours.uid[SAVED] == 0 ? 0 : -EPERM;
}

/* Cut the effective capabilities of this thread to those of mask, or raise
 * them to those of mask that it is permitted. */
static bool set_caps(uint64_t mask)
{
	struct __user_cap_header_struct h = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct d[2];

	if (syscall(SYS_capget, &h, d) < 0)
		return false;
	d[0].effective = d[0].permitted & (uint32_t)mask;
	d[1].effective = d[1].permitted & (uint32_t)(mask >> 32);
	return syscall(SYS_capset, &h, d) == 0;
}

/* What setfsuid(2) answers is the id before; asked for -1, the id now. */
static bool set_fs_ids(const struct identity *who)
{
	syscall(SYS_setfsgid, who->gid[FS]);
	syscall(SYS_setfsuid, who->uid[FS]);
	return (gid_t)syscall(SYS_setfsgid, KEEP) == who->gid[FS] &&
	       (uid_t)syscall(SYS_setfsuid, KEEP) == who->uid[FS];
}

/* Only where they differ: in a user namespace of an ordinary user nobody may
 * set groups, and all have the same. */
static bool set_groups(const struct identity *from, const struct identity *to)
{
	return same_groups(from, to) ||
	       syscall(SYS_setgroups, to->n_groups, to->groups) == 0;
}

static bool take_on(const struct identity *who, const struct identity *own)
{
	return set_groups(own, who) &&
	       syscall(SYS_setresgid, who->gid[REAL], who->gid[EFFECTIVE],
		       KEEP) == 0 &&
	       syscall(SYS_setresuid, who->uid[REAL], who->uid[EFFECTIVE],
		       KEEP) == 0 &&
	       set_caps(UINT64_MAX) && set_fs_ids(who) && set_caps(who->caps);
}

/* The effective id first: with it the capabilities come back. */
static bool go_back(const struct identity *own, const struct identity *who)
{
	return syscall(SYS_setresuid, KEEP, own->uid[EFFECTIVE], KEEP) == 0 &&
	       set_caps(UINT64_MAX) &&
	       syscall(SYS_setresuid, own->uid[REAL], own->uid[EFFECTIVE],
		       own->uid[SAVED]) == 0 &&
	       syscall(SYS_setresgid, own->gid[REAL], own->gid[EFFECTIVE],
		       own->gid[SAVED]) == 0 &&
	       set_groups(who, own) && set_fs_ids(own) && set_caps(own->caps);
}

void creds_leave(const struct notify_context *ctx, const struct creds *who)
{
	if (who->differ && !go_back(&who->ours, &who->theirs))
		ctx->lose("a thread could not take its credentials back");
}

int creds_enter(const struct notify_context *ctx, const struct creds *who)
{
	if (!who->differ || take_on(&who->theirs, &who->ours))
		return 0;
	creds_leave(ctx, who);
	return -EPERM;
}
