/* SPDX-License-Identifier: MIT */
#ifndef EF_DOCTOR_DOORS_IMPL_H
#define EF_DOCTOR_DOORS_IMPL_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

#include "doctor/doors.h"

/* Private to the doors: the attempts, by the noun they have in common. */
struct attempt {
	const struct ground *g;
	pid_t parent;	      /* of the one who tries: the supervisor */
	int arg;	      /* of the row in the table */
	const char *not_here; /* set: cannot be tried here, and why */
};

/* Make the attempt: 0 when the calls succeeded, else -errno. Runs in a process
 * of its own, and may leave anything behind in it. */
typedef int door_try(struct attempt *a);

/* doors_calls.c: the calls that carry an address */
door_try door_connect, door_write_after_connect, door_sendto, door_sendmsg,
	door_sendmmsg, door_sendto_beside_peer, door_fastopen_sendto,
	door_fastopen_sendmsg, door_fastopen_connect, door_high_bits;

/* doors_addresses.c: one destination, written in several ways */
door_try door_unspec, door_any, door_mapped, door_mapped_any, door_ip4_on_ip6,
	door_any6, door_short, door_any_bound, door_addrform, door_ip6;

/* doors_kinds.c: other families and protocols; arg is an index there */
door_try door_kind, door_families, door_mptcp, door_raw, door_ping;

/* doors_abi.c: other ways to make the same call */
door_try door_io_uring_connect, door_io_uring_sendmsg, door_int80_connect,
	door_int80_socketcall, door_x32, door_call;

/* doors_processes.c: processes outside the session; arg: 1 is the supervisor */
door_try door_ptrace, door_mem, door_vm_write, door_getfd, door_kill,
	door_sigqueue, door_pidfd_signal, door_kill_group, door_tiocsti,
	door_tioclinux, door_tunsetiff;

/* doors_outsiders.c: without touching them; arg as above, or an index there */
door_try door_limit, door_owner, door_proc;

/* doors_rights.c: for root; arg is an index there */
door_try door_right;

/* doors_selves.c: what a process may do to itself first */
door_try door_daemon, door_undumpable, door_own_filter, door_shared_memory,
	door_user_namespace, door_own_files;

/* doors_unix.c: the same unix listener by several ways */
door_try door_unix_stream, door_unix_datagram, door_unix_sendmsg,
	door_unix_abstract, door_unix_link, door_unix_symlink, door_unix_rename,
	door_unix_proc_root, door_unix_relative, door_unix_mount,
	door_unix_packets, door_unix_abstract_datagram, door_unix_gift;

/* doors_options.c: options and ancillary data; arg is an index there */
door_try door_option, door_ancillary, door_join;

/* doors_races.c: what is judged changes while it is judged */
door_try door_race_address, door_race_shared, door_race_connect, door_race_tcp,
	door_race_msg_name, door_race_sendmmsg, door_race_control,
	door_race_family, door_race_remote, door_race_proc_mem;

/* doors_races_state.c: not memory, but what it is about */
door_try door_race_descriptor, door_race_reopen, door_race_addrform,
	door_race_unix_path, door_race_unix_link;

/* 127.0.0.1 and a port. */
struct sockaddr_in doors_ip4(uint16_t port);

/* ::1 and a port, or with mapped ::ffff:127.0.0.1. */
struct sockaddr_in6 doors_ip6(uint16_t port, int mapped);

/* A unix address; path begins with '@' for an abstract name. */
socklen_t doors_unix(const char *path, struct sockaddr_un *ret);

/* Connect fd (or the errno of a failed socket()) and write a byte. */
int doors_connect(int fd, const void *to, size_t len);

/* Send a byte from fd (or the errno of a failed socket()) to an address. */
int doors_send(int fd, const void *to, size_t len);

/* A datagram to the closed UDP port by the plainest means. */
int doors_send_plain(const struct attempt *a);

/* The attempt cannot be made here: returns an errno after noting why. */
int doors_skip(struct attempt *a, const char *why);

/* Open what arg means in doors_options.c and doors_kinds.c; see the tables. */
enum doors_option {
	OPTION_SOURCE_ROUTE,
	OPTION_ROUTING_HEADER,
	OPTION_FLOW_LABEL,
	OPTION_TCP_REPAIR,
	OPTION_UDP_ENCAP,
	OPTION_UDP_ENCAP_LITE,
	OPTION_DEVICE,
	OPTION_UNICAST_IF,
	OPTION_PEEK_OFF,
	OPTION_ZEROCOPY,
	N_OPTIONS
};

enum doors_ancillary { ANCILLARY_RETOPTS, ANCILLARY_RTHDR, ANCILLARY_PKTINFO6 };

enum doors_join { JOIN_IP4, JOIN_IP6, JOIN_ANY };

enum doors_kind {
	KIND_PACKET,
	KIND_UDPLITE,
	KIND_SCTP,
	KIND_VSOCK,
	KIND_XDP,
	KIND_ALG,
	KIND_NETFILTER,
	N_KINDS
};

enum doors_call {
	CALL_USERFAULTFD,
	CALL_BPF,
	CALL_KEYCTL,
	CALL_ADD_KEY,
	CALL_REQUEST_KEY,
	CALL_IO_URING
};

enum doors_owner { OWNER_PLAIN, OWNER_EX, OWNER_IOCTL };

enum doors_proc { PROC_ENVIRON, PROC_FD, PROC_ROOT, PROC_MAPS };

enum doors_right {
	RIGHT_CORE_PATTERN,
	RIGHT_SYSRQ,
	RIGHT_MODULE,
	RIGHT_REBOOT,
	RIGHT_HANDLE,
	RIGHT_DEVICE
};

#endif
