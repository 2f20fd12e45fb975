/* SPDX-License-Identifier: MIT */
/* Names of the reverse zones, read back into addresses. */
#include "policy/reverse.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static bool octet(const uint8_t *label, uint8_t *ret)
{
	unsigned int v = 0;

	if (label[0] < 1 || label[0] > 3 || (label[0] > 1 && label[1] == '0'))
		return false;
	for (size_t i = 1; i <= label[0]; i++) {
		if (label[i] < '0' || label[i] > '9')
			return false;
		v = v * 10 + label[i] - '0';
	}
	*ret = (uint8_t)v;
	return v <= 255;
}

static bool nibble(const uint8_t *label, uint8_t *ret)
{
	uint8_t c = label[1];

	if (label[0] != 1)
		return false;
	if (c >= '0' && c <= '9')
		*ret = (uint8_t)(c - '0');
	else if (c >= 'a' && c <= 'f')
		*ret = (uint8_t)(c - 'a' + 10);
	else
		return false;
	return true;
}

/* The labels left of the zone; false unless there are exactly n. */
static bool labels_below(const struct dname *name, const char *zone, size_t n,
			 const uint8_t **ret)
{
	struct dname z;
	const uint8_t *at = name->wire;

	if (dname_from_text(zone, &z) < 0 || !dname_is_below(name, &z) ||
	    dname_labels(name) != dname_labels(&z) + n)
		return false;
	for (size_t i = 0; i < n; i++, at += at[0] + 1)
		ret[i] = at;
	return true;
}

bool reverse_address(const struct dname *name, struct addr *ret)
{
	const uint8_t *labels[32];
	struct addr a = { 0 };

	if (labels_below(name, "in-addr.arpa", 4, labels)) {
		a.family = ADDR_IP4;
		for (size_t i = 0; i < 4; i++)
			if (!octet(labels[i], &a.ip[3 - i]))
				return false;
	} else if (labels_below(name, "ip6.arpa", 32, labels)) {
		a.family = ADDR_IP6;
		for (size_t i = 0; i < 32; i++) {
			uint8_t v;

			if (!nibble(labels[31 - i], &v))
				return false;
			a.ip[i / 2] |= (uint8_t)(i % 2 ? v : v << 4);
		}
	} else {
		return false;
	}
	*ret = a;
	return true;
}
