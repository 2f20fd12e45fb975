/* SPDX-License-Identifier: MIT */
/*
 * What a program can do to a process that is not its own.
 *
 * neighbour WAY PID: tries one way of reaching it, prints "reached" or the
 * name of the errno. neighbour inside: what must go on to work among the
 * processes of one tree; a line each, the same with and without the filter.
 * neighbour storm: how many of 20,000 kill() a storm of signals breaks off;
 * without a filter, none.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef F_SETOWN_EX
#define F_SETOWN_EX 15
#define F_SETSIG    10
struct f_owner_ex {
	int type;
	pid_t pid;
};
#endif

#define SIGNAL	  SIGUSR1
#define CALL(...) ((int)syscall(__VA_ARGS__))

enum { PIDFD_OPEN = 434, PIDFD_SEND = 424, PIDFD_GETFD = 438 };

static siginfo_t queued(void)
{
	siginfo_t info;

	memset(&info, 0, sizeof(info));
	info.si_signo = SIGNAL;
	info.si_code = SI_QUEUE;
	info.si_pid = getpid();
	info.si_uid = getuid();
	info.si_value.sival_int = 77;
	return info;
}

static int by_kill(pid_t pid)
{
	return kill(pid, SIGNAL);
}

static int by_tkill(pid_t pid)
{
	return CALL(SYS_tkill, pid, SIGNAL);
}

static int by_tgkill(pid_t pid)
{
	return CALL(SYS_tgkill, pid, pid, SIGNAL);
}

static int by_sigqueue(pid_t pid)
{
	siginfo_t info = queued();

	return CALL(SYS_rt_sigqueueinfo, pid, SIGNAL, &info);
}

static int by_tgsigqueue(pid_t pid)
{
	siginfo_t info = queued();

	return CALL(SYS_rt_tgsigqueueinfo, pid, pid, SIGNAL, &info);
}

static int by_pidfd(pid_t pid)
{
	int fd = CALL(PIDFD_OPEN, pid, 0);

	return fd < 0 ? -1 : CALL(PIDFD_SEND, fd, SIGNAL, NULL, 0);
}

static int by_pidfd_info(pid_t pid)
{
	int fd = CALL(PIDFD_OPEN, pid, 0);
	siginfo_t info = queued();

	return fd < 0 ? -1 : CALL(PIDFD_SEND, fd, SIGNAL, &info, 0);
}

static int by_group(pid_t pid)
{
	return kill(-getpgid(pid), SIGNAL);
}

/* Who owns a socket gets a signal of the sender's choice when data comes. */
static int send_by_owner(int (*own)(int fd, pid_t pid), pid_t pid)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0 || own(ends[0], pid))
		return -1;
	if (fcntl(ends[0], F_SETSIG, SIGNAL) < 0 ||
	    fcntl(ends[0], F_SETFL, O_ASYNC) < 0)
		return -1;
	return write(ends[1], "", 1) == 1 ? 0 : -1;
}

static int own(int fd, pid_t pid)
{
	return fcntl(fd, F_SETOWN, pid);
}

static int own_ex(int fd, pid_t pid)
{
	struct f_owner_ex who = { 1 /* F_OWNER_PID */, pid };

	return fcntl(fd, F_SETOWN_EX, &who);
}

static int own_ioctl(int fd, pid_t pid)
{
	return ioctl(fd, 0x8901 /* FIOSETOWN */, &pid);
}

static int by_setown(pid_t pid)
{
	return send_by_owner(own, pid);
}

static int by_setown_ex(pid_t pid)
{
	return send_by_owner(own_ex, pid);
}

static int by_fiosetown(pid_t pid)
{
	return send_by_owner(own_ioctl, pid);
}

static int by_ptrace(pid_t pid)
{
	return ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0 ? -1 : 0;
}

static int by_vm(pid_t pid)
{
	struct iovec mine = { &errno, 0 }, theirs = { (void *)4096, 0 };

	/* Nothing is written, but whether it may be is looked at. */
	mine.iov_len = theirs.iov_len = 1;
	if (process_vm_writev(pid, &mine, 1, &theirs, 1, 0) < 0)
		return errno == EFAULT ? 0 : -1;
	return 0;
}

static int by_mem(pid_t pid)
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	return open(path, O_RDWR) < 0 ? -1 : 0;
}

static int by_getfd(pid_t pid)
{
	int fd = CALL(PIDFD_OPEN, pid, 0);

	return fd < 0 ? -1 : CALL(PIDFD_GETFD, fd, 0, 0) < 0 ? -1 : 0;
}

/* The least that tells whether a limit is let through. */
static int by_limit(pid_t pid)
{
	struct rlimit none = { 0, 0 };

	return prlimit(pid, RLIMIT_CORE, &none, NULL);
}

