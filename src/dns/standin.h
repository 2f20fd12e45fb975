/* SPDX-License-Identifier: MIT */
#ifndef EF_DNS_STANDIN_H
#define EF_DNS_STANDIN_H

#include <stddef.h>

#include "wire/addr.h"

/*
 * Answers that bear the address of the server that was asked, for targets
 * that look at the sender of a datagram and read it with recvmsg(), which is
 * not translated (decision 8).
 */

/*
 * Send a datagram that comes from *from, which need not be an address of this
 * machine. Takes CAP_NET_RAW, and CAP_NET_BIND_SERVICE for a port below 1024.
 * Returns 0; -EPERM: we may not, and never will; or another -errno, such as
 * -EADDRINUSE where a server of this machine has that very address. Does not
 * block.
 */
int standin_send(const struct addr *from, const struct addr *to,
		 const void *msg, size_t len);

#endif
