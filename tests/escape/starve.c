/* SPDX-License-Identifier: MIT */
/*
 * Using up what a supervisor has.
 *
 * starve waiting N FULL EVIL GOOD   N processes connect to FULL, which never
 *                                   answers, and wait; then one to EVIL and
 *                                   one to GOOD
 * starve forks EVIL                 forks until nobody can, all connect to EVIL
 *                                   again and again; ends itself, they do not
 * starve idle EVIL GOOD             takes the processor away from the parent,
 *                                   then connects
 *
 * Addresses are ADDRESS:PORT. Prints what the calls came to.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define HOGS 8

static struct {
	atomic_int begun, failed, forked;
} * seen; /* shared by all */

static struct sockaddr_in read_address(const char *text)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	char host[64];

	snprintf(host, sizeof(host), "%.*s", (int)strcspn(text, ":"), text);
	if (inet_pton(AF_INET, host, &in.sin_addr) != 1)
		exit(99);
	in.sin_port = htons((uint16_t)atoi(strchr(text, ':') + 1));
	return in;
}

/* 0 or the errno. */
static int try(const struct sockaddr_in *to)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), error = 0;

	if (fd < 0 || connect(fd, (const struct sockaddr *)to, sizeof(*to)) < 0)
		error = errno;
	close(fd);
	return error;
}

static const char *name_of(int error)
{
	return error ? strerrorname_np(error) : "ok";
}

static void child_of(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
}

static int waiting(int n, const char *full, const char *evil, const char *good)
{
	struct sockaddr_in at = read_address(full), bad = read_address(evil),
			   fine = read_address(good);
	pid_t self = getpid();
	int started = 0;

	for (; started < n; started++) {
		pid_t pid = fork();

		if (pid < 0)
			break;
		if (pid > 0)
			continue;
		child_of(self);
		atomic_fetch_add(&seen->begun, 1);
		try(&at);
		atomic_fetch_add(&seen->failed, 1);
		for (;;)
			pause();
	}
	while (atomic_load(&seen->begun) < started)
		sched_yield();
	/* What comes later is looked at later. */
	printf("evil %s\n", name_of(try(&bad)));
	printf("good %s\n", name_of(try(&fine)));
	printf("started %d\nfailed %d\n", started, atomic_load(&seen->failed));
	return 0;
}

static int forks(const char *evil)
{
	struct sockaddr_in bad = read_address(evil);

	signal(SIGTERM, SIG_IGN);
	for (;;) {
		pid_t pid = fork();

		if (pid < 0)
			break;
		if (pid > 0)
			continue;
		atomic_fetch_add(&seen->forked, 1);
		for (;;) {
			try(&bad);
			if (fork() < 0)
				sched_yield();
		}
	}
	printf("forked %d\n", atomic_load(&seen->forked) > 20);
	return 0;
}

static int idle(const char *evil, const char *good)
{
	struct sockaddr_in bad = read_address(evil), fine = read_address(good);
	struct sched_param none = { 0 };
	pid_t self = getpid();

	sched_setscheduler(getppid(), SCHED_IDLE, &none);
	setpriority(PRIO_PROCESS, (id_t)getppid(), 19);
	for (int i = 0; i < HOGS; i++)
		if (fork() == 0) {
			child_of(self);
			for (;;)
				;
		}
	for (int i = 0; i < 20; i++) {
		int a = try(&bad), b = try(&fine);

		if (a != EACCES || b)
			printf("%s %s\n", name_of(a), name_of(b));
	}
	puts("done");
	return 0;
}

int main(int argc, char **argv)
{
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (argc == 6 && !strcmp(argv[1], "waiting"))
		return waiting(atoi(argv[2]), argv[3], argv[4], argv[5]);
	if (argc == 3 && !strcmp(argv[1], "forks"))
		return forks(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "idle"))
		return idle(argv[2], argv[3]);
	return 99;
}
