/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_NETLINK_H
#define EF_NOTIFY_NETLINK_H

#include <linux/netlink.h>
#include <stddef.h>

#include "notify/call.h"
#include "wire/addr.h"

/*
 * AF_NETLINK (netlink(7)): how programs ask the kernel for addresses and
 * routes. The kernel itself is the only destination: port 0 and no groups.
 * Whoever names another process's port or a group gets what an unprivileged
 * program gets natively, EPERM; so nothing here needs a verdict.
 */

/*
 * Decode the len bytes of a sockaddr as a netlink socket would take them and
 * encode the address anew. Returns 0; -EINVAL as Linux would; -EPERM: not the
 * kernel; 1: "disconnect" (AF_UNSPEC, connect only), *ret is what says so.
 * Pure.
 */
int netlink_decode(enum addr_use use, const void *bytes, size_t len,
		   struct sockaddr_nl *ret);

/* Handle connect() on a netlink socket whose duplicate has been taken. */
void netlink_connect_handle(struct call *c);

#endif
