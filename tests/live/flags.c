/* SPDX-License-Identifier: MIT */
/*
 * A connect() to a full queue of its own, while other threads take O_NONBLOCK
 * off the socket all the time. Meanwhile the name server argv[1] is asked again
 * and again: whoever answers must not have been caught by the connect(). With
 * "lost" instead: another flag, which connect() must leave alone.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define QUESTIONS 100
#define PAUSE_US  20000 /* the supervisor tries again this often */
#define PATIENCE  30000 /* ms */
#define CONNECTS  3000

static const struct sockaddr_un queue = { .sun_family = AF_UNIX,
					  .sun_path = "\0flags" };
static int caller;

static void *take_flag_off(void *arg)
{
	for (;;)
		fcntl(caller, F_SETFL, O_RDWR);
	return arg;
}

static void *call(void *arg)
{
	connect(caller, (const struct sockaddr *)&queue, sizeof(queue));
	return arg;
}

static int fill_queue(void)
{
	int listener = socket(AF_UNIX, SOCK_STREAM, 0), s;

	if (bind(listener, (const struct sockaddr *)&queue, sizeof(queue)) < 0 ||
	    listen(listener, 0) < 0)
		return -1;
	do
		s = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	while (connect(s, (const struct sockaddr *)&queue, sizeof(queue)) == 0);
	return errno == EAGAIN ? 0 : -1;
}

static int ask(int s)
{
	static const char question[] = "\x12\x34\1\0\0\1\0\0\0\0\0\0"
				       "\7nothing\4test\0\0\1\0\1";
	struct pollfd p = { .fd = s, .events = POLLIN };
	char answer[512];

	if (send(s, question, sizeof(question) - 1, 0) < 0 ||
	    poll(&p, 1, PATIENCE) != 1)
		return -1;
	return recv(s, answer, sizeof(answer), 0) > 12 ? 0 : -1;
}

/*
 * Another flag of the socket, set and taken off while connect() is at work:
 * nobody but this thread may change it. Returns how often it was lost.
 */
static void *connect_often(void *arg)
{
	struct sockaddr_in nobody = { .sin_family = AF_INET,
				      .sin_port = htons(1) };

	inet_pton(AF_INET, "127.0.0.1", &nobody.sin_addr);
	for (int i = 0; i < CONNECTS; i++)
		connect(caller, (struct sockaddr *)&nobody, sizeof(nobody));
	atomic_store((atomic_bool *)arg, true);
	return NULL;
}

static int count_lost(void)
{
	atomic_bool is_over = false;
	int lost = 0;
	pthread_t t;

	caller = socket(AF_INET, SOCK_STREAM, 0);
	if (pthread_create(&t, NULL, connect_often, &is_over))
		return -1;
	for (int want = O_ASYNC; !atomic_load(&is_over); want ^= O_ASYNC) {
		fcntl(caller, F_SETFL, O_RDWR | want);
		for (int i = 0; i < 20; i++) {
			if ((fcntl(caller, F_GETFL) & O_ASYNC) == want)
				continue;
			lost++;
			break;
		}
	}
	pthread_join(t, NULL);
	return lost;
}

int main(int argc, char **argv)
{
	struct sockaddr_in server = { .sin_family = AF_INET,
				      .sin_port = htons(53) };
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	pthread_t t;

	if (argc == 2 && !strcmp(argv[1], "lost"))
		return count_lost() != 0;
	if (argc != 2 || inet_pton(AF_INET, argv[1], &server.sin_addr) != 1)
		return 2;
	caller = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fill_queue() < 0 ||
	    connect(s, (struct sockaddr *)&server, sizeof(server)) < 0)
		return 2;
	for (int i = 0; i < 3; i++)
		if (pthread_create(&t, NULL, i < 2 ? take_flag_off : call, NULL))
			return 2;
	for (int i = 0; i < QUESTIONS; i++) {
		if (ask(s) < 0) {
			printf("question %d: no answer\n", i);
			return 1;
		}
		usleep(PAUSE_US);
	}
	return 0;
}
