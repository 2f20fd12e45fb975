/* SPDX-License-Identifier: MIT */
/* Internet addresses: sockaddr bytes and text in, one canonical form out. */
#include "wire/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The kernel takes an IPv6 sockaddr without its scope (SIN6_LEN_RFC2133). */
#define SIN6_LEN_MIN 24

static bool has_prefix(const struct addr *a, uint8_t family, const void *prefix,
		       unsigned int bits)
{
	const uint8_t *p = prefix;
	uint8_t mask = (uint8_t)(0xff00 >> (bits % 8));

	if (a->family != family || memcmp(a->ip, p, bits / 8))
		return false;
	return bits % 8 == 0 || !((a->ip[bits / 8] ^ p[bits / 8]) & mask);
}

#define IN4(a, bits, ...)                                                      \
	has_prefix(a, ADDR_IP4, (uint8_t[4]){ __VA_ARGS__ }, bits)
#define IN6(a, bits, ...)                                                      \
	has_prefix(a, ADDR_IP6, (uint8_t[16]){ __VA_ARGS__ }, bits)

static bool is_unspecified(const struct addr *a)
{
	static const uint8_t zero[16];

	return a->family != ADDR_NONE && !memcmp(a->ip, zero, sizeof(zero));
}

static void fold_mapped(struct addr *a)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (a->family != ADDR_IP6 || memcmp(a->ip, mapped, sizeof(mapped)))
		return;
	memmove(a->ip, a->ip + 12, 4);
	memset(a->ip + 4, 0, 12);
	a->family = ADDR_IP4;
	a->scope = 0;
}

static void make_canonical(struct addr *a)
{
	fold_mapped(a);
	if (!is_unspecified(a))
		return;
	if (a->family == ADDR_IP4)
		memcpy(a->ip, (uint8_t[]){ 127, 0, 0, 1 }, 4);
	else
		a->ip[15] = 1;
}

static void take_in(const struct sockaddr_in *in, struct addr *ret)
{
	ret->family = ADDR_IP4;
	ret->port = ntohs(in->sin_port);
	memcpy(ret->ip, &in->sin_addr, 4);
}

static void take_in6(const struct sockaddr_in6 *in6, struct addr *ret)
{
	ret->family = ADDR_IP6;
	ret->port = ntohs(in6->sin6_port);
	memcpy(ret->ip, &in6->sin6_addr, 16);
	/* Only link-local addresses use the scope; elsewhere it is noise. */
	if (IN6(ret, 10, 0xfe, 0x80) || IN6(ret, 16, 0xff, 0x02))
		ret->scope = in6->sin6_scope_id;
}

int addr_decode(int domain, enum addr_use use, const void *bytes, size_t len,
		struct addr *ret)
{
	struct sockaddr_in6 ss = { 0 };
	sa_family_t family;

	memset(ret, 0, sizeof(*ret));
	if (len < sizeof(family) || len > sizeof(struct sockaddr_storage))
		return -EINVAL;
	memcpy(&ss, bytes, len < sizeof(ss) ? len : sizeof(ss));
	family = ss.sin6_family;

	if (family == AF_UNSPEC && use != ADDR_FOR_SEND)
		return 1;
	if (family == AF_UNSPEC && domain == AF_INET6)
		return 1;
	if (family == AF_UNSPEC && domain == AF_INET) {
		/* udp_sendmsg() takes 0 for AF_INET. */
		family = AF_INET;
	}
	/* tcp_v6_connect() takes nothing but an IPv6 address. */
	if (family == AF_INET && !(domain == AF_INET6 && use == ADDR_FOR_STREAM)) {
		struct sockaddr_in in;

		if (len < sizeof(in))
			return -EINVAL;
		memcpy(&in, &ss, sizeof(in));
		take_in(&in, ret);
	} else if (family == AF_INET6 && domain == AF_INET6) {
		if (len < SIN6_LEN_MIN)
			return -EINVAL;
		take_in6(&ss, ret);
	} else {
		/* ip6_datagram_connect() and the sends look at length first. */
		if (domain == AF_INET6 && len < SIN6_LEN_MIN)
			return -EINVAL;
		if (domain == AF_INET && len < sizeof(struct sockaddr_in))
			return -EINVAL;
		return -EAFNOSUPPORT;
	}
	make_canonical(ret);
	return 0;
}

static socklen_t encode6(const struct addr *a, struct sockaddr_storage *ret)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
				    .sin6_port = htons(a->port),
				    .sin6_scope_id = a->scope };
	uint8_t *ip = in6.sin6_addr.s6_addr;

	if (a->family == ADDR_IP4) {
		ip[10] = ip[11] = 0xff;
		memcpy(ip + 12, a->ip, 4);
	} else {
		memcpy(ip, a->ip, 16);
	}
	memcpy(ret, &in6, sizeof(in6));
	return sizeof(in6);
}

socklen_t addr_encode(const struct addr *a, int domain,
		      struct sockaddr_storage *ret)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_port = htons(a->port) };

	memset(ret, 0, sizeof(*ret));
	if (a->family == ADDR_NONE)
		return 0;
	if (domain == AF_INET6)
		return encode6(a, ret);
	if (domain != AF_INET || a->family != ADDR_IP4)
		return 0;
	memcpy(&in.sin_addr, a->ip, 4);
	memcpy(ret, &in, sizeof(in));
	return sizeof(in);
}

void addr_from_sockaddr(const struct sockaddr_storage *ss, struct addr *ret)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	memset(ret, 0, sizeof(*ret));
	if (ss->ss_family == AF_INET) {
		memcpy(&in, ss, sizeof(in));
		take_in(&in, ret);
	} else if (ss->ss_family == AF_INET6) {
		memcpy(&in6, ss, sizeof(in6));
		take_in6(&in6, ret);
		fold_mapped(ret);
	}
}

