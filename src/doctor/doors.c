/* SPDX-License-Identifier: MIT */
/* The table of doors, and how they are tried. */
#include "doctor/doors.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "doctor/doors_impl.h"
#include "notify/walls.h"

#define SECONDS_EACH 20

#define TCP	  "any TCP destination"
#define UDP	  "any UDP destination"
#define MEMORY	  "control over a program that is under no filter"
#define SUPERVISE "answers to one's own calls"
#define SIGNALS	  "ending or steering other programs"
#define MACHINE	  "code of one's own outside of the session"
#define LISTENER  "whatever a listener of this machine does for others"

#define ARRIVES(name, opens, tried, closer, try)                               \
	{                                                                      \
		{ name, opens, tried, closer, PROOF_ARRIVED, false }, try, 0   \
	}
#define SUCCEEDS(name, opens, tried, closer, try, arg)                         \
	{                                                                      \
		{ name, opens, tried, closer, PROOF_CALL, false }, try, arg    \
	}
#define OUTSIDER(name, opens, tried, closer, proof, try, arg)                  \
	{                                                                      \
		{ name, opens, tried, closer, proof, true }, try, arg          \
	}

struct row {
	struct door door;
	door_try *try;
	int arg;
};

/* clang-format off */
static const struct row rows[] = {
	ARRIVES("connect", TCP, "connect()", BY_JUDGEMENT, door_connect),
	ARRIVES("connect-udp", UDP, "connect() and write()", BY_JUDGEMENT, door_write_after_connect),
	ARRIVES("sendto", UDP, "sendto()", BY_JUDGEMENT, door_sendto),
	ARRIVES("sendmsg", UDP, "sendmsg()", BY_JUDGEMENT, door_sendmsg),
	ARRIVES("sendmmsg", UDP, "sendmmsg(), allowed and closed", BY_JUDGEMENT, door_sendmmsg),
	ARRIVES("sendto-beside-peer", UDP, "sendto() past an allowed peer", BY_JUDGEMENT, door_sendto_beside_peer),
	ARRIVES("fastopen-sendto", TCP, "sendto(MSG_FASTOPEN)", BY_JUDGEMENT, door_fastopen_sendto),
	ARRIVES("fastopen-sendmsg", TCP, "sendmsg(MSG_FASTOPEN)", BY_JUDGEMENT, door_fastopen_sendmsg),
	ARRIVES("fastopen-connect", TCP, "TCP_FASTOPEN_CONNECT", BY_FILTER, door_fastopen_connect),
	ARRIVES("high-bits", TCP, "arguments with bits above 32", BY_JUDGEMENT, door_high_bits),

	ARRIVES("unspec", UDP, "sendto() AF_UNSPEC", BY_JUDGEMENT, door_unspec),
	ARRIVES("any", UDP, "sendto() 0.0.0.0", BY_JUDGEMENT, door_any),
	ARRIVES("ip6", UDP, "sendto() ::1", BY_JUDGEMENT, door_ip6),
	ARRIVES("mapped", UDP, "sendto() ::ffff:127.0.0.1", BY_JUDGEMENT, door_mapped),
	ARRIVES("mapped-any", UDP, "sendto() ::ffff:0.0.0.0", BY_JUDGEMENT, door_mapped_any),
	ARRIVES("ip4-on-ip6", UDP, "AF_INET on an IPv6 socket", BY_JUDGEMENT, door_ip4_on_ip6),
	ARRIVES("any6", UDP, "sendto() ::", BY_JUDGEMENT, door_any6),
	ARRIVES("short", UDP, "an IPv6 address of 24 bytes", BY_JUDGEMENT, door_short),
	ARRIVES("any-bound", UDP, "0.0.0.0 from 127.0.0.2", BY_JUDGEMENT, door_any_bound),
	ARRIVES("addrform", UDP, "IPV6_ADDRFORM", BY_FILTER, door_addrform),

	SUCCEEDS("families", "a part of the kernel nobody judges", "socket() of any other family", BY_FILTER, door_families, 0),
	SUCCEEDS("packet", "frames of one's own making", "socket(AF_PACKET)", BY_FILTER, door_kind, KIND_PACKET),
	SUCCEEDS("udplite", "any UDP-Lite destination", "socket(IPPROTO_UDPLITE)", BY_FILTER, door_kind, KIND_UDPLITE),
	SUCCEEDS("sctp", "any SCTP destination", "socket(IPPROTO_SCTP)", BY_FILTER, door_kind, KIND_SCTP),
	SUCCEEDS("vsock", "the host of a virtual machine", "socket(AF_VSOCK)", BY_FILTER, door_kind, KIND_VSOCK),
	SUCCEEDS("xdp", "frames of one's own making", "socket(AF_XDP)", BY_FILTER, door_kind, KIND_XDP),
	SUCCEEDS("alg", "a part of the kernel nobody judges", "socket(AF_ALG)", BY_FILTER, door_kind, KIND_ALG),
	SUCCEEDS("netfilter", "rules on packets", "socket(NETLINK_NETFILTER)", BY_FILTER, door_kind, KIND_NETFILTER),
	ARRIVES("mptcp", TCP, "socket(IPPROTO_MPTCP)", BY_FILTER, door_mptcp),
	ARRIVES("raw", "packets of one's own making", "socket(SOCK_RAW)", BY_FILTER, door_raw),
	SUCCEEDS("ping", "data in echo requests", "a ping socket", BY_JUDGEMENT, door_ping, 0),

	ARRIVES("io_uring-connect", TCP, "connect() by io_uring", BY_FILTER, door_io_uring_connect),
	ARRIVES("io_uring-sendmsg", UDP, "sendmsg() by io_uring", BY_FILTER, door_io_uring_sendmsg),
	ARRIVES("int80-connect", TCP, "connect() by int 0x80", BY_FILTER, door_int80_connect),
	ARRIVES("int80-socketcall", TCP, "socketcall() by int 0x80", BY_FILTER, door_int80_socketcall),
	ARRIVES("x32", TCP, "connect() of the x32 ABI", BY_FILTER, door_x32),
	SUCCEEDS("io_uring", "calls nobody sees", "io_uring_setup()", BY_FILTER, door_call, CALL_IO_URING),
	SUCCEEDS("userfaultfd", "a supervisor that waits for ever", "userfaultfd()", BY_FILTER, door_call, CALL_USERFAULTFD),
	SUCCEEDS("bpf", "programs in the kernel", "bpf()", BY_FILTER, door_call, CALL_BPF),
	SUCCEEDS("keyctl", "names looked up by the kernel", "keyctl()", BY_FILTER, door_call, CALL_KEYCTL),
	SUCCEEDS("request_key", "names looked up by the kernel", "request_key()", BY_FILTER, door_call, CALL_REQUEST_KEY),
	SUCCEEDS("add_key", "names looked up by the kernel", "add_key()", BY_FILTER, door_call, CALL_ADD_KEY),

	OUTSIDER("ptrace", MEMORY, "ptrace() a neighbour", BY_DOMAIN, PROOF_CALL, door_ptrace, 0),
	OUTSIDER("mem", MEMORY, "/proc/PID/mem of a neighbour", BY_DOMAIN, PROOF_CALL, door_mem, 0),
	OUTSIDER("vm-write", MEMORY, "process_vm_writev() a neighbour", BY_DOMAIN, PROOF_CALL, door_vm_write, 0),
	OUTSIDER("getfd", MEMORY, "pidfd_getfd() of a neighbour", BY_DOMAIN, PROOF_CALL, door_getfd, 0),
	OUTSIDER("supervisor-ptrace", SUPERVISE, "ptrace() the supervisor", BY_DOMAIN, PROOF_CALL, door_ptrace, 1),
	OUTSIDER("supervisor-mem", SUPERVISE, "/proc/PID/mem of the supervisor", BY_DOMAIN, PROOF_CALL, door_mem, 1),
	OUTSIDER("supervisor-vm-write", SUPERVISE, "process_vm_writev() the supervisor", BY_DOMAIN, PROOF_CALL, door_vm_write, 1),
	OUTSIDER("supervisor-getfd", SUPERVISE, "pidfd_getfd() of the supervisor", BY_DOMAIN, PROOF_CALL, door_getfd, 1),
	OUTSIDER("supervisor-kill", SIGNALS, "kill() the supervisor", BY_SIGNALS, PROOF_CALL, door_kill, 1),
	OUTSIDER("kill", SIGNALS, "kill() a neighbour", BY_SIGNALS, PROOF_CALL, door_kill, 0),
	OUTSIDER("sigqueue", SIGNALS, "sigqueue() a neighbour", BY_SIGNALS, PROOF_CALL, door_sigqueue, 0),
	OUTSIDER("pidfd-signal", SIGNALS, "pidfd_send_signal() a neighbour", BY_SIGNALS, PROOF_CALL, door_pidfd_signal, 0),
	OUTSIDER("kill-group", SIGNALS, "kill() a neighbour's group", BY_SIGNALS, PROOF_CALL, door_kill_group, 0),
	OUTSIDER("limit", SIGNALS, "prlimit() a neighbour", BY_JUDGEMENT, PROOF_CALL, door_limit, 0),
	OUTSIDER("supervisor-limit", SIGNALS, "prlimit() the supervisor", BY_JUDGEMENT, PROOF_CALL, door_limit, 1),
	OUTSIDER("owner", SIGNALS, "fcntl(F_SETOWN) a neighbour", BY_SIGNALS, PROOF_ARRIVED, door_owner, OWNER_PLAIN),
	OUTSIDER("owner-ex", SIGNALS, "fcntl(F_SETOWN_EX) a neighbour", BY_SIGNALS, PROOF_ARRIVED, door_owner, OWNER_EX),
	OUTSIDER("owner-ioctl", SIGNALS, "ioctl(FIOSETOWN) a neighbour", BY_SIGNALS, PROOF_ARRIVED, door_owner, OWNER_IOCTL),
	OUTSIDER("environ", "secrets of other programs", "/proc/PID/environ of a neighbour", BY_DOMAIN, PROOF_CALL, door_proc, PROC_ENVIRON),
	OUTSIDER("proc-fd", "what other programs have open", "/proc/PID/fd of a neighbour", BY_DOMAIN, PROOF_CALL, door_proc, PROC_FD),
	OUTSIDER("proc-root", "mounts of other programs", "/proc/PID/root of a neighbour", BY_DOMAIN, PROOF_CALL, door_proc, PROC_ROOT),
	OUTSIDER("proc-maps", MEMORY, "/proc/PID/maps of a neighbour", BY_DOMAIN, PROOF_CALL, door_proc, PROC_MAPS),
	SUCCEEDS("core-pattern", MACHINE, "open(/proc/sys/kernel/core_pattern)", BY_RIGHTS, door_right, RIGHT_CORE_PATTERN),
	SUCCEEDS("sysrq", MACHINE, "open(/proc/sysrq-trigger)", BY_RIGHTS, door_right, RIGHT_SYSRQ),
	SUCCEEDS("module", MACHINE, "init_module()", BY_RIGHTS, door_right, RIGHT_MODULE),
	SUCCEEDS("reboot", MACHINE, "reboot()", BY_RIGHTS, door_right, RIGHT_REBOOT),
	SUCCEEDS("file-handle", "the policy and the record", "open_by_handle_at()", BY_RIGHTS, door_right, RIGHT_HANDLE),
	SUCCEEDS("device-node", "the disks themselves", "mknod()", BY_RIGHTS, door_right, RIGHT_DEVICE),
	SUCCEEDS("tiocsti", "typing for the person", "ioctl(TIOCSTI)", BY_FILTER, door_tiocsti, 0),
	SUCCEEDS("tioclinux", "typing for the person", "ioctl(TIOCLINUX)", BY_FILTER, door_tioclinux, 0),
	SUCCEEDS("tunsetiff", "frames of one's own making", "ioctl(TUNSETIFF)", BY_FILTER, door_tunsetiff, 0),

	ARRIVES("daemon", UDP, "sendto() by a daemon", BY_JUDGEMENT, door_daemon),
	ARRIVES("undumpable", UDP, "PR_SET_DUMPABLE and sendto()", BY_JUDGEMENT, door_undumpable),
	ARRIVES("own-filter", UDP, "a filter of one's own and sendto()", BY_JUDGEMENT, door_own_filter),
	ARRIVES("shared-memory", UDP, "clone(CLONE_VM) and sendto()", BY_JUDGEMENT, door_shared_memory),
	ARRIVES("user-namespace", UDP, "unshare(CLONE_NEWUSER) and sendto()", BY_JUDGEMENT, door_user_namespace),
	ARRIVES("own-files", UDP, "unshare(CLONE_FILES) and sendto()", BY_JUDGEMENT, door_own_files),

	OUTSIDER("unix-stream", LISTENER, "connect() a socket file", BY_LISTENER, PROOF_ARRIVED, door_unix_stream, 0),
	OUTSIDER("unix-datagram", LISTENER, "sendto() a socket file", BY_LISTENER, PROOF_ARRIVED, door_unix_datagram, 0),
	OUTSIDER("unix-sendmsg", LISTENER, "sendmsg() a socket file", BY_LISTENER, PROOF_ARRIVED, door_unix_sendmsg, 0),
	OUTSIDER("unix-abstract", LISTENER, "connect() an abstract name", BY_LISTENER, PROOF_ARRIVED, door_unix_abstract, 0),
	OUTSIDER("unix-packets", LISTENER, "connect() a SOCK_SEQPACKET file", BY_LISTENER, PROOF_ARRIVED, door_unix_packets, 0),
	OUTSIDER("unix-abstract-dgram", LISTENER, "sendto() an abstract name", BY_LISTENER, PROOF_ARRIVED, door_unix_abstract_datagram, 0),
	OUTSIDER("unix-gift", "connections others have made", "a socket received by SCM_RIGHTS", BY_LISTENER, PROOF_ARRIVED, door_unix_gift, 0),
	OUTSIDER("unix-link", LISTENER, "a hard link to the socket file", BY_LISTENER, PROOF_ARRIVED, door_unix_link, 0),
	OUTSIDER("unix-symlink", LISTENER, "a symbolic link to it", BY_LISTENER, PROOF_ARRIVED, door_unix_symlink, 0),
	OUTSIDER("unix-rename", LISTENER, "the socket file renamed", BY_LISTENER, PROOF_ARRIVED, door_unix_rename, 0),
	OUTSIDER("unix-proc-root", LISTENER, "its path by /proc/self/root", BY_LISTENER, PROOF_ARRIVED, door_unix_proc_root, 0),
	OUTSIDER("unix-relative", LISTENER, "its path from its folder", BY_LISTENER, PROOF_ARRIVED, door_unix_relative, 0),
	OUTSIDER("unix-mount", LISTENER, "its folder mounted elsewhere", BY_LISTENER, PROOF_ARRIVED, door_unix_mount, 0),

	SUCCEEDS("source-route", "another way and another end", "IP_OPTIONS", BY_FILTER, door_option, OPTION_SOURCE_ROUTE),
	SUCCEEDS("routing-header", "another way and another end", "IPV6_RTHDR", BY_FILTER, door_option, OPTION_ROUTING_HEADER),
	SUCCEEDS("flow-label", "headers kept for later", "IPV6_FLOWLABEL_MGR", BY_FILTER, door_option, OPTION_FLOW_LABEL),
	SUCCEEDS("tcp-repair", "a peer written into a socket", "TCP_REPAIR", BY_FILTER, door_option, OPTION_TCP_REPAIR),
	SUCCEEDS("udp-encap", "packets within packets", "UDP_ENCAP", BY_FILTER, door_option, OPTION_UDP_ENCAP),
	SUCCEEDS("udplite-encap", "packets within packets", "UDP_ENCAP of another level", BY_FILTER, door_option, OPTION_UDP_ENCAP_LITE),
	SUCCEEDS("device", "loopback's addresses on another wire", "SO_BINDTODEVICE", BY_FILTER, door_option, OPTION_DEVICE),
	SUCCEEDS("unicast-if", "loopback's addresses on another wire", "IP_UNICAST_IF", BY_FILTER, door_option, OPTION_UNICAST_IF),
	SUCCEEDS("peek-off", "answers misread by the supervisor", "SO_PEEK_OFF", BY_FILTER, door_option, OPTION_PEEK_OFF),
	SUCCEEDS("zerocopy", "data changed after it was read", "SO_ZEROCOPY", BY_FILTER, door_option, OPTION_ZEROCOPY),
	SUCCEEDS("ancillary-options", "another way and another end", "IP_RETOPTS in a message", BY_JUDGEMENT, door_ancillary, ANCILLARY_RETOPTS),
	SUCCEEDS("ancillary-routing", "another way and another end", "IPV6_RTHDR in a message", BY_JUDGEMENT, door_ancillary, ANCILLARY_RTHDR),
	SUCCEEDS("group-join", "bits of a group's address", "IP_ADD_MEMBERSHIP", BY_JUDGEMENT, door_join, JOIN_IP4),
	SUCCEEDS("group-join6", "bits of a group's address", "IPV6_JOIN_GROUP", BY_JUDGEMENT, door_join, JOIN_IP6),
	SUCCEEDS("group-join-any", "bits of a group's address", "MCAST_JOIN_GROUP", BY_JUDGEMENT, door_join, JOIN_ANY),

	ARRIVES("race-address", UDP, "the port turned during sendto()", BY_JUDGEMENT, door_race_address),
	ARRIVES("race-shared", UDP, "the same by another process", BY_JUDGEMENT, door_race_shared),
	ARRIVES("race-connect", UDP, "the port turned during connect()", BY_JUDGEMENT, door_race_connect),
	ARRIVES("race-tcp", TCP, "the same of a TCP socket", BY_JUDGEMENT, door_race_tcp),
	ARRIVES("race-msg-name", UDP, "msg_name turned during sendmsg()", BY_JUDGEMENT, door_race_msg_name),
	ARRIVES("race-remote", UDP, "the port by process_vm_writev()", BY_JUDGEMENT, door_race_remote),
	ARRIVES("race-proc-mem", UDP, "the port by /proc/PID/mem", BY_JUDGEMENT, door_race_proc_mem),
	ARRIVES("race-sendmmsg", UDP, "the port turned during sendmmsg()", BY_JUDGEMENT, door_race_sendmmsg),
	ARRIVES("race-control", "another way and another end", "options turned during sendmsg()", BY_JUDGEMENT, door_race_control),
	ARRIVES("race-addrform", UDP, "IPV6_ADDRFORM during sendto()", BY_FILTER, door_race_addrform),
	OUTSIDER("race-unix-path", LISTENER, "a path turned during connect()", BY_LISTENER, PROOF_ARRIVED, door_race_unix_path, 0),
	OUTSIDER("race-unix-link", LISTENER, "a link turned during connect()", BY_LISTENER, PROOF_ARRIVED, door_race_unix_link, 0),
	ARRIVES("race-family", UDP, "the family turned during sendto()", BY_JUDGEMENT, door_race_family),
	ARRIVES("race-descriptor", UDP, "a descriptor turned by dup2()", BY_JUDGEMENT, door_race_descriptor),
	ARRIVES("race-reopen", UDP, "a descriptor closed and reopened", BY_JUDGEMENT, door_race_reopen),
};
/* clang-format on */

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))
_Static_assert(N_ROWS <= DOORS_MAX, "reports for every door");

