/* SPDX-License-Identifier: MIT */
/*
 * Signals of a target, and limits that end in one.
 *
 * Theory of Operation: all arguments but a pidfd are scalars that the kernel
 * has already taken, so a call may be continued once its receiver is known to
 * be in the tree. What may change before the kernel looks for the receiver is
 * who has that number: it would have to end, be reaped, and its number be
 * given to a new outsider, in the few microseconds between tree_has() and the
 * answer; the supervisor's own number is never free. Calls that reach several
 * processes, some of them outside, and pidfds, which can be exchanged, are
 * carried out by the supervisor with the target's credentials.
 */
#include "notify/signal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "notify/creds.h"
#include "notify/refuse.h"
#include "notify/tree.h"

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif

/* The numbers of the 32-bit architecture that this one also runs. */
static const struct {
	int foreign, native;
} numbers[] = {
	{ 37, SYS_kill },
	{ 238, SYS_tkill },
	{ 178, SYS_rt_sigqueueinfo },
	{ 424, SYS_pidfd_send_signal },
	{ 55, SYS_fcntl },
	{ 221, SYS_fcntl }, /* fcntl64() */
#if defined(__x86_64__)
	{ 340, SYS_prlimit64 },
	{ 270, SYS_tgkill },
	{ 335, SYS_rt_tgsigqueueinfo },
#else
	{ 369, SYS_prlimit64 },
	{ 268, SYS_tgkill },
	{ 363, SYS_rt_tgsigqueueinfo },
#endif
};

bool signal_translate(struct call *c)
{
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (numbers[i].foreign == c->data.nr) {
			c->data.nr = numbers[i].native;
			return true;
		}
	return false;
}

static bool has_our_pids(const struct call *c)
{
	struct stat theirs, ours;
	char path[40];

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", c->tid);
	return stat(path, &theirs) == 0 &&
	       stat("/proc/self/ns/pid", &ours) == 0 &&
	       theirs.st_ino == ours.st_ino && theirs.st_dev == ours.st_dev;
}

static void refuse(struct call *c)
{
	struct observation seen;

	call_observe(c, STAGE_SYSCALL, &seen);
	seen.detail = REFUSED_SIGNAL;
	refuse_with(c, &seen, REASON_SIGNAL, -EPERM);
}

/* The pid a number of the caller's stands for; 0: nobody, as far as is known. */
static pid_t our_pid(const struct call *c, pid_t theirs, bool *ret_is_ours)
{
	struct tree_node node;

	*ret_is_ours = has_our_pids(c);
	if (!*ret_is_ours)
		return tree_translate(c->tid, theirs);
	return tree_look(theirs, &node) < 0 ? 0 : theirs;
}

static void handle_one(struct call *c, pid_t theirs)
{
	bool is_ours;
	pid_t pid = our_pid(c, theirs, &is_ours);

	if (pid && tree_has(pid))
		call_continue(c);
	else if (is_ours && !pid)
		call_answer(c, 0, -ESRCH);
	else
		refuse(c);
}

/* Send to each of them in the target's name; -EPERM when none takes it. */
static int send_to_all(struct call *c, const pid_t *list, size_t n, int sig)
{
	struct creds creds;
	int r = creds_read(c, &creds), sent = -EPERM;

	if (!call_is_waiting(c))
		r = -ESRCH;
	if (!r)
		r = creds_enter(c->ctx, &creds);
	if (r)
		return r;
	for (size_t i = 0; i < n; i++)
		if (kill(list[i], sig) == 0)
			sent = 0;
		else if (errno == EINVAL)
			sent = -EINVAL;
	creds_leave(c->ctx, &creds);
	return sent;
}

/*
 * Move the caller's process to the end; returns how many are before it. Where
 * signals disturb a pending notification its own makes it ask again: nothing
 * may come between the signal and the answer.
 */
static size_t put_last(pid_t *list, size_t n, pid_t tid)
{
	size_t left = 0;
	pid_t own = 0;

	for (size_t i = 0; i < n; i++) {
		char path[48];

		snprintf(path, sizeof(path), "/proc/%d/task/%d", list[i], tid);
		if (access(path, F_OK) < 0)
			list[left++] = list[i];
		else
			own = list[i];
	}
	if (left < n)
		list[left] = own;
	return left;
}

