/* SPDX-License-Identifier: MIT */
/* Datagrams in the name of a server. */
#include "dns/standin.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/cleanup.h"

#ifndef IPV6_TRANSPARENT
#define IPV6_TRANSPARENT 75 /* linux/in6.h */
#endif

int standin_send(const struct addr *from, const struct addr *to,
		 const void *msg, size_t len)
{
	bool is_ip4 = to->family == ADDR_IP4;
	int domain = is_ip4 ? AF_INET : AF_INET6, on = 1;
	struct sockaddr_storage ss;
	auto_close int fd = -1;
	socklen_t ss_len;

	if (from->family != to->family)
		return -EAFNOSUPPORT;
	fd = socket(domain, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, is_ip4 ? IPPROTO_IP : IPPROTO_IPV6,
		       is_ip4 ? IP_TRANSPARENT : IPV6_TRANSPARENT, &on,
		       sizeof(on)))
		return -errno;
	/* Without SO_REUSEADDR: questions to a server of this machine must go
	 * on to reach that one. */
	ss_len = addr_encode(from, domain, &ss);
	if (bind(fd, (struct sockaddr *)&ss, ss_len))
		return -errno;
	ss_len = addr_encode(to, domain, &ss);
	return sendto(fd, msg, len, MSG_NOSIGNAL, (struct sockaddr *)&ss,
		      ss_len) < 0
		       ? -errno
		       : 0;
}
