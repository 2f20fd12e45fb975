/* SPDX-License-Identifier: MIT */
/*
 * The programs of the filter, executed here: what they say to calls that this
 * kernel does not have, or that other kernels answer otherwise.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "notify/filter_prog.h"
#include "tap.h"

#if defined(__x86_64__)
#define NATIVE	AUDIT_ARCH_X86_64
#define FOREIGN AUDIT_ARCH_I386
enum {
	F_IOCTL = 54,
	F_CLONE = 120,
	F_UNSHARE = 310,
	F_SETNS = 346,
	F_PRLIMIT = 340
};
#else
#define NATIVE	AUDIT_ARCH_AARCH64
#define FOREIGN AUDIT_ARCH_ARM
enum {
	F_IOCTL = 54,
	F_CLONE = 120,
	F_UNSHARE = 337,
	F_SETNS = 375,
	F_PRLIMIT = 369
};
#endif

enum { CLONE3 = 435 }; /* the same everywhere, as all since 5.1 */

#define ALLOW	 SECCOMP_RET_ALLOW
#define NOTIFY	 SECCOMP_RET_USER_NOTIF
#define ERROR(e) (SECCOMP_RET_ERRNO | (e))
#define HIGH	 (UINT64_C(7) << 32) /* what the kernel does not look at */

struct program {
	const struct sock_filter *code;
	size_t n;
};

#define PROGRAM(p)                                                             \
	{                                                                      \
		p, sizeof(p) / sizeof((p)[0])                                  \
	}

static const struct program now = PROGRAM(filter_program),
			    unscoped = PROGRAM(filter_program_unscoped),
			    old = PROGRAM(filter_program_before_5_14);

/* Only what seccomp(2) has programs made of, and libseccomp emits. */
static uint32_t execute(const struct program *p, const struct seccomp_data *d)
{
	uint32_t a = 0;

	for (size_t pc = 0; pc < p->n; pc++) {
		const struct sock_filter *f = &p->code[pc];
		bool taken = false;

		switch (f->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			memcpy(&a, (const char *)d + f->k, sizeof(a));
			continue;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= f->k;
			continue;
		case BPF_RET | BPF_K:
			return f->k;
		case BPF_JMP | BPF_JA:
			pc += f->k;
			continue;
		case BPF_JMP | BPF_JEQ | BPF_K:
			taken = a == f->k;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			taken = a >= f->k;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			taken = a > f->k;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			taken = a & f->k;
			break;
		default:
			return SECCOMP_RET_KILL_PROCESS;
		}
		pc += taken ? f->jt : f->jf;
	}
	return SECCOMP_RET_KILL_PROCESS;
}

