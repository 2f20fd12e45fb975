/* SPDX-License-Identifier: MIT */
/*
 * without NUMBER[,NUMBER...] COMMAND [ARG...]: runs the command as on a kernel
 * that lacks these system calls (ENOSYS).
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#define CALLS_MAX 16

int main(int argc, char **argv)
{
	struct sock_filter f[2 * CALLS_MAX + 2] = { BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)) };
	struct sock_fprog program = { .len = 1, .filter = f };
	char *at = argc > 2 ? argv[1] : NULL;

	for (int i = 0; at && *at && i < CALLS_MAX; i++) {
		uint32_t nr = (uint32_t)strtoul(at, &at, 10);

		f[program.len++] = (struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1);
		f[program.len++] = (struct sock_filter)BPF_STMT(
			BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS);
		at += *at == ',';
	}
	f[program.len++] =
		(struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	if (!at || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		return 99;
	execvp(argv[2], argv + 2);
	return 127;
}
