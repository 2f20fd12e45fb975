/* SPDX-License-Identifier: MIT */
#ifndef EF_WIRE_CIDR_H
#define EF_WIRE_CIDR_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/addr.h"

/*
 * Networks: an address and how many of its bits count. A network inside
 * ::ffff:0:0/96 is the IPv4 network it maps. Pure: no I/O.
 */
#define CIDR_TEXT_MAX (ADDR_TEXT_MAX + 4)

/*
 * Read "192.0.2.0/24", "2001:db8::/32" or an address alone, which is a network
 * of one. Stores the network with its host bits zero and whether one of them
 * was set. Returns 0; -EINVAL when the address is none; -ERANGE when the
 * number behind the slash is none or too large.
 */
int cidr_parse(const char *text, struct addr *ret_net, uint8_t *ret_prefix,
	       bool *ret_host_bits);

/* Write it into buf (CIDR_TEXT_MAX) and return buf. */
char *cidr_text(const struct addr *net, uint8_t prefix, char *buf);

/* True when the address is in the network; ports and scopes do not count. */
bool cidr_contains(const struct addr *net, uint8_t prefix, const struct addr *a);

/* Set all bits behind the first prefix ones to zero. */
void cidr_mask(struct addr *a, uint8_t prefix);

#endif
