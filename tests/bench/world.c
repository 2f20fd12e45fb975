/* SPDX-License-Identifier: MIT */
/* A private namespace with loopback, and the servers of it. */
#include "world.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "servers.h"

static int fail(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	return -1;
}

static int write_text(const char *path, const char *text)
{
	auto_close int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, text, strlen(text)) > 0 ? 0 : fail(path);
}

/* Without privilege a user namespace comes along (user_namespaces(7)). */
static int enter(void)
{
	char map[32];

	if (!unshare(CLONE_NEWNET))
		return 0;
	snprintf(map, sizeof(map), "0 %u 1", geteuid());
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return fail("no private network (try as root)");
	if (write_text("/proc/self/setgroups", "deny") < 0)
		return -1;
	return write_text("/proc/self/uid_map", map);
}

static void put_address(struct sockaddr *sa, const char *text)
{
	struct sockaddr_in in = { .sin_family = AF_INET };

	inet_pton(AF_INET, text, &in.sin_addr);
	memcpy(sa, &in, sizeof(in));
}

static int raise_loopback(void)
{
	auto_close int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq lo = { .ifr_name = "lo" }, more = { .ifr_name = "lo:0" };

	lo.ifr_flags = IFF_UP | IFF_RUNNING;
	put_address(&more.ifr_addr, WORLD_NET);
	if (ioctl(fd, SIOCSIFFLAGS, &lo) < 0 || ioctl(fd, SIOCSIFADDR, &more) < 0)
		return fail("loopback");
	put_address(&more.ifr_netmask, "255.255.255.0");
	return ioctl(fd, SIOCSIFNETMASK, &more) < 0 ? fail("loopback") : 0;
}

/* A bound socket, or -1. */
static int bind_to(const char *host, int port, int type)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, host, &a.sin_addr);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		return fail(host);
	return fd;
}

/* Datagrams are dropped by the kernel: no reader takes part. Left open. */
static int open_sink(void)
{
	struct sock_filter drop = { BPF_RET | BPF_K, 0, 0, 0 };
	struct sock_fprog prog = { 1, &drop };
	int fd = bind_to(WORLD_HOST, WORLD_PORT, SOCK_DGRAM);

	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
				  sizeof(prog)) < 0)
		return fail("socket filter");
	return fd;
}

/* Run a server in a child that ends with us. */
static int start(void (*serve)(int), int fd, int cpu)
{
	cpu_set_t one;
	pid_t pid;

	if (fd < 0)
		return -1;
	pid = fork();
	if (pid < 0)
		return fail("fork");
	if (!pid) {
		CPU_ZERO(&one);
		CPU_SET((size_t)cpu, &one);
		sched_setaffinity(0, sizeof(one), &one);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(fd);
		_exit(1);
	}
	close(fd);
	return 0;
}

int world_open(int cpu)
{
	int tcp;

	if (enter() < 0 || raise_loopback() < 0 || open_sink() < 0)
		return -1;
	tcp = bind_to(WORLD_HOST, WORLD_PORT, SOCK_STREAM);
	if (tcp < 0 || listen(tcp, 4096) < 0)
		return fail("listen");
	if (start(serve_discard, tcp, cpu) < 0 ||
	    start(serve_answers, bind_to(WORLD_RESOLVER, 53, SOCK_DGRAM), cpu) < 0)
		return -1;
	return start(serve_forward, bind_to(WORLD_FORWARDER, 53, SOCK_DGRAM),
		     cpu);
}

const char world_policy[] = "version: 1\n"
			    "default_policy: deny\n"
			    "domains:\n"
			    "  - pattern: " WORLD_NAME "\n"
			    "ip_ranges:\n"
			    "  - cidr: " WORLD_HOST "\n"
			    "    ports: [9]\n"
			    "dns:\n"
			    "  servers: [" WORLD_RESOLVER "]\n";
