/* SPDX-License-Identifier: MIT */
/* Internet sockets by NETLINK_SOCK_DIAG. */
#include "dns/inetdiag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/cleanup.h"

#define LOOPBACK_IFINDEX 1 /* include/net/flow.h; in every namespace */
#define ANSWER_LIMIT_S	 5 /* the kernel never takes this */
#define ANSWER_MAX	 8192

void inetdiag_close(struct inetdiag *d)
{
	if (d->netlink >= 0)
		close(d->netlink);
	d->netlink = -1;
}

static int ask(struct inetdiag *d, uint16_t flags,
	       const struct inet_diag_req_v2 *what)
{
	struct {
		struct nlmsghdr h;
		struct inet_diag_req_v2 r;
	} q = { .h = { .nlmsg_len = sizeof(q),
		       .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		       .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags),
		       .nlmsg_seq = ++d->seq },
		.r = *what };
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	return sendto(d->netlink, &q, sizeof(q), 0, (struct sockaddr *)&kernel,
		      sizeof(kernel)) == (ssize_t)sizeof(q)
		       ? 0
		       : -EIO;
}

/* What a message of an answer is. */
enum { FOUND = 1, END = 2 };

/* An error, or the end of a list, which may bring one. */
static int read_error(struct nlmsghdr *h)
{
	int error = 0;

	if (h->nlmsg_len >= NLMSG_LENGTH(sizeof(error)))
		memcpy(&error, NLMSG_DATA(h), sizeof(error));
	else if (h->nlmsg_type == NLMSG_ERROR)
		return -EIO;
	return error < 0 ? error : END;
}

static int read_message(struct nlmsghdr *h, struct inet_diag_msg *ret)
{
	if (h->nlmsg_type == NLMSG_ERROR || h->nlmsg_type == NLMSG_DONE)
		return read_error(h);
	if (h->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
	    h->nlmsg_len < NLMSG_LENGTH(sizeof(*ret)))
		return -EIO;
	memcpy(ret, NLMSG_DATA(h), sizeof(*ret));
	return h->nlmsg_flags & NLM_F_MULTI ? FOUND : FOUND | END;
}

/* The ports that are looked for among the peers of many sockets. */
struct peers {
	const uint16_t *ports;
	unsigned int n;
	uint64_t found;
};

static void note_peer(struct peers *p, const struct inet_diag_msg *m)
{
	for (unsigned int i = 0; i < p->n; i++)
		if (m->id.idiag_dport == htons(p->ports[i]))
			p->found |= UINT64_C(1) << i;
}

/*
 * The whole answer to the last question: 1 and the last of its sockets in *ret,
 * each noted in *peers (NULL: nothing is); 0: it has none; or -errno. Only the
 * kernel's own words to that question count: any process may send to our port.
 */
static int take(struct inetdiag *d, struct inet_diag_msg *ret, struct peers *peers)
{
	uint8_t buf[ANSWER_MAX] __attribute__((aligned(8)));
	int said = 0;

	while (!(said & END)) {
		struct sockaddr_nl from = { 0 };
		socklen_t from_len = sizeof(from);
		struct nlmsghdr *h = (struct nlmsghdr *)buf;
		ssize_t n = recvfrom(d->netlink, buf, sizeof(buf), 0,
				     (struct sockaddr *)&from, &from_len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		for (; from.nl_pid == 0 && NLMSG_OK(h, n); h = NLMSG_NEXT(h, n)) {
			int r = h->nlmsg_seq == d->seq ? read_message(h, ret) : 0;

			if (r < 0)
				return r;
			if (r & FOUND && peers)
				note_peer(peers, ret);
			said |= r;
		}
	}
	return said & FOUND;
}

static int list(struct inetdiag *d, uint8_t protocol, uint8_t family,
		uint32_t states, uint16_t port, struct peers *peers)
{
	struct inet_diag_req_v2 q = {
		.sdiag_family = family,
		.sdiag_protocol = protocol,
		.idiag_states = states,
		.id.idiag_sport = htons(port),
	};
	struct inet_diag_msg m;
	int r = ask(d, NLM_F_DUMP, &q);

	return r < 0 ? r : take(d, &m, peers);
}

int inetdiag_open(struct inetdiag *d)
{
	struct timeval limit = { .tv_sec = ANSWER_LIMIT_S };
	auto_close int fd = -1;

	*d = (struct inetdiag){ .netlink = -1 };
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) < 0)
		return -errno;
	d->netlink = STEAL_FD(fd);
	/* To the question for one socket, a kernel without the list and one
	 * without the socket say the same. */
	d->has_udp = list(d, IPPROTO_UDP, AF_INET, 0, 0, NULL) >= 0;
	d->has_tcp = list(d, IPPROTO_TCP, AF_INET, 0, 0, NULL) >= 0;
	return 0;
}

static void put_address(const struct addr *a, uint32_t ret[4])
{
	memset(ret, 0, 16);
	memcpy(ret, a->ip, a->family == ADDR_IP4 ? 4 : 16);
}

int inetdiag_find(struct inetdiag *d, bool is_tcp, const struct addr *local,
		  const struct addr *peer, uint64_t *ret_cookie)
{
	/* Over UDP the kernel takes the ends the other way round, "for
	 * historical reasons" (net/ipv4/udp_diag.c). */
	const struct addr *src = is_tcp ? local : peer;
	const struct addr *dst = is_tcp ? peer : local;
	struct inet_diag_req_v2 q = {
		.sdiag_family = local->family == ADDR_IP4 ? AF_INET : AF_INET6,
		.sdiag_protocol = is_tcp ? IPPROTO_TCP : IPPROTO_UDP,
		.idiag_states = ~0u,
		.id = { .idiag_sport = htons(src->port),
			.idiag_dport = htons(dst->port),
			.idiag_if = LOOPBACK_IFINDEX,
			.idiag_cookie = { INET_DIAG_NOCOOKIE,
					  INET_DIAG_NOCOOKIE } },
	};
	struct inet_diag_msg m;
	int r;

	if (!(is_tcp ? d->has_tcp : d->has_udp))
		return -EOPNOTSUPP;
	put_address(src, q.id.idiag_src);
	put_address(dst, q.id.idiag_dst);
	r = ask(d, 0, &q);
	if (!r)
		r = take(d, &m, NULL);
	if (r < 0)
		return r;
	if (!r)
		return -ENOENT;
	*ret_cookie = (uint64_t)m.id.idiag_cookie[1] << 32 | m.id.idiag_cookie[0];
	return 0;
}

int inetdiag_peers(struct inetdiag *d, bool is_tcp, uint16_t port,
		   const uint16_t *peer_ports, unsigned int n,
		   uint64_t *ret_found)
{
	uint8_t protocol = is_tcp ? IPPROTO_TCP : IPPROTO_UDP;
	struct peers p = { .ports = peer_ports, .n = n };
	int r;

	if (!(is_tcp ? d->has_tcp : d->has_udp))
		return -EOPNOTSUPP;
	r = list(d, protocol, AF_INET, ~0u, port, &p);
	if (r >= 0)
		r = list(d, protocol, AF_INET6, ~0u, port, &p);
	*ret_found = p.found;
	return r < 0 ? r : 0;
}