static const struct {
	const char *what;
	const struct program *program;
	uint32_t arch;
	int nr;
	uint64_t args[6];
	uint32_t said;
} table[] = {
	{ "TCP", &now, NATIVE, SYS_socket, { AF_INET, SOCK_STREAM }, ALLOW },
	{ "vsock", &now, NATIVE, SYS_socket, { AF_VSOCK, SOCK_STREAM }, NOTIFY },
	{ "a pair", &now, NATIVE, SYS_socketpair, { AF_UNIX }, ALLOW },
	{ "a TIPC pair", &now, NATIVE, SYS_socketpair, { HIGH | AF_TIPC }, NOTIFY },
	{ "a read", &now, NATIVE, SYS_read, { 0 }, ALLOW },
	{ "kill", &now, NATIVE, SYS_kill, { 1, 9 }, ALLOW },
	{ "kill, unscoped", &unscoped, NATIVE, SYS_kill, { 1, 9 }, NOTIFY },

	/* Limits: one's own, a look at another's, another's. */
	{ "own limit", &now, NATIVE, SYS_prlimit64, { 0, 0, 4096 }, ALLOW },
	{ "a look", &now, NATIVE, SYS_prlimit64, { 1, 0, 0, 4096 }, ALLOW },
	{ "a limit", &now, NATIVE, SYS_prlimit64, { 1, 0, 4096 }, NOTIFY },
	{ "a limit, foreign", &now, FOREIGN, F_PRLIMIT, { 1, 0, 4096 }, NOTIFY },

	/* Devices that type, and those that wire. */
	{ "TIOCGWINSZ", &now, NATIVE, SYS_ioctl, { 0, 0x5413 }, ALLOW },
	{ "TIOCSTI", &now, NATIVE, SYS_ioctl, { 0, HIGH | 0x5412 }, ERROR(EPERM) },
	{ "a keyboard", &now, NATIVE, SYS_ioctl, { 3, HIGH | 0x5501 }, ERROR(EPERM) },
	{ "a machine", &now, NATIVE, SYS_ioctl, { 3, 0xaf01 }, ERROR(EPERM) },
	{ "a keyboard, foreign", &now, FOREIGN, F_IOCTL, { 3, 0x5501 }, ERROR(EPERM) },

	/* Calls that nobody knows yet, and what is none. */
	{ "the last one known", &now, NATIVE, 469, { 0 }, ALLOW },
	{ "the first unknown", &now, NATIVE, 470, { 0 }, ERROR(ENOSYS) },
	{ "the same, foreign", &now, FOREIGN, 470, { 0 }, ERROR(ENOSYS) },
	{ "the same, 5.13", &old, NATIVE, 470, { 0 }, ERROR(ENOSYS) },
	{ "a later one", &unscoped, NATIVE, 4711, { 0 }, ERROR(ENOSYS) },
	{ "no call", &now, NATIVE, -1, { 0 }, ALLOW },

	/* Options of UDP, by each level that leads to them. */
	{ "UDP_SEGMENT", &now, NATIVE, SYS_setsockopt, { 3, IPPROTO_UDP, 103 }, ALLOW },
	{ "UDP_ENCAP",
	  &now,
	  NATIVE,
	  SYS_setsockopt,
	  { 3, IPPROTO_UDP, 100 },
	  ERROR(EPERM) },
	{ "UDP_ENCAP of UDP-Lite",
	  &now,
	  NATIVE,
	  SYS_setsockopt,
	  { 3, HIGH | IPPROTO_UDPLITE, HIGH | 100 },
	  ERROR(EPERM) },

	/* Namespaces, where a socket does not tell its own. */
	{ "unshare", &now, NATIVE, SYS_unshare, { CLONE_NEWNET }, ALLOW },
	{ "unshare, 5.13",
	  &old,
	  NATIVE,
	  SYS_unshare,
	  { CLONE_NEWUSER | CLONE_NEWNET },
	  ERROR(EPERM) },
	{ "unshare of files, 5.13", &old, NATIVE, SYS_unshare, { CLONE_FILES }, ALLOW },
	{ "clone3, 5.13", &old, NATIVE, CLONE3, { 0 }, ERROR(ENOSYS) },
	{ "unshare, foreign, 5.13",
	  &old,
	  FOREIGN,
	  F_UNSHARE,
	  { CLONE_NEWUSER | CLONE_NEWNET },
	  ERROR(EPERM) },
	{ "clone, foreign, 5.13",
	  &old,
	  FOREIGN,
	  F_CLONE,
	  { CLONE_NEWNET },
	  ERROR(EPERM) },
	{ "fork, foreign, 5.13", &old, FOREIGN, F_CLONE, { 17 }, ALLOW },
	{ "setns, foreign, 5.13", &old, FOREIGN, F_SETNS, { 3, 0 }, ERROR(EPERM) },
	{ "clone3, foreign, 5.13", &old, FOREIGN, CLONE3, { 0 }, ERROR(ENOSYS) },
	{ "unshare, foreign", &now, FOREIGN, F_UNSHARE, { CLONE_NEWNET }, ALLOW },
};

int main(void)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct seccomp_data d = { .nr = table[i].nr,
					  .arch = table[i].arch };
		uint32_t said;

		memcpy(d.args, table[i].args, sizeof(d.args));
		said = execute(table[i].program, &d);
		printf("# %s: %#x\n", table[i].what, said);
		ok(said == table[i].said);
	}
	return done();
}