/* A decimal number up to max that is the whole of text. */
static bool parse_number(const char *text, uint32_t max, uint32_t *ret)
{
	unsigned long v;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	v = strtoul(text, &end, 10);
	if (errno || *end || v > max)
		return false;
	*ret = (uint32_t)v;
	return true;
}

static int parse_ip(char *ip, struct addr *ret)
{
	char *scope = strchr(ip, '%');

	if (inet_pton(AF_INET, ip, ret->ip) == 1) {
		ret->family = ADDR_IP4;
		return 0;
	}
	if (scope) {
		*scope = '\0';
		if (!parse_number(scope + 1, UINT32_MAX, &ret->scope))
			return -EINVAL;
	}
	if (inet_pton(AF_INET6, ip, ret->ip) != 1)
		return -EINVAL;
	ret->family = ADDR_IP6;
	fold_mapped(ret);
	return 0;
}

int addr_parse(const char *text, struct addr *ret)
{
	char copy[ADDR_TEXT_MAX], *ip = copy, *port = NULL, *end;
	uint32_t number = 0;
	size_t n = strlen(text);

	memset(ret, 0, sizeof(*ret));
	if (n >= sizeof(copy))
		return -EINVAL;
	memcpy(copy, text, n + 1);
	if (copy[0] == '[') {
		end = strchr(copy, ']');
		if (!end || (end[1] && end[1] != ':'))
			return -EINVAL;
		port = end[1] ? end + 2 : NULL;
		*end = '\0';
		ip = copy + 1;
		if (!strchr(ip, ':'))
			return -EINVAL;
	} else {
		end = strchr(copy, ':');
		if (end && !strchr(end + 1, ':')) {
			*end = '\0';
			port = end + 1;
		}
	}
	if (port && (!parse_number(port, 65535, &number) || !number))
		return -EINVAL;
	ret->port = (uint16_t)number;
	return parse_ip(ip, ret);
}

char *addr_text(const struct addr *a, char *buf)
{
	size_t n;

	if (a->family == ADDR_NONE) {
		strcpy(buf, "-");
		return buf;
	}
	inet_ntop(a->family == ADDR_IP4 ? AF_INET : AF_INET6, a->ip, buf,
		  INET6_ADDRSTRLEN);
	n = strlen(buf);
	if (a->scope)
		snprintf(buf + n, ADDR_TEXT_MAX - n, "%%%u", a->scope);
	return buf;
}

char *addr_port_text(const struct addr *a, char *buf)
{
	char ip[ADDR_TEXT_MAX];

	addr_text(a, ip);
	snprintf(buf, ADDR_TEXT_MAX,
		 a->family == ADDR_IP6 ? "[%.60s]:%u" : "%.60s:%u", ip, a->port);
	return buf;
}

bool addr_same_ip(const struct addr *a, const struct addr *b)
{
	return a->family == b->family && a->scope == b->scope &&
	       !memcmp(a->ip, b->ip, sizeof(a->ip));
}

bool addr_is_loopback(const struct addr *a)
{
	return IN4(a, 8, 127) || IN6(a, 128, [15] = 1);
}

bool addr_is_private(const struct addr *a)
{
	return IN4(a, 8, 10) || IN4(a, 12, 172, 16) || IN4(a, 16, 192, 168) ||
	       IN4(a, 10, 100, 64) || IN6(a, 7, 0xfc) || IN6(a, 10, 0xfe, 0xc0) ||
	       IN6(a, 48, 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01);
}

bool addr_is_metadata(const struct addr *a)
{
	return IN4(a, 16, 169, 254) || IN4(a, 32, 100, 100, 100, 200) ||
	       IN4(a, 32, 168, 63, 129, 16) || IN4(a, 32, 192, 0, 0, 192) ||
	       IN6(a, 10, 0xfe, 0x80) || IN6(a, 32, 0xfd, 0x00, 0x0e, 0xc2) ||
	       IN6(a, 32, 0xfd, 0x20, 0x00, 0xce) ||
	       IN6(a, 48, 0xfd, 0x00, 0xa9, 0xfe, 0xa9, 0xfe) ||
	       IN6(a, 128, 0xfd, 0x00, 0x00, 0x42, [15] = 0x42);
}

bool addr_is_multicast(const struct addr *a)
{
	return IN4(a, 4, 224) || IN4(a, 32, 255, 255, 255, 255) ||
	       IN6(a, 8, 0xff);
}

bool addr_never_binds(const struct addr *a)
{
	struct addr inner;

	if (addr_embedded4(a, &inner) && addr_never_binds(&inner))
		return true;
	return a->family == ADDR_NONE || is_unspecified(a) || IN4(a, 8, 0) ||
	       addr_is_loopback(a) || addr_is_metadata(a) ||
	       addr_is_multicast(a) || IN4(a, 4, 240) || IN4(a, 15, 198, 18);
}

bool addr_embedded4(const struct addr *a, struct addr *ret)
{
	size_t at;

	if (IN6(a, 96, 0x00, 0x64, 0xff, 0x9b))
		at = 12;
	else if (IN6(a, 16, 0x20, 0x02))
		at = 2;
	else if (IN6(a, 96, 0) && !addr_is_loopback(a) && !is_unspecified(a))
		at = 12;
	else
		return false;
	*ret = (struct addr){ .family = ADDR_IP4, .port = a->port };
	memcpy(ret->ip, a->ip + at, 4);
	return true;
}
