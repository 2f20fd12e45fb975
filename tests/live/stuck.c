/* SPDX-License-Identifier: MIT */
/*
 * A page of memory that never comes (userfaultfd(2)), given to calls that go
 * on behind the scenes. Whatever gets stuck in it, the name server argv[2] has
 * to go on answering. argv[1] says how:
 *
 *   recv   an answer has come, and its sender is to be written into the page
 *   send   a socket is locked by a sibling that sends from the page, when a
 *          send that waited for room may go on
 *   route  the same of a socket that is to be led to the name server
 *
 * 77: there is no such page to be had.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TIMES	  4	/* a stuck call more often than not needs luck */
#define PAUSE_US  50000 /* for a call to be put aside */
#define PATIENCE  30000 /* ms */
#define PAGE_SIZE 4096

static const char question[] = "\x12\x34\1\0\0\1\0\0\0\0\0\0"
			       "\7nothing\4test\0\0\1\0\1";
static struct sockaddr_in server = { .sin_family = AF_INET };
static void *page;
static int sock;
static atomic_int busy_tid;

/* It is there for now, until it is taken away. */
static void *stuck_page(void)
{
	int dev = open("/dev/userfaultfd", O_RDWR | O_CLOEXEC);
	int fd = dev < 0 ? -1 : ioctl(dev, USERFAULTFD_IOC_NEW, O_CLOEXEC);
	struct uffdio_api api = { .api = UFFD_API };
	void *p = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct uffdio_register r = { .range = { (uintptr_t)p, PAGE_SIZE },
				     .mode = UFFDIO_REGISTER_MODE_MISSING };

	memset(p, 0, PAGE_SIZE);
	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) < 0 ||
	    ioctl(fd, UFFDIO_REGISTER, &r) < 0)
		exit(77);
	return p;
}

/* Run it in a thread and come back when that sleeps. */
static void start(void *(*run)(void *))
{
	char path[64], line[64], state = 'R';
	pthread_t t;

	atomic_store(&busy_tid, 0);
	if (pthread_create(&t, NULL, run, NULL))
		exit(2);
	while (state == 'R') {
		FILE *f;

		snprintf(path, sizeof(path), "/proc/self/task/%d/status",
			 atomic_load(&busy_tid));
		f = atomic_load(&busy_tid) ? fopen(path, "r") : NULL;
		while (f && fgets(line, sizeof(line), f))
			if (sscanf(line, "State: %c", &state) == 1)
				break;
		if (f)
			fclose(f);
	}
	usleep(PAUSE_US);
}

static void begin(void)
{
	atomic_store(&busy_tid, (int)syscall(SYS_gettid));
}

static int udp(const struct sockaddr_in *to)
{
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	if (connect(s, (const struct sockaddr *)to, sizeof(*to)) < 0)
		exit(3);
	return s;
}

static void take_page_away(void)
{
	madvise(page, PAGE_SIZE, MADV_DONTNEED);
}

static void *receive(void *arg)
{
	static struct sockaddr_in from;
	static char answer[512];

	begin();
	recvfrom(sock, answer, sizeof(answer), 0, (struct sockaddr *)&from, page);
	return arg;
}

static void case_recv(void)
{
	memset(page, 0, PAGE_SIZE);
	sock = udp(&server);
	start(receive);
	take_page_away();
	send(sock, question, sizeof(question) - 1, 0);
}

/* Both ends of a connection; what it takes is in the first one's buffer. */
static int full_connection(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int l = socket(AF_INET, SOCK_STREAM, 0), size = 4096, peer;
	static char bytes[65536];

	inet_pton(AF_INET, "127.0.0.1", &a.sin_addr);
	sock = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(sock, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	if (bind(l, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(l, 1) < 0 ||
	    getsockname(l, (struct sockaddr *)&a, &len) < 0 ||
	    connect(sock, (struct sockaddr *)&a, sizeof(a)) < 0)
		exit(4);
	peer = accept(l, NULL, NULL);
	while (send(sock, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
	return peer;
}

static void *send_message(void *arg)
{
	static char bytes[200000];
	struct iovec iov = { bytes, sizeof(bytes) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	begin();
	sendmsg(sock, &m, 0);
	return arg;
}

static void *send_page(void *arg)
{
	begin();
	send(sock, page, PAGE_SIZE, 0);
	return arg;
}

static void case_send(void)
{
	int peer = full_connection();
	static char bytes[65536];

	take_page_away();
	start(send_message);
	start(send_page);
	while (recv(peer, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
}

static void *send_more(void *arg)
{
	begin();
	send(sock, page, 100, MSG_MORE);
	return arg;
}

static void *connect_again(void *arg)
{
	begin();
	connect(sock, (struct sockaddr *)&server, sizeof(server));
	return arg;
}

static void case_route(void)
{
	struct sockaddr_in other = { .sin_family = AF_INET, .sin_port = htons(9) };

	inet_pton(AF_INET, "127.0.0.1", &other.sin_addr);
	sock = udp(&other);
	take_page_away();
	start(send_more);
	start(connect_again);
}

static int ask(void)
{
	int s = udp(&server);
	struct pollfd p = { .fd = s, .events = POLLIN };
	char answer[512];

	if (send(s, question, sizeof(question) - 1, 0) < 0 ||
	    poll(&p, 1, PATIENCE) != 1)
		return -1;
	return recv(s, answer, sizeof(answer), 0) > 12 ? 0 : -1;
}

static const struct {
	const char *name;
	void (*run)(void);
} cases[] = {
	{ "recv", case_recv },
	{ "send", case_send },
	{ "route", case_route },
};

int main(int argc, char **argv)
{
	server.sin_port = htons(53);
	if (argc != 3 || inet_pton(AF_INET, argv[2], &server.sin_addr) != 1)
		return 2;
	alarm(PATIENCE / 1000 * 2); /* a connect() that never ends */
	page = stuck_page();
	for (int i = 0; i < TIMES && (i == 0 || strcmp(argv[1], "recv")); i++)
		for (size_t j = 0; j < sizeof(cases) / sizeof(*cases); j++)
			if (!strcmp(argv[1], cases[j].name))
				cases[j].run();
	for (int i = 0; i < 3; i++)
		if (ask() < 0)
			return 1;
	return 0;
}
