/* SPDX-License-Identifier: MIT */
/*
 * Build-time generator of the supervisor's own allow list: see confine.h.
 */
#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "notify/gen.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) && !defined(HAS_SANITIZER)
#define HAS_SANITIZER 1
#endif
#ifndef HAS_SANITIZER
#define HAS_SANITIZER 0
#endif

#define LOW32	  0xffffffffu
#define N_OF(a)	  (sizeof(a) / sizeof((a)[0]))
#define REFUSE(e) SCMP_ACT_ERRNO(e)

/* What the supervisor and its libraries work with. */
static const char *const allowed[] = {
	/* what was taken from targets, and answers */
	"process_vm_readv",
	"pidfd_open",
	"pidfd_getfd",
	"pidfd_send_signal",
	"kill",
	"tkill",
	"tgkill",
	"wait4",
	"waitid",

	/* sockets: theirs, by duplicates, and ours */
	"connect",
	"accept",
	"accept4",
	"bind",
	"listen",
	"getsockname",
	"getpeername",
	"getsockopt",
	"setsockopt",
	"sendto",
	"sendmsg",
	"sendmmsg",
	"recvfrom",
	"recvmsg",
	"recvmmsg",
	"shutdown",
	"socketpair",

	/* a thread that acts with the rights of a target */
	"setresuid",
	"setresgid",
	"setgroups",
	"setfsuid",
	"setfsgid",
	"capget",
	"capset",

	/* files: the record, the policy, /proc */
	"open",
	"openat",
	"openat2",
	"close",
	"close_range",
	"read",
	"readv",
	"pread64",
	"preadv",
	"preadv2",
	"write",
	"writev",
	"pwrite64",
	"pwritev",
	"pwritev2",
	"lseek",
	"_llseek",
	"stat",
	"lstat",
	"fstat",
	"newfstatat",
	"statx",
	"statfs",
	"fstatfs",
	"access",
	"faccessat",
	"faccessat2",
	"readlink",
	"readlinkat",
	"getdents64",
	"getcwd",
	"mkdir",
	"mkdirat",
	"rmdir",
	"unlink",
	"unlinkat",
	"rename",
	"renameat",
	"renameat2",
	"link",
	"linkat",
	"chmod",
	"fchmod",
	"fchmodat",
	"chown",
	"fchown",
	"fchownat",
	"umask",
	"utime",
	"utimes",
	"utimensat",
	"futimesat",
	"ftruncate",
	"truncate",
	"fallocate",
	"fsync",
	"fdatasync",
	"sync_file_range",
	"flock",
	"fcntl",
	"dup",
	"dup2",
	"dup3",
	"pipe",
	"pipe2",
	"inotify_init1",
	"inotify_add_watch",
	"inotify_rm_watch",

	/* waiting */
	"epoll_create1",
	"epoll_ctl",
	"epoll_wait",
	"epoll_pwait",
	"epoll_pwait2",
	"poll",
	"ppoll",
	"select",
	"pselect6",
	"eventfd2",
	"signalfd4",
	"timerfd_create",
	"timerfd_settime",
	"timerfd_gettime",
	"timer_create",
	"timer_settime",
	"timer_gettime",
	"timer_getoverrun",
	"timer_delete",
	"clock_gettime",
	"clock_getres",
	"clock_nanosleep",
	"nanosleep",
	"gettimeofday",
	"time",
	"pause",
	"restart_syscall",

	/* memory */
	"mmap",
	"munmap",
	"mremap",
	"mprotect",
	"madvise",
	"mincore",
	"msync",
	"brk",
	"memfd_create",

	/* threads and signals */
	"futex",
	"set_robust_list",
	"get_robust_list",
	"rseq",
	"set_tid_address",
	"membarrier",
	"sched_yield",
	"sched_getaffinity",
	"sched_getparam",
	"sched_getscheduler",
	"getcpu",
	"rt_sigaction",
	"rt_sigprocmask",
	"rt_sigreturn",
	"rt_sigpending",
	"rt_sigsuspend",
	"rt_sigtimedwait",
	"sigaltstack",
	"exit",
	"exit_group",

	/* who and where */
	"getpid",
	"getppid",
	"gettid",
	"getuid",
	"geteuid",
	"getgid",
	"getegid",
	"getresuid",
	"getresgid",
	"getgroups",
	"getpgrp",
	"getpgid",
	"getsid",
	"getrandom",
	"uname",
	"sysinfo",
	"getrlimit",
	"setrlimit",
	"prlimit64",
	"getrusage",
	"times",
	"prctl",
	"arch_prctl",
};

