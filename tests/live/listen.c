/* SPDX-License-Identifier: MIT */
/*
 * Tries to listen everywhere where only loopback is allowed: listen() on a
 * socket that is connected to a listener of its own on 127.0.0.1, while another
 * thread lets go of the peer, and so of the address.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define TRIES	  3000
#define SPIN_MAX  60000
#define N_THREADS 2

static int sock, server;
static unsigned int spin;
static pthread_barrier_t turn;

static void *let_go(void *arg)
{
	struct sockaddr_in none = { .sin_family = AF_UNSPEC };

	for (;;) {
		pthread_barrier_wait(&turn);
		for (volatile unsigned int i = 0; i < spin; i++)
			;
		connect(sock, (struct sockaddr *)&none, sizeof(none));
		pthread_barrier_wait(&turn);
	}
	return arg;
}

static void *serve(void *arg)
{
	for (;;)
		close(accept(server, NULL, NULL));
	return arg;
}

static int start_server(struct sockaddr_in *a)
{
	socklen_t len = sizeof(*a);
	pthread_t t;

	server = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(server, (struct sockaddr *)a, len) < 0 ||
	    listen(server, TRIES) < 0 ||
	    getsockname(server, (struct sockaddr *)a, &len) < 0)
		return -1;
	return pthread_create(&t, NULL, serve, NULL);
}

static int listens_everywhere(void)
{
	struct sockaddr_in a = { 0 };
	socklen_t len = sizeof(a), int_len = sizeof(int);
	int listens = 0;

	getsockname(sock, (struct sockaddr *)&a, &len);
	getsockopt(sock, SOL_SOCKET, SO_ACCEPTCONN, &listens, &int_len);
	return listens && a.sin_addr.s_addr == htonl(INADDR_ANY);
}

int main(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int n_won = 0;
	pthread_t t;

	pthread_barrier_init(&turn, NULL, N_THREADS);
	if (start_server(&to) < 0 || pthread_create(&t, NULL, let_go, NULL))
		return 2;
	for (int i = 0; i < TRIES; i++) {
		sock = socket(AF_INET, SOCK_STREAM, 0);
		if (connect(sock, (struct sockaddr *)&to, sizeof(to)) < 0) {
			perror("connect");
			return 2;
		}
		spin = (unsigned int)rand() % SPIN_MAX;
		pthread_barrier_wait(&turn);
		listen(sock, 1);
		pthread_barrier_wait(&turn);
		n_won += listens_everywhere();
		close(sock);
	}
	printf("%d\n", n_won);
	return 0;
}
