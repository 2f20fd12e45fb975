/* SPDX-License-Identifier: MIT */
/*
 * without CALL[,CALL...] COMMAND [ARG...]: runs the command as on a kernel that
 * lacks these system calls, or some of what they do. A CALL is
 *
 *     NAME[:N&BITS | :N=VALUE][/ERRNO]
 *
 * a name of the list below or a number; with the condition only where one of
 * the bits of argument N is set, or its low 32 bits are the value. Without an
 * ERRNO, which is a number, ENOSYS.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CALLS_MAX 16
#define EACH	  7 /* instructions, at most */

/* Those with a number above 423 have the same everywhere. */
static const struct {
	const char *name;
	uint32_t nr;
} names[] = {
	{ "seccomp", SYS_seccomp },
	{ "ioctl", SYS_ioctl },
	{ "socket", SYS_socket },
	{ "getsockopt", SYS_getsockopt },
	{ "unshare", SYS_unshare },
	{ "prctl", SYS_prctl },
	{ "inotify_init1", SYS_inotify_init1 },
	{ "process_vm_readv", SYS_process_vm_readv },
	{ "pidfd_send_signal", 424 },
	{ "pidfd_open", 434 },
	{ "openat2", 437 },
	{ "pidfd_getfd", 438 },
	{ "mount_setattr", 442 },
	{ "landlock_create_ruleset", 444 },
};

static struct sock_filter program[CALLS_MAX * EACH + 1];
static unsigned short length;

static void add(uint16_t code, uint32_t k, uint8_t jt, uint8_t jf)
{
	program[length++] = (struct sock_filter){ code, jt, jf, k };
}

static uint32_t number(char **at)
{
	return (uint32_t)strtoul(*at, at, 0);
}

static uint32_t read_call(char **at)
{
	size_t n = strcspn(*at, ":/,");

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i].name) == n &&
		    !strncmp(*at, names[i].name, n)) {
			*at += n;
			return names[i].nr;
		}
	return number(at);
}

/* One call: unless it is this one, on to the next. */
static void add_call(char **at)
{
	uint32_t nr = read_call(at), arg = 0, value = 0, error = ENOSYS;
	char test = 0;

	if (**at == ':') {
		++*at;
		arg = number(at);
		test = *(*at)++;
		value = number(at);
	}
	if (**at == '/') {
		++*at;
		error = number(at);
	}
	add(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);
	add(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, test ? 3 : 1);
	if (test) {
		add(BPF_LD | BPF_W | BPF_ABS,
		    (uint32_t)(offsetof(struct seccomp_data, args) + 8 * arg),
		    0, 0);
		add(BPF_JMP | (test == '&' ? BPF_JSET : BPF_JEQ) | BPF_K, value,
		    0, 1);
	}
	add(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error, 0, 0);
}

int main(int argc, char **argv)
{
	struct sock_fprog p = { .filter = program };
	char *at = argc > 2 ? argv[1] : NULL;

	for (int i = 0; at && *at && i < CALLS_MAX; i++) {
		add_call(&at);
		if (*at && *at++ != ',')
			return 99;
	}
	add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
	p.len = length;
	if (!at || *at || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &p) < 0)
		return 99;
	execvp(argv[2], argv + 2);
	return 127;
}