static void handle_many(struct call *c, pid_t theirs, int sig)
{
	auto_free pid_t *list = calloc(TREE_MEMBERS_MAX, sizeof(*list));
	struct tree_node self = { 0 };
	pid_t group = theirs == -1 ? 0 : -theirs;
	size_t n, n_before_own, others;

	if (!list || !has_our_pids(c) || tree_look(c->tid, &self) < 0) {
		refuse(c); /* groups are not translated between namespaces */
		return;
	}
	if (theirs == 0)
		group = self.group;
	n = tree_members(group, list, TREE_MEMBERS_MAX, &others);
	n_before_own = put_last(list, n, c->tid);
	if (theirs == -1)
		n = n_before_own; /* kill(2): everybody but the caller */
	if (!n && !others)
		call_answer(c, 0, -ESRCH);
	else if (!n)
		refuse(c);
	else if (!others)
		call_continue(c);
	else
		call_answer(c, 0, send_to_all(c, list, n, sig));
}

static void handle_number(struct call *c, pid_t theirs, int sig)
{
	if (!sig)
		call_continue(c); /* a question, not a signal */
	else if (theirs > 0)
		handle_one(c, theirs);
	else
		handle_many(c, theirs, sig);
}

/* The process behind a pidfd of ours; 0: it is none, or nobody is there. */
static pid_t pid_of(int pidfd)
{
	char path[40], text[512], *at;
	auto_close int fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	at = strstr(text, "\nPid:");
	n = at ? strtol(at + strlen("\nPid:"), NULL, 10) : 0;
	return n > 0 ? (pid_t)n : 0;
}

/* With the siginfo_t of the target, which the kernel checks. */
static int send_to_pidfd(struct call *c, int pidfd)
{
	uint64_t at = c->data.args[2];
	struct creds creds;
	siginfo_t info;
	int r = at ? call_read(c, at, &info, sizeof(info)) : 0;

	if (!r)
		r = creds_read(c, &creds);
	if (!r && !call_is_waiting(c))
		r = -ESRCH;
	if (!r)
		r = creds_enter(c->ctx, &creds);
	if (r)
		return r;
	if (syscall(SYS_pidfd_send_signal, pidfd, (int)c->data.args[1],
		    at ? &info : NULL, (unsigned int)c->data.args[3]) < 0)
		r = -errno;
	creds_leave(c->ctx, &creds);
	return r;
}

static void handle_pidfd(struct call *c)
{
	int pidfd, r = call_take_any(c, (int)c->data.args[0], &pidfd);
	pid_t pid = r ? 0 : pid_of(pidfd);

	if (r)
		call_answer(c, 0, r);
	else if (!pid)
		call_answer(c, 0, -EBADF);
	else if (!tree_has(pid) && c->data.args[1])
		refuse(c);
	else
		call_answer(c, 0, send_to_pidfd(c, pidfd));
	if (!r)
		close(pidfd);
}

void signal_handle(struct call *c)
{
	int first = (int)c->data.args[0], second = (int)c->data.args[1];

	switch (c->data.nr) {
	case SYS_kill:
	case SYS_tkill:
	case SYS_rt_sigqueueinfo:
		handle_number(c, first, second);
		break;
	case SYS_tgkill:
	case SYS_rt_tgsigqueueinfo:
		/* The kernel sees to it that the thread is of that process. */
		handle_number(c, first, first > 0 ? (int)c->data.args[2] : 0);
		break;
	case SYS_pidfd_send_signal:
		handle_pidfd(c);
		break;
	default:
		break; /* call_done() denies it */
	}
}

void signal_handle_owner(struct call *c)
{
	auto_free pid_t *list = calloc(TREE_MEMBERS_MAX, sizeof(*list));
	pid_t owner = (int)c->data.args[2];
	size_t others = 1;

	if (owner < 0 && list && has_our_pids(c))
		tree_members(-owner, list, TREE_MEMBERS_MAX, &others);
	if (owner >= 0)
		handle_number(c, owner, owner); /* 0: nobody */
	else if (others)
		refuse(c);
	else
		call_continue(c);
}

/* What the new limit is does not matter: the kernel may read it. */
void signal_handle_limit(struct call *c)
{
	pid_t pid = (int)c->data.args[0];

	if (pid > 0)
		handle_one(c, pid);
	else
		call_continue(c); /* itself, or nobody */
}
