/* SPDX-License-Identifier: MIT */
/*
 * Build-time generator of the filter: rules in one table, libseccomp compiles
 * them, the program comes out as a C array. Compiling it at each start costs
 * 3 to 15 ms; this way a start costs nothing.
 *
 * Integers are compared by their low 32 bits only, as the kernel reads them:
 * an argument with garbage above would otherwise slip through (kernel.md 5).
 * What is not in an allow-list is refused, so lists are turned into their
 * complement: blocks of values that share their upper bits (MASKED_EQ).
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "notify/gen.h"
#include "notify/gen_options.h"

#define NOTIFY	  SCMP_ACT_NOTIFY
#define REFUSE(e) SCMP_ACT_ERRNO(e)
#define LOW32	  0xffffffffu

#define N_OF(a) (sizeof(a) / sizeof((a)[0]))

/* The first call that came after Linux 6.18: whether it leads out, nobody has
 * looked at yet. */
#define FIRST_UNKNOWN 470

/* Calls that are refused or notified whatever their arguments. */
struct whole {
	const char *name;
	uint32_t action;
	bool foreign_too;
};

static const struct whole wholes[] = {
	{ "connect", NOTIFY, true },
	{ "sendmsg", NOTIFY, true },
	{ "sendmmsg", NOTIFY, true },
	{ "listen", NOTIFY, true },
	{ "getpeername", NOTIFY, true },
	{ "io_uring_setup", NOTIFY, true },
	{ "io_uring_enter", REFUSE(ENOSYS), true },
	{ "io_uring_register", REFUSE(ENOSYS), true },
	{ "userfaultfd", REFUSE(EPERM), true },
	{ "bpf", REFUSE(EPERM), true },
	{ "add_key", REFUSE(EPERM), true },
	{ "keyctl", REFUSE(EPERM), true },
	{ "request_key", REFUSE(EPERM), true },
};

/*
 * Signals, where the kernel does not keep them inside the tree, for foreign
 * architectures, too; then whoever gets SIGIO matters as well (kernel.md 5).
 * Where it does they are left alone: a call that is notified may end with
 * EINTR, which these never do.
 */
static const char *const signal_calls[] = {
	"kill",
	"tkill",
	"tgkill",
	"rt_sigqueueinfo",
	"rt_tgsigqueueinfo",
	"pidfd_send_signal",
};

/* Network calls of a foreign architecture, beyond those above. */
static const char *const foreign_calls[] = {
	"socketcall", "socket",		 "socketpair", "bind",
	"accept4",    "sendto",		 "recvfrom",   "recvmsg",
	"recvmmsg",   "getsockname",	 "getsockopt", "setsockopt",
	"shutdown",   "recvmmsg_time64",
};

/* One argument, by its low 32 bits under a mask. */
struct argument {
	const char *name;
	unsigned int index;
	uint32_t mask, value;
	uint32_t action;
	bool foreign_too;
};

#define TIOCLINUX_ 0x541c /* asm-generic/ioctls.h: pastes a selection */

static const struct argument arguments[] = {
	/* A target that is not dumpable could not be inspected. */
	{ "prctl", 0, LOW32, PR_SET_DUMPABLE, REFUSE(0), true },
	/* Characters pushed into the person's terminal. */
	{ "ioctl", 1, LOW32, TIOCSTI, REFUSE(EPERM), true },
	{ "ioctl", 1, LOW32, TIOCLINUX_, REFUSE(EPERM), true },
	{ "ioctl", 1, LOW32, 0x400454ca /* TUNSETIFF */, REFUSE(EPERM), true },
	/* A keyboard of one's own types wherever the person does. */
	{ "ioctl", 1, LOW32, 0x5501 /* UI_DEV_CREATE */, REFUSE(EPERM), true },
	/* Whoever plays a virtual machine is a neighbour of this one. */
	{ "ioctl", 1, LOW32, 0xaf01 /* VHOST_SET_OWNER */, REFUSE(EPERM), true },
};

#define TYPE_BITS 4 /* SOCK_TYPE_MASK of linux/net.h */