/* Of no use to anybody but an attacker. */
static const char *const deadly[] = {
	"execve",
	"execveat",
	"fork",
	"vfork",
	"ptrace",
	"process_vm_writev",
	"process_madvise",
	"kcmp",
	"init_module",
	"finit_module",
	"delete_module",
	"kexec_load",
	"kexec_file_load",
	"bpf",
	"perf_event_open",
	"userfaultfd",
	"io_uring_setup",
	"io_uring_enter",
	"io_uring_register",
	"mount",
	"umount2",
	"move_mount",
	"open_tree",
	"fsopen",
	"fsmount",
	"mount_setattr",
	"pivot_root",
	"chroot",
	"setns",
	"unshare",
	"personality",
	"reboot",
	"swapon",
	"swapoff",
	"settimeofday",
	"clock_settime",
	"clock_adjtime",
	"adjtimex",
	"add_key",
	"keyctl",
	"request_key",
	"seccomp",
	"mknod",
	"mknodat",
	"ioperm",
	"iopl",
	"acct",
	"quotactl",
	"open_by_handle_at",
	"syslog",
	"sethostname",
	"setdomainname",
	"setuid",
	"setgid",
	"setreuid",
	"setregid",
	"setsid",
};

/* What the sanitizers want, when they look for leaks and name functions. */
static const char *const wanted_by_sanitizers[] = {
	"ptrace", "personality", "execve", "fork",
	"vfork",  "getdents",	 "setsid",
};

static bool is_wanted_by_sanitizers(const char *name)
{
	for (size_t i = 0; HAS_SANITIZER && i < N_OF(wanted_by_sanitizers); i++)
		if (!strcmp(name, wanted_by_sanitizers[i]))
			return true;
	return false;
}

/* Threads, but no processes. The flags of clone3() are in memory, so it does
 * not exist, and libc takes clone(). */
static void add_threads(scmp_filter_ctx ctx)
{
	struct scmp_arg_cmp thread = gen_masked(0, CLONE_THREAD, CLONE_THREAD);
	struct scmp_arg_cmp process = gen_masked(0, CLONE_THREAD, 0);

	gen_add(ctx, SCMP_ACT_ALLOW, "clone", 1, &thread);
	gen_add(ctx, HAS_SANITIZER ? SCMP_ACT_ALLOW : SCMP_ACT_KILL_PROCESS,
		"clone", 1, &process);
}

/* Families the supervisor has a use for: DNS, and the kernel's lists. */
static void add_sockets(scmp_filter_ctx ctx)
{
	static const uint32_t families[] = { AF_UNIX, AF_INET, AF_INET6,
					     AF_NETLINK };

	for (size_t i = 0; i < N_OF(families); i++) {
		struct scmp_arg_cmp family = gen_masked(0, LOW32, families[i]);

		gen_add(ctx, SCMP_ACT_ALLOW, "socket", 1, &family);
	}
}

/* All but pushing characters into a terminal: that would execute what the
 * person's shell makes of them. */
static void add_ioctls(scmp_filter_ctx ctx)
{
	static const uint32_t pushing[] = { TIOCSTI, 0x541c /* TIOCLINUX */ };
	struct complement others = { .ctx = ctx,
				     .name = "ioctl",
				     .action = SCMP_ACT_ALLOW,
				     .index = 1,
				     .bits = 32,
				     .set = pushing,
				     .n_set = N_OF(pushing) };

	gen_complement(&others);
	for (size_t i = 0; i < N_OF(pushing); i++) {
		struct scmp_arg_cmp push = gen_masked(1, LOW32, pushing[i]);

		gen_add(ctx, SCMP_ACT_KILL_PROCESS, "ioctl", 1, &push);
	}
}

int main(void)
{
	scmp_filter_ctx ctx = seccomp_init(REFUSE(ENOSYS));

	if (!ctx)
		gen_fail("seccomp_init", -ENOMEM);
	/* The numbers of other architectures mean other calls. */
	seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	for (size_t i = 0; i < N_OF(allowed); i++)
		gen_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0, NULL);
	for (size_t i = 0; HAS_SANITIZER && i < N_OF(wanted_by_sanitizers); i++)
		gen_add(ctx, SCMP_ACT_ALLOW, wanted_by_sanitizers[i], 0, NULL);
	for (size_t i = 0; i < N_OF(deadly); i++)
		if (!is_wanted_by_sanitizers(deadly[i]))
			gen_add(ctx, SCMP_ACT_KILL_PROCESS, deadly[i], 0, NULL);
	add_threads(ctx);
	add_sockets(ctx);
	add_ioctls(ctx);
	printf("/* Generated by gen_confine.c. */\n");
	gen_print("confine_program", ctx, GEN_ALL_CALLS);
	return ferror(stdout) || fflush(stdout) ? 1 : 0;
}