static const struct {
	const char *word;
	int (*go)(pid_t pid);
} ways[] = {
	{ "kill", by_kill },
	{ "tkill", by_tkill },
	{ "tgkill", by_tgkill },
	{ "sigqueue", by_sigqueue },
	{ "tgsigqueue", by_tgsigqueue },
	{ "pidfd", by_pidfd },
	{ "pidfd-info", by_pidfd_info },
	{ "group", by_group },
	{ "setown", by_setown },
	{ "setown-ex", by_setown_ex },
	{ "fiosetown", by_fiosetown },
	{ "ptrace", by_ptrace },
	{ "vm", by_vm },
	{ "mem", by_mem },
	{ "getfd", by_getfd },
	{ "limit", by_limit },
};

static int try(const char *word, pid_t pid)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (strcmp(ways[i].word, word) != 0)
			continue;
		puts(ways[i].go(pid) < 0 ? strerrorname_np(errno) : "reached");
		return 0;
	}
	return 2;
}

/* ---- inside ---- */

static int told[2];

static void on_signal(int signal, siginfo_t *info, void *context)
{
	int word[3] = { signal, info->si_code, info->si_value.sival_int };

	(void)context;
	if (write(told[1], word, sizeof(word)) < 0)
		_exit(3);
}

/* A child that tells of signals; its group is its own if asked for. */
static pid_t child(int own_group)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (own_group)
			setpgid(0, 0);
		if (write(told[1], (int[3]){ 0 }, 3 * sizeof(int)) < 0)
			_exit(3);
		for (;;)
			pause();
	}
	return pid;
}

static void expect(const char *what, int r)
{
	int word[3] = { -1, -1, -1 };

	if (r < 0)
		printf("%s: %s\n", what, strerrorname_np(errno));
	else if (read(told[0], word, sizeof(word)) == sizeof(word))
		printf("%s: signal %d value %d\n", what, word[0],
		       word[1] == SI_QUEUE ? word[2] : 0);
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void signal_children(void)
{
	pid_t one = child(1);

	expect("child is there", 0);
	for (size_t i = 0; i < 11; i++)
		expect(ways[i].word,
		       strncmp(ways[i].word, "setown-ex", 9) &&
				       strcmp(ways[i].word, "fiosetown")
			       ? ways[i].go(one)
			       : kill(one, SIGNAL));
	printf("kill 0: %d\n", kill(one, 0));
	printf("limit: %d\n", by_limit(one));
	printf("own limit: %d %d\n", by_limit(0), by_limit(getpid()));
	end(one);
	printf("gone: %d %s\n", kill(one, 0), strerrorname_np(errno));
	printf("gone: %d %s\n", kill(one, SIGNAL), strerrorname_np(errno));
	printf("gone: %d %s\n", by_limit(one), strerrorname_np(errno));
	printf("bad signal: %d %s\n", kill(getpid(), 99), strerrorname_np(errno));
}

/* All of the group hear it, the caller, too, and nobody else's fault. */
static void signal_group(void)
{
	pid_t one = child(0);

	expect("second child is there", 0);
	expect("group", kill(0, SIGUSR2));
	expect("group again", 0);
	end(one);
}

static void *raise_in_thread(void *arg)
{
	(void)arg;
	raise(SIGNAL);
	return NULL;
}

static void signal_self(void)
{
	pthread_t t;

	expect("raise", raise(SIGNAL));
	expect("thread", pthread_create(&t, NULL, raise_in_thread, NULL));
	pthread_join(t, NULL);
	expect("process from a thread", pthread_kill(pthread_self(), SIGNAL));
	expect("own io", send_by_owner(own, getpid()));
}

static void abstract_socket(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(sa_family_t);
	int l = socket(AF_UNIX, SOCK_STREAM, 0), c;

	if (bind(l, (struct sockaddr *)&a, len) < 0 || listen(l, 1) < 0)
		printf("abstract: %s\n", strerrorname_np(errno));
	len = sizeof(a);
	getsockname(l, (struct sockaddr *)&a, &len);
	c = socket(AF_UNIX, SOCK_STREAM, 0);
	printf("abstract: %d\n", connect(c, (struct sockaddr *)&a, len));
}

static int inside(void)
{
	struct sigaction sa = { .sa_sigaction = on_signal,
				.sa_flags = SA_SIGINFO | SA_RESTART };

	setvbuf(stdout, NULL, _IONBF, 0);
	if (pipe(told) < 0)
		return 2;
	sigaction(SIGNAL, &sa, NULL);
	sigaction(SIGUSR2, &sa, NULL);
	signal_children();
	signal_self();
	signal_group();
	abstract_socket();
	return 0;
}

static void on_alarm(int signal)
{
	(void)signal;
}

static int storm(void)
{
	struct itimerval often = { { 0, 100 }, { 0, 100 } }, never = { 0 };
	struct sigaction sa = { .sa_handler = on_alarm }; /* no SA_RESTART */
	int broken = 0;

	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	for (int i = 0; i < 20000; i++)
		broken += kill(getpid(), SIGCHLD) < 0;
	setitimer(ITIMER_REAL, &never, NULL);
	printf("%d\n", broken);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "storm"))
		return storm();
	if (argc == 2 && !strcmp(argv[1], "inside"))
		return inside();
	return argc == 3 ? try(argv[1], (pid_t)atoi(argv[2])) : 2;
}
