/* SPDX-License-Identifier: MIT */
/* connect() on netlink sockets, and the addresses of sends. */
#include "notify/netlink.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

int netlink_decode(enum addr_use use, const void *bytes, size_t len,
		   struct sockaddr_nl *ret)
{
	struct sockaddr_nl asked;
	sa_family_t family;

	memset(ret, 0, sizeof(*ret));
	if (len < sizeof(family) || len > sizeof(struct sockaddr_storage))
		return -EINVAL;
	memcpy(&family, bytes, sizeof(family));
	if (family == AF_UNSPEC && use == ADDR_FOR_CONNECT)
		return 1; /* all zero is AF_UNSPEC */
	if (family != AF_NETLINK || len < sizeof(asked))
		return -EINVAL;
	memcpy(&asked, bytes, sizeof(asked));
	if (asked.nl_pid || asked.nl_groups)
		return -EPERM;
	ret->nl_family = AF_NETLINK;
	return 0;
}

void netlink_connect_handle(struct call *c)
{
	uint8_t bytes[sizeof(struct sockaddr_storage)];
	int len = (int)c->data.args[2], r;
	struct sockaddr_nl to;

	if (len < 0 || (size_t)len > sizeof(bytes)) {
		call_answer(c, 0, -EINVAL);
		return;
	}
	r = call_read(c, c->data.args[1], bytes, (size_t)len);
	if (!r && !call_is_waiting(c)) {
		c->is_answered = true;
		return;
	}
	if (!r)
		r = netlink_decode(ADDR_FOR_CONNECT, bytes, (size_t)len, &to);
	if (r >= 0)
		r = connect(c->sock, (struct sockaddr *)&to, sizeof(to)) < 0
			    ? -errno
			    : 0;
	call_answer(c, 0, r);
}
