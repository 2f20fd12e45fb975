// SPDX-License-Identifier: MIT
// Whatever the files say, what comes out is within bounds and canonical.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dns/resolvconf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool claim)
{
	if (!claim)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char text[65536];
	static struct host_entry hosts[64];
	struct resolvconf conf;
	size_t n;

	if (size >= sizeof(text))
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	resolvconf_parse(text, &conf);
	must(conf.n_servers >= 1 && conf.n_servers <= RESOLVCONF_SERVERS_MAX);
	must(conf.n_search <= RESOLVCONF_SEARCH_MAX);
	for (size_t i = 0; i < conf.n_servers; i++)
		must(conf.servers[i].family && conf.servers[i].port == 53);
	for (size_t i = 0; i < conf.n_search; i++)
		must(dname_is_plain(&conf.search[i]));
	n = hosts_parse(text, hosts, 64);
	must(n <= 64);
	for (size_t i = 0; i < n; i++)
		must(dname_is_plain(&hosts[i].name) && !hosts[i].addr.port);
	return 0;
}
