/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_UAPI_H
#define EF_NOTIFY_UAPI_H

#include <fcntl.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/syscall.h>

/*
 * Kernel constants that the headers of the oldest supported distribution
 * (Debian 12, Ubuntu 22.04) do not have yet.
 */
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV /* Linux 5.19 */
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif
#ifndef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP /* Linux 6.6 */
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS	   SECCOMP_IOW(4, __u64)
#endif
#ifndef PIDFD_THREAD /* Linux 6.9 */
#define PIDFD_THREAD O_EXCL
#endif
#ifndef SO_NETNS_COOKIE /* Linux 5.14 */
#define SO_NETNS_COOKIE 71
#endif
#ifndef SO_COOKIE
#define SO_COOKIE 57
#endif
#ifndef MSG_ZEROCOPY
#define MSG_ZEROCOPY 0x4000000
#endif
#ifndef MSG_FASTOPEN
#define MSG_FASTOPEN 0x20000000
#endif

/*
 * Landlock, under names of our own: no header of those distributions has all
 * of it. Its calls have the same numbers on all architectures.
 */
#define LANDLOCK_NR_CREATE   444
#define LANDLOCK_NR_ADD_RULE 445
#define LANDLOCK_NR_RESTRICT 446

#define LANDLOCK_ASK_VERSION	 1u	      /* landlock_create_ruleset() */
#define LANDLOCK_FS_MAKE_BLOCK	 (1ull << 11) /* ABI 1 */
#define LANDLOCK_FS_REFER	 (1ull << 13) /* ABI 2 */
#define LANDLOCK_NET_CONNECT_TCP (1ull << 1)  /* ABI 4 */
#define LANDLOCK_SCOPE_UNIX	 (1ull << 0)  /* ABI 6: abstract names */
#define LANDLOCK_SCOPE_SIGNALS	 (1ull << 1)  /* ABI 6 */
#define LANDLOCK_BENEATH	 1	      /* landlock_add_rule() */

struct landlock_ruleset {
	uint64_t fs;	 /* all that ABI 1 to 3 know */
	uint64_t net;	 /* ABI 4 and 5 */
	uint64_t scoped; /* ABI 6 */
};

struct landlock_beneath {
	uint64_t access;
	int32_t parent;
} __attribute__((packed));

/*
 * The kernel restarts a system call that ends with this value, if a signal is
 * pending (include/linux/errno.h; it never reaches a program otherwise).
 */
#define EF_ERESTARTSYS 512

#endif
