/* SPDX-License-Identifier: MIT */
/* Who asks: the socket that was led here, and no other. */
#include "dns/asker.h"

#include <errno.h>

/* Where the sender of this family has sent it. */
static const struct addr *own_address(const struct redirect_server *s,
				      uint8_t family, bool is_tcp)
{
	if (family == ADDR_IP4)
		return is_tcp ? &s->tcp4 : &s->udp4;
	return is_tcp ? &s->tcp6 : &s->udp6;
}

bool asker_find(const struct asker *a, unsigned int server,
		const struct addr *source, bool is_tcp, struct redirect_peer *ret)
{
	const struct addr *own = own_address(
		redirect_server(a->redirect, server), source->family, is_tcp);
	uint64_t cookie = 0;
	int r = inetdiag_find(a->sockets, is_tcp, source, own, &cookie);

	if (r < 0 && r != -EOPNOTSUPP)
		return false; /* gone already: nobody waits for an answer */
	return redirect_find_peer(a->redirect, source, is_tcp, cookie, ret) &&
	       ret->server == server;
}
