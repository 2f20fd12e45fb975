/* SPDX-License-Identifier: MIT */
/* Sockets of ours to the resolvers, which nobody else may answer. */
#include "dns/outlet.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"

#define PORTS_MAX 8 /* tried, until one is not watched for */

static int connect_anew(const struct addr *server, struct outlet *ret)
{
	int domain = server->family == ADDR_IP4 ? AF_INET : AF_INET6;
	int type = ret->is_tcp ? SOCK_STREAM : SOCK_DGRAM;
	struct sockaddr_storage ss;
	socklen_t len = addr_encode(server, domain, &ss);
	auto_close int fd = -1;
	struct addr own;

	fd = socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&ss, len) && errno != EINPROGRESS)
		return -errno;
	len = sizeof(ss);
	if (getsockname(fd, (struct sockaddr *)&ss, &len))
		return -errno;
	addr_from_sockaddr(&ss, &own);
	ret->port = own.port;
	ret->fd = STEAL_FD(fd);
	return 0;
}

/*
 * Could somebody answer in the server's place? Where the server is on this
 * machine a target may have a socket with its address, too, and have connected
 * it to our port before that was ours; then nobody would see what it sends. The
 * port is claimed by now: who connects from here on is refused, who was about
 * to is seen as approaching, and who did it before is on the kernel's list.
 */
static bool is_watched_for(struct redirect *r, struct inetdiag *sockets,
			   const struct addr *server, uint16_t port)
{
	int found;

	if (!redirect_is_local(server))
		return false;
	if (redirect_is_approached(r, port))
		return true;
	found = inetdiag_has_udp_pair(sockets, server->port, port);
	return found != 0 && found != -EOPNOTSUPP;
}

int outlet_open(struct redirect *r, struct inetdiag *sockets,
		const struct addr *server, bool is_tcp, struct outlet *ret)
{
	*ret = (struct outlet){ .fd = -1, .is_tcp = is_tcp };
	for (int i = 0; i < PORTS_MAX; i++) {
		int rc = connect_anew(server, ret);

		if (rc)
			return rc;
		redirect_claim_port(r, ret->port, is_tcp);
		if (is_tcp || !is_watched_for(r, sockets, server, ret->port))
			return 0;
		outlet_close(r, ret);
	}
	return -EADDRINUSE;
}

void outlet_close(struct redirect *r, struct outlet *o)
{
	close(o->fd);
	o->fd = -1;
	redirect_release_port(r, o->port, o->is_tcp);
}
