/* SPDX-License-Identifier: MIT */
/* Sends that have to wait: for room, a deadline, a signal, an end. */
#include "send_table.h"

#include "asleep.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

struct later {
	int fd;
	bool do_close;
	bool at_once;	 /* not after a handler has run */
	bool to_the_end; /* until the other end is closed or sends "the end" */
	unsigned long long came;
};

/* The receiver's end, in the order of sending. */
static void *read_all(void *arg)
{
	int s = *(int *)arg;
	static uint8_t buf[1 << 16];
	unsigned long long n = 0, sum = 0;
	ssize_t r;

	while ((r = read(s, buf, sizeof(buf))) > 0)
		for (ssize_t i = 0; i < r; i++)
			sum = sum * 31 + buf[i], n++;
	say("reader: %llu bytes, digest %llx\n", n, sum);
	return NULL;
}

/* Much more than a buffer, to a reader that keeps up: all of it. */
static void stream_blocking(int sv[2], size_t len)
{
	uint8_t *data = malloc(len);
	struct iovec iov[2] = { { data, len / 3 },
				{ data + len / 3, len - len / 3 } };
	struct msghdr m = msg_of(iov, 2);
	pthread_t t;
	size_t i;

	for (i = 0; i < len; i++)
		data[i] = (uint8_t)(i * 7 + (i >> 11));
	pthread_create(&t, NULL, read_all, &sv[1]);
	SHOW(sendmsg(sv[0], &m, 0));
	close(sv[0]);
	pthread_join(t, NULL);
	free(data);
}