/* Protocols of one (family, type); everything else is notified. */
static void restrict_protocols(scmp_filter_ctx ctx, uint32_t family, int type,
			       const uint32_t *set, size_t n)
{
	struct complement c = { .ctx = ctx,
				.name = "socket",
				.action = NOTIFY,
				.index = 2,
				.bits = 32,
				.set = set,
				.n_set = n };

	c.cmp[c.n_cmp++] = gen_masked(0, LOW32, family);
	if (type >= 0)
		c.cmp[c.n_cmp++] = gen_masked(1, 0xf, (uint32_t)type);
	gen_complement(&c);
}

static void add_socket(scmp_filter_ctx ctx)
{
	static const uint32_t families[] = { AF_UNIX, AF_INET, AF_INET6,
					     AF_NETLINK };
	static const uint32_t types[] = { SOCK_STREAM, SOCK_DGRAM };
	static const uint32_t stream[] = { 0, IPPROTO_TCP };
	static const uint32_t dgram[] = { 0, IPPROTO_UDP, IPPROTO_ICMP };
	static const uint32_t dgram6[] = { 0, IPPROTO_UDP, IPPROTO_ICMPV6 };
	/* ROUTE, SOCK_DIAG, KOBJECT_UEVENT, GENERIC of linux/netlink.h */
	static const uint32_t netlink[] = { 0, 4, 15, 16 };
	struct complement c = { .ctx = ctx,
				.name = "socket",
				.action = NOTIFY,
				.bits = 32,
				.set = families,
				.n_set = N_OF(families) };
	static const uint32_t inet[] = { AF_INET, AF_INET6 };

	gen_complement(&c);
	/* A pair of another family may have more peers than each other. */
	c.name = "socketpair";
	gen_complement(&c);
	for (size_t i = 0; i < N_OF(inet); i++) {
		struct complement t = { .ctx = ctx,
					.name = "socket",
					.action = NOTIFY,
					.index = 1,
					.bits = TYPE_BITS,
					.set = types,
					.n_set = N_OF(types),
					.n_cmp = 1 };

		t.cmp[0] = gen_masked(0, LOW32, inet[i]);
		gen_complement(&t);
		restrict_protocols(ctx, inet[i], SOCK_STREAM, stream,
				   N_OF(stream));
	}
	restrict_protocols(ctx, AF_INET, SOCK_DGRAM, dgram, N_OF(dgram));
	restrict_protocols(ctx, AF_INET6, SOCK_DGRAM, dgram6, N_OF(dgram6));
	restrict_protocols(ctx, AF_NETLINK, -1, netlink, N_OF(netlink));
}

/* Calls that matter only when they carry an address (a pointer: 64 bits). */
static void add_addressed(scmp_filter_ctx ctx)
{
	static const char *const names[] = { "sendto", "recvfrom" };
	struct scmp_arg_cmp cmp = { .arg = 4, .op = SCMP_CMP_NE };

	for (size_t i = 0; i < N_OF(names); i++)
		gen_add(ctx, NOTIFY, names[i], 1, &cmp);
}

static void add_signals(scmp_filter_ctx ctx)
{
	for (size_t i = 0; i < N_OF(signal_calls); i++)
		gen_add(ctx, NOTIFY, signal_calls[i], 0, NULL);
}

/*
 * Limits set for another process: one on processor time ends it, and domains
 * know nothing of that. Garbage above the low 32 bits of the number only makes
 * the supervisor look, too.
 */
static void add_limits(scmp_filter_ctx ctx)
{
	static const struct scmp_arg_cmp cmp[] = {
		{ .arg = 0, .op = SCMP_CMP_NE }, /* the caller itself */
		{ .arg = 2, .op = SCMP_CMP_NE }, /* a question */
	};

	gen_add(ctx, NOTIFY, "prlimit64", N_OF(cmp), cmp);
}

static void add_owners(scmp_filter_ctx ctx)
{
	static const char *const names[] = { "fcntl", "fcntl64" };
	static const uint32_t ioctls[] = { 0x8901 /* FIOSETOWN */,
					   0x8902 /* SIOCSPGRP */ };
	struct scmp_arg_cmp own = gen_masked(1, LOW32, F_SETOWN);
	struct scmp_arg_cmp own_ex = gen_masked(1, LOW32, 15 /* F_SETOWN_EX */);

	for (size_t i = 0; i < N_OF(names); i++) {
		gen_add(ctx, NOTIFY, names[i], 1, &own);
		/* Whom it names is in memory. */
		gen_add(ctx, REFUSE(EPERM), names[i], 1, &own_ex);
	}
	for (size_t i = 0; i < N_OF(ioctls); i++) {
		struct scmp_arg_cmp cmp = gen_masked(1, LOW32, ioctls[i]);

		gen_add(ctx, REFUSE(EPERM), "ioctl", 1, &cmp);
	}
}

