/* SPDX-License-Identifier: MIT */
/* Looking up a name, as most programs do. */
#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <nss.h>
#include <resolv.h>
#include <sys/socket.h>

#include "timing.h"
#include "world.h"

static void look_up(void *arg)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found;
	int r = getaddrinfo(arg, "80", &hints, &found);

	if (r) {
		if (r != EAI_SYSTEM)
			errno = ENOENT;
		client_fail(gai_strerror(r));
	}
	freeaddrinfo(found);
}

/* Neither nsswitch.conf nor resolv.conf of this machine counts. */
static double measure(const char *server)
{
	char name[] = WORLD_NAME;

	if (__nss_configure_lookup("hosts", "files dns") < 0 || res_init() < 0)
		client_fail("resolver");
	_res.nscount = 1;
	_res.nsaddr_list[0].sin_family = AF_INET;
	_res.nsaddr_list[0].sin_port = htons(53);
	inet_pton(AF_INET, server, &_res.nsaddr_list[0].sin_addr);
	return timing_each_ns(look_up, name);
}

double client_lookup(void)
{
	return measure(WORLD_RESOLVER);
}

double client_lookup_forwarded(void)
{
	return measure(WORLD_FORWARDER);
}
