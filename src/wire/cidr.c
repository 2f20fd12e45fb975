/* SPDX-License-Identifier: MIT */
/* Networks in CIDR notation (RFC 4632, RFC 4291 section 2.3). */
#include "wire/cidr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* One to three digits, no sign, at most max. */
static bool parse_prefix(const char *text, unsigned int max, unsigned int *ret)
{
	unsigned int v = 0;
	size_t n = strlen(text);

	if (n < 1 || n > 3 || (n > 1 && text[0] == '0'))
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		v = v * 10 + (unsigned int)(*text - '0');
	}
	*ret = v;
	return v <= max;
}

static void fold_mapped(struct addr *net, unsigned int *prefix)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (net->family != ADDR_IP6 || *prefix < 96 ||
	    memcmp(net->ip, mapped, sizeof(mapped)))
		return;
	memmove(net->ip, net->ip + 12, 4);
	memset(net->ip + 4, 0, 12);
	net->family = ADDR_IP4;
	*prefix -= 96;
}

void cidr_mask(struct addr *a, uint8_t prefix)
{
	if (prefix % 8)
		a->ip[prefix / 8] &= (uint8_t)(0xff00 >> prefix % 8);
	for (size_t i = (prefix + 7u) / 8; i < sizeof(a->ip); i++)
		a->ip[i] = 0;
}

int cidr_parse(const char *text, struct addr *ret_net, uint8_t *ret_prefix,
	       bool *ret_host_bits)
{
	char copy[ADDR_TEXT_MAX], *slash;
	struct addr net = { 0 }, masked;
	unsigned int prefix;

	if (strlen(text) >= sizeof(copy))
		return -EINVAL;
	strcpy(copy, text);
	slash = strchr(copy, '/');
	if (slash)
		*slash = '\0';
	if (inet_pton(AF_INET, copy, net.ip) == 1)
		net.family = ADDR_IP4;
	else if (inet_pton(AF_INET6, copy, net.ip) == 1)
		net.family = ADDR_IP6;
	else
		return -EINVAL;
	prefix = net.family == ADDR_IP4 ? 32 : 128;
	if (slash && !parse_prefix(slash + 1, prefix, &prefix))
		return -ERANGE;
	fold_mapped(&net, &prefix);
	masked = net;
	cidr_mask(&masked, (uint8_t)prefix);
	*ret_host_bits = memcmp(masked.ip, net.ip, sizeof(net.ip)) != 0;
	*ret_net = masked;
	*ret_prefix = (uint8_t)prefix;
	return 0;
}

char *cidr_text(const struct addr *net, uint8_t prefix, char *buf)
{
	struct addr bare = *net;
	char ip[ADDR_TEXT_MAX];

	bare.scope = 0;
	snprintf(buf, CIDR_TEXT_MAX, "%s/%u", addr_text(&bare, ip), prefix);
	return buf;
}

bool cidr_contains(const struct addr *net, uint8_t prefix, const struct addr *a)
{
	struct addr masked = *a;

	cidr_mask(&masked, prefix);
	return masked.family == net->family &&
	       !memcmp(masked.ip, net->ip, sizeof(net->ip));
}
