/* SPDX-License-Identifier: MIT */
/*
 * What a program can notice: a line each, "WHAT: RESULT", the same every time
 * it is run. A result is a number, a word or the name of an errno.
 *
 * notice DENIED6    DENIED6: a port of ::1 that no rule allows
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *what, const char *result)
{
	printf("%s: %s\n", what, result);
	fflush(stdout);
}

/* A value, or the name of what errno is. */
static void tell(const char *what, long r)
{
	char number[24];

	snprintf(number, sizeof(number), "%ld", r);
	say(what, r < 0 ? strerrorname_np(errno) : number);
}

/* Only whether it was taken. */
static void tell_done(const char *what, long r)
{
	tell(what, r < 0 ? r : 0);
}

static void own_state(void)
{
	tell("no_new_privs", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	tell("dumpable", prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
	if (fork() == 0) {
		tell("set dumpable", prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
		tell("dumpable then", prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
		_exit(0);
	}
	wait(NULL);
}

static void calls(void)
{
	uint32_t next[2] = { INT32_MAX - 1 };
	char params[256] = { 0 };
	long r;

	tell_done("io_uring", syscall(SYS_io_uring_setup, 1, params));
	tell_done("userfaultfd", syscall(SYS_userfaultfd, 1));
	r = syscall(SYS_bpf, 11, next, sizeof(next));
	tell_done("bpf", r < 0 && errno == ENOENT ? 0 : r);
	tell_done("keyctl", syscall(SYS_keyctl, 0, -3, 1));
	tell_done("add_key", syscall(SYS_add_key, "user", "d", "x", 1, -1));
	r = syscall(SYS_request_key, "user", "egress-filter-no", NULL, 0);
	tell_done("request_key", r < 0 && errno == ENOKEY ? 0 : r);
}

static void families(void)
{
	static const struct {
		const char *what;
		int family, type, protocol;
	} list[] = {
		{ "raw", AF_INET, SOCK_RAW, IPPROTO_UDP },
		{ "packet", AF_PACKET, SOCK_RAW, 0 },
		{ "mptcp", AF_INET, SOCK_STREAM, 262 },
		{ "sctp", AF_INET, SOCK_STREAM, 132 },
		{ "udplite", AF_INET, SOCK_DGRAM, 136 },
		{ "vsock", 40, SOCK_STREAM, 0 },
		{ "bluetooth", 31, SOCK_STREAM, 3 },
		{ "alg", 38, SOCK_SEQPACKET, 0 },
		{ "xdp", 44, SOCK_RAW, 0 },
		{ "netlink route", AF_NETLINK, SOCK_RAW, 0 },
		{ "netlink audit", AF_NETLINK, SOCK_RAW, 9 },
		{ "tcp", AF_INET, SOCK_STREAM, 0 },
		{ "udp6", AF_INET6, SOCK_DGRAM, 0 },
		{ "unix", AF_UNIX, SOCK_SEQPACKET, 0 },
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		int fd = socket(list[i].family, list[i].type, list[i].protocol);

		tell_done(list[i].what, fd);
		close(fd);
	}
}

static void options(void)
{
	static const int one = 1, first = 1 << 24;
	static const char route[] = { 1, (char)131, 7, 4, 127, 0, 0, 2 };
	static const char header[24] = { 0, 2, 4, 0 };
	static const struct {
		const char *what;
		int family, type, level, name;
		const void *value;
		socklen_t len;
	} list[] = {
		{ "TCP_FASTOPEN", 2, 1, 6, 23, &one, 4 },
		{ "TCP_FASTOPEN_CONNECT", 2, 1, 6, 30, &one, 4 },
		{ "SO_ZEROCOPY", 2, 1, 1, 60, &one, 4 },
		{ "IP_OPTIONS", 2, 2, 0, 4, route, sizeof(route) },
		{ "IPV6_RTHDR", 10, 2, 41, 57, header, sizeof(header) },
		{ "TCP_ULP", 2, 1, 6, 31, "tls", 3 },
		{ "UDP_CORK", 2, 2, 17, 1, &one, 4 },
		{ "SO_BINDTODEVICE", 2, 2, 1, 25, "lo", 3 },
		{ "SO_BINDTOIFINDEX", 2, 2, 1, 62, &one, 4 },
		{ "IP_UNICAST_IF", 2, 2, 0, 50, &first, 4 },
		{ "SO_PEEK_OFF", 2, 2, 1, 42, &one, 4 },
		{ "SO_REUSEADDR", 2, 1, 1, 2, &one, 4 },
		{ "TCP_NODELAY", 2, 1, 6, 1, &one, 4 },
		{ "IP_TOS", 2, 2, 0, 1, &one, 4 },
		{ "IPV6_V6ONLY", 10, 1, 41, 26, &one, 4 },
		{ "UDP_SEGMENT", 2, 2, 17, 103, &one, 4 },
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		int fd = socket(list[i].family, list[i].type, 0);

		tell_done(list[i].what, setsockopt(fd, list[i].level, list[i].name,
						   list[i].value, list[i].len));
		close(fd);
	}
}

static void terminals(void)
{
	char path[64] = "";
	int master, slave;

	setsid();
	master = posix_openpt(O_RDWR | O_NOCTTY);
	grantpt(master);
	unlockpt(master);
	ptsname_r(master, path, sizeof(path));
	slave = open(path, O_RDWR | O_NOCTTY);
	tell_done("TIOCLINUX", ioctl(slave, 0x541c, ""));
	tell_done("TUNSETIFF", ioctl(slave, 0x400454ca, path));
	tell_done("window size", ioctl(slave, TIOCGWINSZ, path));
	ioctl(slave, TIOCSCTTY, 0);
	tell_done("TIOCSTI", ioctl(slave, TIOCSTI, "x"));
}

/* Whom a server sees at the other end. */
static void peers(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = "notice" };
	int s = socket(AF_UNIX, SOCK_STREAM, 0), c;
	struct ucred who = { 0 };
	socklen_t len = sizeof(who);
	pid_t pid;

	unlink("notice");
	if (bind(s, (struct sockaddr *)&at, sizeof(at)) < 0 || listen(s, 1) < 0)
		return;
	pid = fork();
	if (pid == 0) {
		c = socket(AF_UNIX, SOCK_STREAM, 0);
		_exit(connect(c, (struct sockaddr *)&at, sizeof(at)) < 0);
	}
	c = accept(s, NULL, NULL);
	getsockopt(c, SOL_SOCKET, SO_PEERCRED, &who, &len);
	say("SO_PEERCRED is the client's", who.pid == pid ? "yes" : "no");
	say("... its user, too", who.uid == getuid() ? "yes" : "no");
	waitpid(pid, NULL, 0);
	unlink("notice");
}

static void denied6(const char *port)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6 };
	socklen_t len = sizeof(to);
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	to.sin6_addr = in6addr_loopback;
	to.sin6_port = htons((uint16_t)atoi(port));
	tell_done("connect to ::1", connect(fd, (struct sockaddr *)&to, len));
	getsockname(fd, (struct sockaddr *)&to, &len);
	say("has a port then", to.sin6_port ? "yes" : "no");
}

static void others(void)
{
	struct rlimit limit;
	struct sock_filter allow = { .code = BPF_RET | BPF_K,
				     .k = SECCOMP_RET_ALLOW };
	struct sock_fprog program = { .len = 1, .filter = &allow };

	prlimit(0, RLIMIT_CORE, NULL, &limit);
	tell_done("prlimit of itself",
		  prlimit(getpid(), RLIMIT_CORE, &limit, NULL));
	tell_done("prlimit of the parent",
		  prlimit(getppid(), RLIMIT_CORE, &limit, NULL));
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	tell_done("another listener", syscall(SYS_seccomp, 1, 8, &program));
}

int main(int argc, char **argv)
{
	own_state();
	calls();
	families();
	options();
	peers();
	denied6(argc > 1 ? argv[1] : "9");
	terminals();
	others();
	return 0;
}
