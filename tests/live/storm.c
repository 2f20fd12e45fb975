/* SPDX-License-Identifier: MIT */
/*
 * Numbered datagrams from a sender in a storm of signals to a receiver that
 * is no target and counts each:
 *
 *	storm receive FILE	bind a port, write it to FILE, print the count
 *	storm send PORT		send them all, print what went wrong
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define N_DATAGRAMS 20000u
/* Few enough to fit the receiver's buffer: what is lost is lost by us. */
#define BATCH	    50u
#define QUIET_S	    20 /* and the receiver gives up */
#define INTERVAL_US 100

enum ack { GO_ON = 'g', GIVE_UP = 'x' };

static volatile sig_atomic_t n_signals;

static void on_alarm(int s)
{
	(void)s;
	n_signals++;
}

static int udp(void)
{
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	if (s < 0)
		exit(99);
	return s;
}

static struct sockaddr_in loopback(int port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons((uint16_t)port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

/* ---- the receiver ---- */

static void tell_port(int s, const char *path)
{
	struct sockaddr_in a;
	socklen_t len = sizeof(a);
	FILE *f = fopen(path, "w");

	if (getsockname(s, (struct sockaddr *)&a, &len) < 0 || !f)
		exit(98);
	fprintf(f, "%d\n", ntohs(a.sin_port));
	fclose(f);
}

static void acknowledge(int s, const struct sockaddr_in *to, char what)
{
	sendto(s, &what, 1, 0, (const struct sockaddr *)to, sizeof(*to));
}

static int receive(const char *path)
{
	static uint8_t times[N_DATAGRAMS];
	struct sockaddr_in a = loopback(0), from = a;
	struct timeval quiet = { .tv_sec = QUIET_S };
	unsigned int n_seen = 0, n_doubled = 0;
	socklen_t len = sizeof(from);
	uint32_t number;
	int s = udp();

	setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &quiet, sizeof(quiet));
	if (bind(s, (struct sockaddr *)&a, sizeof(a)) < 0)
		return 97;
	tell_port(s, path);
	/* One past the last says that all were sent. */
	while (recvfrom(s, &number, sizeof(number), 0, (struct sockaddr *)&from,
			&len) == sizeof(number) &&
	       number < N_DATAGRAMS) {
		n_doubled += times[number] > 0;
		if (times[number]++)
			continue;
		if (++n_seen % BATCH == 0)
			acknowledge(s, &from, GO_ON);
	}
	acknowledge(s, &from, GIVE_UP);
	printf("lost %u, doubled %u of %u\n", N_DATAGRAMS - n_seen, n_doubled,
	       N_DATAGRAMS);
	return 0;
}

/* ---- the sender ---- */

static void start_storm(void)
{
	struct sigaction sa = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };
	struct itimerval it = { { 0, INTERVAL_US }, { 0, INTERVAL_US } };

	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &it, NULL);
}

static ssize_t send_one(int s, struct sockaddr_in *to, uint32_t number)
{
	struct iovec iov = { &number, sizeof(number) };
	struct msghdr m = { .msg_name = to,
			    .msg_namelen = sizeof(*to),
			    .msg_iov = &iov,
			    .msg_iovlen = 1 };

	if (number % 2)
		return sendmsg(s, &m, 0);
	return sendto(s, &number, sizeof(number), 0, (struct sockaddr *)to,
		      sizeof(*to));
}

static bool wait_for_ack(int s)
{
	char ack = GIVE_UP;

	return recv(s, &ack, 1, 0) == 1 && ack == GO_ON;
}

static int send_all(int port)
{
	struct sockaddr_in to = loopback(port);
	unsigned int n_wrong = 0;
	uint32_t number;
	int s = udp();

	start_storm();
	for (number = 0; number < N_DATAGRAMS; number++) {
		if (send_one(s, &to, number) != sizeof(number) && !n_wrong++)
			fprintf(stderr, "number %u: %s\n", number,
				strerrorname_np(errno));
		if (number % BATCH == BATCH - 1 && !wait_for_ack(s))
			break;
	}
	send_one(s, &to, N_DATAGRAMS);
	printf("sent %u, wrong %u, %s\n", number, n_wrong,
	       n_signals > 100 ? "in a storm" : "in fair weather");
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "receive"))
		return receive(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "send"))
		return send_all(atoi(argv[2]));
	return 96;
}
