/* SPDX-License-Identifier: MIT */
/*
 * A 32-bit program without a library, for i386:
 *
 *     cc -m32 -nostdlib -static -ffreestanding foreign.c
 *     foreign PID        tries everything, on the process PID, too: a line each,
 *                        "ok" or the errno
 *     foreign stay       forks, and the child stays
 *     foreign exec PROGRAM ARG...
 *
 * What must not be reached is 203.0.113.66:80.
 */
typedef unsigned int u32;
typedef unsigned short u16;

enum {
	NR_EXIT = 1,
	NR_FORK = 2,
	NR_WRITE = 4,
	NR_CLOSE = 6,
	NR_EXECVE = 11,
	NR_PAUSE = 29,
	NR_KILL = 37,
	NR_IOCTL = 54,
	NR_SETSID = 66,
	NR_SOCKETCALL = 102,
	NR_PRCTL = 172,
	NR_ADD_KEY = 286,
	NR_REQUEST_KEY = 287,
	NR_KEYCTL = 288,
	NR_PRLIMIT64 = 340,
	NR_SENDMMSG = 345,
	NR_BPF = 357,
	NR_SOCKET = 359,
	NR_BIND = 361,
	NR_CONNECT = 362,
	NR_LISTEN = 363,
	NR_SETSOCKOPT = 366,
	NR_GETPEERNAME = 368,
	NR_SENDTO = 369,
	NR_SENDMSG = 370,
	NR_USERFAULTFD = 374,
	NR_IO_URING_SETUP = 425
};

static int call(int nr, long a, long b, long c, long d, long e)
{
	int r;

	__asm__ volatile("int $0x80"
			 : "=a"(r)
			 : "a"(nr), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
			 : "memory");
	return r;
}

static void say(const char *text)
{
	long n = 0;

	while (text[n])
		n++;
	call(NR_WRITE, 1, (long)text, n, 0, 0);
}

static void tell(const char *what, int r)
{
	char digits[12] = "          \n";
	int at = 10;

	say(what);
	if (r >= 0) {
		say(" ok\n");
		return;
	}
	for (r = -r; r; r /= 10)
		digits[--at] = (char)('0' + r % 10);
	digits[--at] = ' ';
	say(digits + at);
}

static int number(const char *text)
{
	int n = 0;

	while (*text >= '0' && *text <= '9')
		n = n * 10 + (*text++ - '0');
	return n;
}

static struct {
	u16 family, port; /* in network order: the machine is little-endian */
	u32 address;
	char rest[8];
} evil = { 2, 80 << 8, 203 | 113 << 16 | 66u << 24, { 0 } };

/* socketcall(): its arguments are in memory. */
static int by_socketcall(int what, u32 a, u32 b, u32 c, u32 d, u32 e, u32 f)
{
	u32 args[6] = { a, b, c, d, e, f };

	return call(NR_SOCKETCALL, what, (long)args, 0, 0, 0);
}

enum { SOCKET = 1, CONNECT = 3, LISTEN = 4, SENDTO = 11, SENDMSG = 16 };

static char ring[256]; /* struct io_uring_params, all zero */

static void try_network(void)
{
	u32 to = (u32)&evil, x = (u32) "x";
	struct {
		u32 name, len, iov, n_iov, control, control_len, flags;
	} m = { to, sizeof(evil), 0, 0, 0, 0, 0 };
	int fd = by_socketcall(SOCKET, 2, 1, 0, 0, 0, 0), udp;

	tell("socketcall-socket", fd);
	/* One that is there already, or none. */
	tell("socketcall-connect",
	     by_socketcall(CONNECT, (u32)fd, to, 16, 0, 0, 0));
	udp = call(NR_SOCKET, 2, 2, 0, 0, 0);
	tell("socket", udp);
	tell("socketcall-sendto",
	     by_socketcall(SENDTO, (u32)udp, x, 1, 0, to, 16));
	tell("socketcall-sendmsg",
	     by_socketcall(SENDMSG, (u32)udp, (u32)&m, 0, 0, 0, 0));
	tell("socketcall-listen", by_socketcall(LISTEN, (u32)fd, 1, 0, 0, 0, 0));
	tell("connect", call(NR_CONNECT, udp, (long)to, 16, 0, 0));
	tell("sendmsg", call(NR_SENDMSG, udp, (long)&m, 0, 0, 0));
	tell("io_uring", call(NR_IO_URING_SETUP, 1, (long)ring, 0, 0, 0));
}

static void try_others(int pid)
{
	struct {
		u32 soft, soft_high, hard, hard_high;
	} limit = { 600, 0, 600, 0 };

	tell("kill", call(NR_KILL, pid, 28 /* SIGWINCH */, 0, 0, 0));
	tell("prlimit",
	     call(NR_PRLIMIT64, pid, 0 /* RLIMIT_CPU */, (long)&limit, 0, 0));
	tell("keyctl", call(NR_KEYCTL, 0, -3, 1, 0, 0));
	tell("add_key",
	     call(NR_ADD_KEY, (long)"user", (long)"d", (long)"x", 1, -1));
	tell("tiocsti", call(NR_IOCTL, -1, 0x5412, (long)"x", 0, 0));
	tell("bpf", call(NR_BPF, 11, 0, 0, 0, 0));
	tell("userfaultfd", call(NR_USERFAULTFD, 1, 0, 0, 0, 0));
	call(NR_PRCTL, 4 /* PR_SET_DUMPABLE */, 0, 0, 0, 0);
	tell("dumpable", call(NR_PRCTL, 3, 0, 0, 0, 0) == 1 ? 0 : -1);
}

static void stay(void)
{
	if (call(NR_FORK, 0, 0, 0, 0, 0))
		return;
	call(NR_SETSID, 0, 0, 0, 0, 0);
	for (;;)
		call(NR_PAUSE, 0, 0, 0, 0, 0);
}

__attribute__((used, noreturn)) void run(char **stack)
{
	char **argv = stack + 1;

	if (argv[1] && argv[1][0] == 's')
		stay();
	else if (argv[1] && argv[1][0] == 'e')
		tell("exec",
		     call(NR_EXECVE, (long)argv[2], (long)(argv + 2), 0, 0, 0));
	else if (argv[1])
		try_network(), try_others(number(argv[1]));
	call(NR_EXIT, 0, 0, 0, 0, 0);
	__builtin_unreachable();
}

__asm__(".globl _start\n"
	"_start: mov %esp, %eax\n"
	"and $-16, %esp\n"
	"sub $12, %esp\n"
	"push %eax\n"
	"call run\n");
