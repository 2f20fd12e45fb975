/* SPDX-License-Identifier: MIT */
#ifndef EF_DNS_ASKER_H
#define EF_DNS_ASKER_H

#include <stdbool.h>

#include "dns/inetdiag.h"
#include "gate/redirect.h"

/*
 * Who asks (R7): the sockets that notify led here. A port alone does not say
 * so: when that socket is closed, anybody may have the port next, also outside
 * the session. Where the kernel has no list of its sockets, the port has to do.
 */
struct asker {
	struct redirect *redirect;
	struct inetdiag *sockets;
};

/*
 * True and *ret when the sender of what arrived at our socket for this server
 * is the one that was led there. May block for REDIRECT_PATIENCE_MS.
 */
bool asker_find(const struct asker *a, unsigned int server,
		const struct addr *source, bool is_tcp,
		struct redirect_peer *ret);

#endif
