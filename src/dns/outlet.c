/* SPDX-License-Identifier: MIT */
/* Sockets of ours to the resolvers, which nobody else may answer. */
#include "dns/outlet.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"

/* How many ports are tried of those that others may be waiting for. */
#define STREAM_TRIES 8

static int connect_to(int fd, const struct addr *server)
{
	int domain = server->family == ADDR_IP4 ? AF_INET : AF_INET6;
	struct sockaddr_storage ss;
	socklen_t len = addr_encode(server, domain, &ss);

	return connect(fd, (struct sockaddr *)&ss, len) && errno != EINPROGRESS
		       ? -errno
		       : 0;
}

/* A socket with a port, which bind() or connect() gives it. */
static int open_anew(const struct addr *server, bool is_connected,
		     struct outlet *ret)
{
	int domain = server->family == ADDR_IP4 ? AF_INET : AF_INET6;
	int type = ret->is_tcp ? SOCK_STREAM : SOCK_DGRAM;
	struct sockaddr_storage ss = { .ss_family = (sa_family_t)domain };
	socklen_t len = sizeof(ss);
	auto_close int fd = -1;
	struct addr own;
	int rc = 0;

	fd = socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (is_connected)
		rc = connect_to(fd, server);
	else if (bind(fd, (struct sockaddr *)&ss, len))
		rc = -errno;
	if (rc)
		return rc;
	if (getsockname(fd, (struct sockaddr *)&ss, &len))
		return -errno;
	addr_from_sockaddr(&ss, &own);
	ret->port = own.port;
	ret->fd = STEAL_FD(fd);
	return 0;
}

static int open_claimed(struct redirect *r, const struct addr *server,
			bool is_tcp, bool is_connected, struct outlet *ret)
{
	int rc;

	*ret = (struct outlet){ .fd = -1, .is_tcp = is_tcp };
	rc = open_anew(server, is_connected, ret);
	if (!rc)
		redirect_claim_port(r, ret->port, is_tcp);
	return rc;
}

/*
 * For which of them could somebody answer in the server's place? Where the
 * server is on this machine a target may have a socket with its address, too,
 * and have connected it to our port before that was ours; then nobody would see
 * what it sends. The ports are claimed by now: who connects from here on is
 * refused, who was about to is seen as approaching, and who did it before is on
 * the kernel's list. A bit for each. Where there is no such list nobody can say.
 */
static int watched_for(struct redirect *r, struct inetdiag *sockets,
		       const struct addr *server, const struct outlets *o,
		       uint64_t *ret)
{
	uint64_t found = 0;
	uint16_t ports[OUTLETS_MAX];
	int rc;

	*ret = 0;
	for (unsigned int i = 0; i < o->n; i++) {
		ports[i] = o->list[i].port;
		if (redirect_is_approached(r, ports[i]))
			*ret |= UINT64_C(1) << i;
	}
	rc = inetdiag_peers(sockets, o->list[0].is_tcp, server->port, ports,
			    o->n, &found);
	*ret |= rc ? UINT64_MAX : found;
	return rc;
}

/* Fill an empty stock. 0 or -errno: not one could be opened. */
static int fill(struct redirect *r, struct inetdiag *sockets,
		const struct addr *server, struct outlets *stock)
{
	struct outlets o = { 0 };
	uint64_t watched;
	int rc = 0;

	for (; o.n < OUTLETS_MAX; o.n++) {
		rc = open_claimed(r, server, false, true, &o.list[o.n]);
		if (rc)
			break;
	}
	if (!o.n)
		return rc;
	rc = watched_for(r, sockets, server, &o, &watched);
	for (unsigned int i = 0; i < o.n; i++)
		if (watched >> i & 1)
			outlet_close(r, &o.list[i]);
		else
			stock->list[stock->n++] = o.list[i];
	return stock->n ? 0 : rc == -EOPNOTSUPP ? rc : -EADDRINUSE;
}

/*
 * Over TCP two that connect to each other are connected, and neither listens
 * (RFC 9293 section 3.5). So it is asked before ours connects who does already
 * to the port that it will have.
 */
static int open_stream(struct redirect *r, struct inetdiag *sockets,
		       const struct addr *server, struct outlet *ret)
{
	struct outlets one = { .n = 1 };
	uint64_t watched = 1;
	int rc = 0;

	for (int i = 0; watched && i < STREAM_TRIES; i++) {
		rc = open_claimed(r, server, true, false, &one.list[0]);
		if (rc)
			return rc;
		rc = watched_for(r, sockets, server, &one, &watched);
		if (watched)
			outlet_close(r, &one.list[0]);
	}
	if (watched)
		return rc ? rc : -EADDRINUSE;
	rc = connect_to(one.list[0].fd, server);
	if (rc)
		outlet_close(r, &one.list[0]);
	*ret = one.list[0];
	return rc;
}

int outlet_open(struct redirect *r, struct inetdiag *sockets,
		const struct addr *server, bool is_tcp, struct outlets *stock,
		struct outlet *ret)
{
	int rc;

	if (!stock->n && !redirect_is_local(server))
		return open_claimed(r, server, is_tcp, true, ret);
	if (is_tcp)
		return open_stream(r, sockets, server, ret);
	rc = stock->n ? 0 : fill(r, sockets, server, stock);
	if (!rc)
		*ret = stock->list[--stock->n];
	return rc;
}

void outlets_close(struct redirect *r, struct outlets *stock)
{
	while (stock->n)
		outlet_close(r, &stock->list[--stock->n]);
}

void outlet_close(struct redirect *r, struct outlet *o)
{
	close(o->fd);
	o->fd = -1;
	redirect_release_port(r, o->port, o->is_tcp);
}