static void small_buffers(int sv[2])
{
	int size = 8192;

	setsockopt(sv[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	setsockopt(sv[1], SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

static void streams_blocking(void)
{
	int sv[2];

	tcp_pair(sv);
	stream_blocking(sv, 5 << 20);
	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	stream_blocking(sv, 5 << 20);
	tcp_pair(sv);
	stream_blocking(sv, 300000);
	/* More than is copied at once. */
	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	small_buffers(sv);
	stream_blocking(sv, 20 << 20);
}

/* Nobody reads: what fits, then EAGAIN at once or in time. */
static void stream_full(int sv[2])
{
	static char data[4 << 20];
	struct iovec iov = { data, sizeof(data) };
	struct msghdr m = msg_of(&iov, 1);
	struct timeval tv = { .tv_usec = 100000 };
	long r;

	small_buffers(sv);
	r = sendmsg(sv[0], &m, MSG_DONTWAIT);
	say("a part: %d\n", r > 0 && r < (long)sizeof(data));
	while (sendmsg(sv[0], &m, MSG_DONTWAIT) > 0)
		;
	SHOW(sendmsg(sv[0], &m, MSG_DONTWAIT));
	setsockopt(sv[0], SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	SHOW(sendmsg(sv[0], &m, 0));
	fcntl(sv[0], F_SETFL, O_NONBLOCK);
	SHOW(sendmsg(sv[0], &m, 0));
	close(sv[1]);
	signal(SIGPIPE, on_signal);
	r = sendmsg(sv[0], &m, 0);
	say("peer closed: %d\n",
	    r < 0 && (errno == ECONNRESET || errno == EPIPE));
}

static void streams_full(void)
{
	int sv[2];

	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	stream_full(sv);
	tcp_pair(sv);
	stream_full(sv);
}

/* A deadline after a part: the part is the result. */
static void stream_deadline(void)
{
	static char data[8 << 20];
	struct iovec iov = { data, sizeof(data) };
	struct msghdr m = msg_of(&iov, 1);
	struct timeval tv = { .tv_usec = 100000 };
	int sv[2];
	long r;

	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	small_buffers(sv);
	setsockopt(sv[0], SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	r = sendmsg(sv[0], &m, 0);
	say("a part: %d\n", r > 0 && r < (long)sizeof(data));
	SHOW(sendmsg(sv[0], &m, 0));
}

/* Again and again: one that comes before the call sleeps is no loss. */
static void after(int us, bool restart)
{
	struct sigaction sa = { .sa_handler = on_signal,
				.sa_flags = restart ? SA_RESTART : 0 };
	struct itimerval it = { .it_value = { 0, us }, .it_interval = { 0, us } };

	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &it, NULL);
}

/* Empties a socket once the handler has run. */
static void *read_later(void *arg)
{
	struct later *l = arg;
	static char buf[1 << 16];
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, NULL);
	while (!l->at_once && !signals_seen())
		usleep(1000);
	wait_asleep(getpid()); /* it has called again */
	if (l->do_close) {
		close(l->fd);
		return NULL;
	}
	if (l->to_the_end) {
		ssize_t n;

		while ((n = recv(l->fd, buf, sizeof(buf), 0)) > 0)
			if (n == 7 && !memcmp(buf, "the end", 7))
				break;
			else
				l->came += (unsigned long long)n;
		return NULL;
	}
	while (recv(l->fd, buf, sizeof(buf), MSG_DONTWAIT) > 0)
		usleep(100);
	return NULL;
}

static void fill_up(int s)
{
	static char data[1 << 16];

	while (send(s, data, sizeof(data), MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
		;
	while (send(s, data, 1, MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
		;
}

/* A signal while nothing has been sent yet. */
static void stream_signals(void)
{
	struct iovec iov = { (char[]){ "late" }, 4 };
	struct msghdr m = msg_of(&iov, 1);
	struct timeval tv = { .tv_sec = 50 };
	struct later l = { 0 };
	pthread_t t;
	int sv[2];

	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	small_buffers(sv);
	fill_up(sv[0]);
	after(50000, false);
	SHOW(sendmsg(sv[0], &m, 0)); /* EINTR */
	signals_forget();
	l.fd = sv[1];
	pthread_create(&t, NULL, read_later, &l);
	after(50000, true);
	SHOW(sendmsg(sv[0], &m, 0)); /* restarted, then goes out */
	pthread_join(t, NULL);
	setsockopt(sv[0], SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	fill_up(sv[0]);
	after(50000, true);
	SHOW(sendmsg(sv[0], &m, 0)); /* with a deadline: EINTR all the same */
}

/* A signal after a part: the part counts. */
static void stream_signal_part(void)
{
	static char data[6 << 20];
	struct iovec iov = { data, sizeof(data) };
	struct msghdr m = msg_of(&iov, 1);
	int sv[2];
	long r;

	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	small_buffers(sv);
	signals_forget();
	after(50000, true);
	r = sendmsg(sv[0], &m, 0);
	say("a part: %d, a signal: %d\n",
	    r > 0 && r<(long)sizeof(data), signals_seen()> 0);
}

/* The other end goes away while a send waits. */
static void stream_broken(void)
{
	static char data[1 << 20];
	struct iovec iov = { data, sizeof(data) };
	struct msghdr m = msg_of(&iov, 1);
	struct later l = { .do_close = true };
	pthread_t t;
	int sv[2];
	long r;

	signal(SIGPIPE, SIG_IGN);
	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	small_buffers(sv);
	signals_forget();
	l.fd = sv[1];
	pthread_create(&t, NULL, read_later, &l);
	fill_up(sv[0]);
	signals_pretend();
	r = sendmsg(sv[0], &m, 0);
	say("broken: %d\n", r < 0 && (errno == ECONNRESET || errno == EPIPE));
	pthread_join(t, NULL);
}

static void dgram_blocking(void)
{
	struct iovec iov = { (char[]){ "datagram" }, 8 };
	struct msghdr m = msg_of(&iov, 1);
	struct timeval tv = { .tv_usec = 100000 };
	struct mmsghdr v[3];
	struct later l = { 0 };
	int sv[2], i;
	pthread_t t;

	socketpair(AF_UNIX, SOCK_DGRAM, 0, sv);
	for (i = 0; sendmsg(sv[0], &m, MSG_DONTWAIT) > 0; i++)
		;
	say("queue of %d\n", i);
	SHOW(sendmsg(sv[0], &m, MSG_DONTWAIT));
	setsockopt(sv[0], SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	SHOW(sendmsg(sv[0], &m, 0));
	tv.tv_usec = 0;
	setsockopt(sv[0], SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	l = (struct later){ .fd = sv[1], .at_once = true };
	pthread_create(&t, NULL, read_later, &l);
	SHOW(sendmsg(sv[0], &m, 0));
	pthread_join(t, NULL);
	fill_up(sv[0]);
	pthread_create(&t, NULL, read_later, &l);
	for (i = 0; i < 3; i++) {
		memset(&v[i], 0, sizeof(v[i]));
		v[i].msg_hdr = m;
	}
	SHOW(syscall(SYS_sendmmsg, sv[0], v, 3, 0));
	say("length %u\n", v[0].msg_len);
	pthread_join(t, NULL);
}

/* Several messages of which the first fit: the call waits with the others. */
static void vector_waits(int type)
{
	struct timeval tv = { .tv_usec = 100000 };
	struct iovec iov[8];
	struct mmsghdr v[8] = { 0 };
	struct later l = { .at_once = true };
	static char data[300000];
	size_t n = type == SOCK_DGRAM ? 8 : sizeof(data);
	char byte[8];
	pthread_t t;
	int sv[2];

	socketpair(AF_UNIX, type, 0, sv);
	small_buffers(sv);
	for (int i = 0; i < 8; i++) {
		iov[i] = (struct iovec){ data, n + (size_t)i };
		v[i].msg_hdr = msg_of(&iov[i], 1);
	}
	if (type == SOCK_DGRAM) {
		fill_up(sv[0]);
		for (int i = 0; i < 3; i++)
			recv(sv[1], byte, sizeof(byte), MSG_DONTWAIT);
	}
	setsockopt(sv[0], SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	SHOW(syscall(SYS_sendmmsg, sv[0], v, 8, 0));
	for (int i = 0; i < 8; i++)
		say("%d ",
		    type == SOCK_DGRAM ? (int)v[i].msg_len : v[i].msg_len > 0);
	tv.tv_usec = 0;
	setsockopt(sv[0], SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	if (type == SOCK_DGRAM) {
		for (int i = 0; i < 3; i++)
			recv(sv[1], byte, sizeof(byte), MSG_DONTWAIT);
		after(50000, true);
		SHOW(syscall(SYS_sendmmsg, sv[0], v, 8, 0)); /* 3, with it */
		after(0, true);
	}
	l.fd = sv[1];
	l.to_the_end = true;
	pthread_create(&t, NULL, read_later, &l);
	SHOW(syscall(SYS_sendmmsg, sv[0], v, 8, 0));
	for (int i = 0; i < 8; i++)
		say("%u ", v[i].msg_len);
	send(sv[0], "the end", 7, 0);
	close(sv[0]);
	pthread_join(t, NULL);
	say("came: %d\n", l.came >= n * 8);
}

static void vectors_wait(void)
{
	vector_waits(SOCK_DGRAM);
	vector_waits(SOCK_STREAM);
}

void cases_wait(void)
{
	play("streams_blocking", streams_blocking);
	play("streams_full", streams_full);
	play("stream_deadline", stream_deadline);
	play("stream_signals", stream_signals);
	play("stream_signal_part", stream_signal_part);
	play("stream_broken", stream_broken);
	play("dgram_blocking", dgram_blocking);
	play("vectors_wait", vectors_wait);
}
