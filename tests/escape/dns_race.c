/* SPDX-License-Identifier: MIT */
/*
 * dns_race name|data SERVER TRIES: questions for an allowed name, whose bytes
 * (data), or the segments that lead to them (name: of a second buffer), a
 * thread on another processor turns into a secret one and back. Waits until
 * the two have met often.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define QUESTION(name) "\x12\x67\1\0\0\1\0\0\0\0\0\0" name "\0\0\1\0\1"
#define LENGTH	       (sizeof(QUESTION("\7allowed\7example\4test")) - 1)
#define AT_MOST_S      30

/* The first label is where a store of eight bytes is one. */
static struct {
	_Alignas(8) char before[4];
	char bytes[LENGTH + 1];
} allowed = { .bytes = QUESTION("\7allowed\7example\4test") };
static char secret[LENGTH + 1] = QUESTION("\7secretb\5other\6domain");
static struct iovec iov = { allowed.bytes, LENGTH };
static atomic_bool is_over, turns_data;
static atomic_uint turns;

static void stay_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set); /* where there are two */
}

/* The labels are as long as each other, so one store turns a piece of it. */
static void turn_data(unsigned int i)
{
	const char *from = i & 1 ? "\7secretb" : "\7allowed";
	uint64_t label;

	memcpy(&label, from, sizeof(label));
	__atomic_store_n((uint64_t *)(void *)(allowed.bytes + 12), label,
			 __ATOMIC_RELAXED);
}

static void turn_pointer(unsigned int i)
{
	__atomic_store_n(&iov.iov_base, i & 1 ? secret : allowed.bytes,
			 __ATOMIC_RELAXED);
}

static void *turn_on(void *arg)
{
	(void)arg;
	stay_on(1);
	while (!atomic_load(&is_over)) {
		unsigned int i = atomic_fetch_add(&turns, 1);

		if (turns_data)
			turn_data(i);
		else
			turn_pointer(i);
	}
	return NULL;
}

static void drain(int fd)
{
	char buf[512];

	while (recv(fd, buf, sizeof(buf), MSG_DONTWAIT) >= 0)
		;
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(53) };
	struct msghdr m = { .msg_name = &to,
			    .msg_namelen = sizeof(to),
			    .msg_iov = &iov,
			    .msg_iovlen = 1 };
	unsigned int met = 0, before = 0, tries;
	time_t end = time(NULL) + AT_MOST_S;
	pthread_t thread;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (argc < 4 || fd < 0)
		return 99;
	turns_data = !strcmp(argv[1], "data");
	inet_pton(AF_INET, argv[2], &to.sin_addr);
	tries = (unsigned int)atoi(argv[3]);
	if (pthread_create(&thread, NULL, turn_on, NULL))
		return 99;
	stay_on(0);
	while (!atomic_load(&turns))
		;
	for (unsigned int i = 0;
	     i < tries || (met < tries / 20 && time(NULL) < end); i++) {
		unsigned int now = atomic_load(&turns);

		met += now != before;
		before = now;
		(void)!sendmsg(fd, &m, 0);
		drain(fd);
	}
	atomic_store(&is_over, true);
	pthread_join(thread, NULL);
	return 0;
}
