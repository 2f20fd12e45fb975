/* SPDX-License-Identifier: MIT */
#ifndef EF_DNS_RESOLVCONF_H
#define EF_DNS_RESOLVCONF_H

#include <stddef.h>

#include "wire/addr.h"
#include "wire/dname.h"

/*
 * Snapshots of resolv.conf(5) and hosts(5), taken once before the target
 * exists. Pure: text in, structs out.
 */
#define RESOLVCONF_SERVERS_MAX 8
#define RESOLVCONF_SEARCH_MAX  8
#define HOSTS_MAX	       4096

struct resolvconf {
	struct addr servers[RESOLVCONF_SERVERS_MAX]; /* port 53 */
	size_t n_servers;
	struct dname search[RESOLVCONF_SEARCH_MAX];
	size_t n_search;
};

struct host_entry {
	struct addr addr;
	struct dname name;
};

/* Read text; no nameserver line means 127.0.0.1 (resolv.conf(5)). Lines that
 * cannot be read are passed over. An interface name after '%' is looked up. */
void resolvconf_parse(const char *text, struct resolvconf *ret);

/* Read up to max entries; localhost names are left out. Returns the number. */
size_t hosts_parse(const char *text, struct host_entry *ret, size_t max);

#endif