size_t doors_count(void)
{
	return N_ROWS;
}

const struct door *doors_at(size_t i)
{
	return &rows[i].door;
}

const char *doors_closed_by(const struct door *door)
{
	struct walls w;

	walls_look(&w);
	switch (door->closer) {
	case BY_JUDGEMENT:
		return "judged on a copy";
	case BY_FILTER:
		return "the filter";
	case BY_DOMAIN:
		return w.has_domain ? "Landlock" : "Yama, or fewer rights";
	case BY_SIGNALS:
		return w.has_signals ? "Landlock" : "the filter";
	case BY_RIGHTS:
		return "lost capabilities, read-only mounts";
	case BY_LISTENER:
		return "known by what listens";
	}
	return "";
}

/* In the child: try, and say what came of it. */
static void try_one(const struct ground *g, size_t i, pid_t parent, int fd)
{
	struct attempt a = { .g = g, .parent = parent, .arg = rows[i].arg };
	struct report said = { .door = (int)i };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(SECONDS_EACH);
	said.error = -rows[i].try(&a);
	said.not_here = a.not_here != NULL;
	if (a.not_here)
		snprintf(said.why, sizeof(said.why), "%s", a.not_here);
	_exit(write(fd, &said, sizeof(said)) != (ssize_t)sizeof(said));
}

/* It ended before it could say anything. False: there is nobody to tell. */
static bool report_end(size_t i, int status, int fd)
{
	struct report said = { .door = (int)i, .error = ECHILD };

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		snprintf(said.why, sizeof(said.why), "no answer in %d seconds",
			 SECONDS_EACH);
	else
		snprintf(said.why, sizeof(said.why), "ended by signal %d",
			 WIFSIGNALED(status) ? WTERMSIG(status) : 0);
	return write(fd, &said, sizeof(said)) == (ssize_t)sizeof(said);
}

void doors_try(const struct ground *g, const char *only, int in, int out)
{
	pid_t parent = getppid();
	int status;
	char byte;

	for (size_t i = 0; i < N_ROWS; i++) {
		pid_t pid;

		if (only && strcmp(only, rows[i].door.name) != 0)
			continue;
		pid = fork();
		if (pid == 0)
			try_one(g, i, parent, out);
		status = 0;
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			continue;
		if (!report_end(i, status, out) || read(in, &byte, 1) != 1)
			return;
	}
}
