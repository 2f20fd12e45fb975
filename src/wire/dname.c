/* SPDX-License-Identifier: MIT */
/* Domain names as label arrays: validate, lower-case, compare, print. */
#include "wire/dname.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LABEL_MAX 63

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static bool is_plain_byte(uint8_t c)
{
	c = lower(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
	       c == '_';
}

int dname_from_text(const char *text, struct dname *ret)
{
	struct dname n = { 0 };

	if (!*text)
		return -EINVAL;
	while (*text) {
		size_t len = strcspn(text, ".");

		/* The final zero needs its byte too. */
		if (!len || len > LABEL_MAX || n.len + len + 2 > DNAME_WIRE_MAX)
			return -EINVAL;
		n.wire[n.len++] = (uint8_t)len;
		for (size_t i = 0; i < len; i++) {
			if (!is_plain_byte((uint8_t)text[i]))
				return -EINVAL;
			n.wire[n.len++] = lower((uint8_t)text[i]);
		}
		text += len;
		text += *text == '.';
	}
	n.wire[n.len++] = 0;
	*ret = n;
	return 0;
}

int dname_from_wire(const void *wire, size_t len, struct dname *ret)
{
	const uint8_t *p = wire;
	struct dname n = { 0 };
	size_t at = 0;

	if (len < 1 || len > DNAME_WIRE_MAX)
		return -EINVAL;
	while (p[at]) {
		size_t label = p[at];

		if (label > LABEL_MAX || at + label + 2 > len)
			return -EINVAL;
		n.wire[at] = (uint8_t)label;
		for (size_t i = 1; i <= label; i++)
			n.wire[at + i] = lower(p[at + i]);
		at += label + 1;
	}
	if (at + 1 != len)
		return -EINVAL;
	n.len = (uint8_t)len;
	*ret = n;
	return 0;
}

char *dname_text(const struct dname *n, char *buf)
{
	char *out = buf;

	if (n->len == 1)
		*out++ = '.';
	for (size_t at = 0; at + 1 < n->len; at += n->wire[at] + 1u) {
		if (at)
			*out++ = '.';
		for (size_t i = 1; i <= n->wire[at]; i++) {
			uint8_t c = n->wire[at + i];

			if (is_plain_byte(c))
				*out++ = (char)c;
			else
				out += sprintf(out, "\\%03u", c);
		}
	}
	*out = '\0';
	return buf;
}

bool dname_equal(const struct dname *a, const struct dname *b)
{
	return a->len == b->len && !memcmp(a->wire, b->wire, a->len);
}

bool dname_is_below(const struct dname *n, const struct dname *parent)
{
	size_t at = 0;

	if (!parent->len || n->len <= parent->len)
		return false;
	while (at + parent->len < n->len)
		at += n->wire[at] + 1u;
	return at + parent->len == n->len &&
	       !memcmp(n->wire + at, parent->wire, parent->len);
}

bool dname_is_plain(const struct dname *n)
{
	if (n->len < 2)
		return false;
	for (size_t at = 0; n->wire[at]; at += n->wire[at] + 1u)
		for (size_t i = 1; i <= n->wire[at]; i++)
			if (!is_plain_byte(n->wire[at + i]))
				return false;
	return true;
}

unsigned int dname_labels(const struct dname *n)
{
	unsigned int count = 0;

	for (size_t at = 0; at + 1 < n->len; at += n->wire[at] + 1u)
		count++;
	return count;
}

bool dname_parent(const struct dname *n, struct dname *ret)
{
	size_t cut;

	if (n->len < 2)
		return false;
	cut = n->wire[0] + 1u;
	ret->len = (uint8_t)(n->len - cut);
	memmove(ret->wire, n->wire + cut, ret->len);
	return true;
}

uint32_t dname_hash(const struct dname *n)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < n->len; i++)
		h = (h ^ n->wire[i]) * 16777619u;
	return h;
}
