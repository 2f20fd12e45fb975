/* SPDX-License-Identifier: MIT */
/* Usage: client WHAT; prints the nanoseconds that one of it takes. */
#include "client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECONDS_MAX 20 /* whoever supervises us may have lost the thread */

static const struct {
	const char *name;
	double (*measure)(void);
} list[] = {
	{ "getppid", client_getppid },
	{ "tcp-connect", client_tcp_connect },
	{ "tcp-send-1k", client_tcp_send_1k },
	{ "tcp-send-64k", client_tcp_send_64k },
	{ "tcp-sendmsg-1k", client_tcp_sendmsg_1k },
	{ "tcp-sendmsg-64k", client_tcp_sendmsg_64k },
	{ "udp-connect", client_udp_connect },
	{ "udp-connect-16", client_udp_connect_16 },
	{ "udp-sendto", client_udp_sendto },
	{ "udp-sendmsg", client_udp_sendmsg },
	{ "udp-sendmmsg", client_udp_sendmmsg },
	{ "lookup", client_lookup },
	{ "lookup-forwarded", client_lookup_forwarded },
	{ "denied", client_denied },
};

void client_fail(const char *what)
{
	fprintf(stderr, "client: %s: %s\n", what, strerror(errno));
	exit(1);
}

int main(int argc, char **argv)
{
	alarm(SECONDS_MAX);
	for (size_t i = 0; argc == 2 && i < sizeof(list) / sizeof(*list); i++) {
		if (strcmp(list[i].name, argv[1]) != 0)
			continue;
		printf("%.1f\n", list[i].measure());
		return 0;
	}
	fprintf(stderr, "usage: client WHAT\n");
	return 2;
}
