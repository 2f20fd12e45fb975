/* SPDX-License-Identifier: MIT */
/* The Landlock domain of the target. */
#include "notify/walls.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "notify/uapi.h"

void walls_of(int abi, struct walls *ret)
{
	*ret = (struct walls){ .abi = abi >= 2 ? abi : 0,
			       .has_domain = abi >= 2,
			       .has_tcp = abi >= 4,
			       .has_signals = abi >= 6,
			       .closes_mount = abi == 2 || abi == 3 };
}

void walls_look(struct walls *ret)
{
	walls_of(walls_kernel_landlock(), ret);
}

bool walls_are_missing(const struct walls *w)
{
	return !w->has_domain && walls_kernel_yama() < 1;
}

/* What the domain is about, and how much of it this version understands. */
static size_t describe(const struct walls *w, struct landlock_ruleset *ret)
{
	*ret = (struct landlock_ruleset){ 0 };
	if (w->has_tcp)
		ret->net = LANDLOCK_NET_CONNECT_TCP;
	else
		ret->fs = LANDLOCK_FS_REFER | LANDLOCK_FS_MAKE_BLOCK;
	if (!w->has_signals)
		return w->has_tcp ? offsetof(struct landlock_ruleset, scoped)
				  : offsetof(struct landlock_ruleset, net);
	ret->scoped = LANDLOCK_SCOPE_UNIX | LANDLOCK_SCOPE_SIGNALS;
	return sizeof(*ret);
}

/* A domain about files refuses what no rule allows: allow it everywhere. */
static int allow_files(int ruleset, uint64_t access)
{
	struct landlock_beneath rule = { .access = access };
	int r = 0;

	rule.parent = open("/", O_PATH | O_CLOEXEC);
	if (rule.parent < 0)
		return -errno;
	if (syscall(LANDLOCK_NR_ADD_RULE, ruleset, LANDLOCK_BENEATH, &rule, 0) < 0)
		r = -errno;
	close(rule.parent);
	return r;
}

int walls_enter(const struct walls *w)
{
	struct landlock_ruleset about;
	size_t size = describe(w, &about);
	int ruleset, r = 0;

	if (!w->has_domain)
		return 0;
	ruleset = (int)syscall(LANDLOCK_NR_CREATE, &about, size, 0);
	if (ruleset < 0)
		return -errno;
	if (about.fs)
		r = allow_files(ruleset, about.fs);
	if (!r && syscall(LANDLOCK_NR_RESTRICT, ruleset, 0) < 0)
		r = -errno;
	close(ruleset);
	return r;
}