static void add_common(scmp_filter_ctx ctx, bool is_foreign)
{
	for (size_t i = 0; i < N_OF(wholes); i++)
		if (!is_foreign || wholes[i].foreign_too)
			gen_add(ctx, wholes[i].action, wholes[i].name, 0, NULL);
	for (size_t i = 0; i < N_OF(arguments); i++) {
		const struct argument *a = &arguments[i];
		struct scmp_arg_cmp cmp = gen_masked(a->index, a->mask, a->value);

		if (!is_foreign || a->foreign_too)
			gen_add(ctx, a->action, a->name, 1, &cmp);
	}
}

/* What decides which program is needed. */
struct kernel {
	bool has_netns_cookie; /* Linux 5.14 */
	bool has_signal_scope; /* Linux 6.12, with Landlock */
};

/*
 * Before Linux 5.14 a socket does not tell its network namespace, so there is
 * to be none but the supervisor's (decision 7).
 */
static void refuse_namespaces(scmp_filter_ctx ctx)
{
	struct scmp_arg_cmp flag = gen_masked(0, CLONE_NEWNET, CLONE_NEWNET);

	gen_add(ctx, REFUSE(EPERM), "unshare", 1, &flag);
	gen_add(ctx, REFUSE(EPERM), "clone", 1, &flag);
	gen_add(ctx, REFUSE(EPERM), "setns", 0, NULL);
	/* Its flags are in memory; libc falls back to clone(). */
	gen_add(ctx, REFUSE(ENOSYS), "clone3", 0, NULL);
}

/* The 32-bit architecture that this one also runs, or 0. */
static uint32_t foreign_arch(void)
{
	switch (seccomp_arch_native()) {
	case SCMP_ARCH_X86_64:
		return SCMP_ARCH_X86;
	case SCMP_ARCH_AARCH64:
		return SCMP_ARCH_ARM;
	default:
		return 0;
	}
}

static scmp_filter_ctx new_context(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);

	if (!ctx)
		gen_fail("seccomp_init", -ENOMEM);
	/* x32 and everything else that is neither of the two. */
	seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, REFUSE(ENOSYS));
	return ctx;
}

static scmp_filter_ctx foreign_context(uint32_t arch, const struct kernel *k)
{
	scmp_filter_ctx ctx = new_context();
	int rc = seccomp_arch_add(ctx, arch);

	if (!rc)
		rc = seccomp_arch_remove(ctx, seccomp_arch_native());
	if (rc)
		gen_fail("foreign architecture", rc);
	add_common(ctx, true);
	add_limits(ctx);
	for (size_t i = 0; i < N_OF(foreign_calls); i++)
		gen_add(ctx, NOTIFY, foreign_calls[i], 0, NULL);
	if (!k->has_signal_scope) {
		add_signals(ctx);
		add_owners(ctx);
	}
	if (!k->has_netns_cookie)
		refuse_namespaces(ctx);
	return ctx;
}

static void generate(const char *name, const struct kernel *k)
{
	scmp_filter_ctx ctx = new_context();
	uint32_t other = foreign_arch();
	int rc;

	add_common(ctx, false);
	add_limits(ctx);
	add_addressed(ctx);
	add_socket(ctx);
	gen_options(ctx);
	if (!k->has_signal_scope) {
		add_signals(ctx);
		add_owners(ctx);
	}
	if (!k->has_netns_cookie)
		refuse_namespaces(ctx);
	if (other) {
		rc = seccomp_merge(ctx, foreign_context(other, k));
		if (rc)
			gen_fail("merge", rc);
	}
	gen_print(name, ctx, FIRST_UNKNOWN);
}

int main(void)
{
	static const struct kernel now = { true, true };
	static const struct kernel unscoped = { true, false };
	static const struct kernel before_5_14 = { false, false };

	printf("/* Generated by gen_filter.c. */\n");
	generate("filter_program", &now);
	generate("filter_program_unscoped", &unscoped);
	generate("filter_program_before_5_14", &before_5_14);
	return ferror(stdout) || fflush(stdout) ? 1 : 0;
}
