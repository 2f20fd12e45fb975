// SPDX-License-Identifier: MIT
// Socket addresses as a target writes them: what is taken is canonical, goes
// to the kernel in one exact form, and comes back from there the same.
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/addr.h"
#include "wire/unixaddr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool claim)
{
	if (!claim)
		abort();
}

static bool is_zero(const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < len; i++)
		if (p[i])
			return false;
	return true;
}

static bool is_same(const struct addr *a, const struct addr *b)
{
	return addr_same_ip(a, b) && a->port == b->port;
}

static void must_be_canonical(const struct addr *a)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	must(a->family == ADDR_IP4 || a->family == ADDR_IP6);
	must(!is_zero(a->ip, sizeof(a->ip)));
	if (a->family == ADDR_IP4)
		must(is_zero(a->ip + 4, 12) && !a->scope);
	else
		must(memcmp(a->ip, mapped, sizeof(mapped)) != 0);
}

/* What is handed to the kernel: the family told, every byte that is no part
 * of the address zero. */
static void must_be_exact(const struct sockaddr_storage *ss, socklen_t len,
			  int domain)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)ss;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)ss;

	must(ss->ss_family == domain);
	must(is_zero((const char *)ss + len, sizeof(*ss) - len));
	if (domain == AF_INET)
		must(len == sizeof(*in) && is_zero(in->sin_zero, 8));
	else
		must(len == sizeof(*in6) && !in6->sin6_flowinfo);
}

static void must_come_back(const struct addr *a, int domain, enum addr_use use)
{
	char text[ADDR_TEXT_MAX];
	struct sockaddr_storage ss;
	struct addr again;
	socklen_t len = addr_encode(a, domain, &ss);

	must(len != 0);
	must_be_exact(&ss, len, domain);
	must(addr_decode(domain, use, &ss, len, &again) == 0);
	must(is_same(a, &again));
	addr_from_sockaddr(&ss, &again);
	must(is_same(a, &again));
	if (!a->port)
		return; /* "192.0.2.1:0" is no text of an address */
	must(addr_parse(addr_port_text(a, text), &again) == 0);
	must(is_same(a, &again));
}

static void try_internet(int domain, enum addr_use use, const uint8_t *bytes,
			 size_t len)
{
	struct addr a, inner;
	int r = addr_decode(domain, use, bytes, len, &a);

	if (r) {
		must(r == 1 || r == -EINVAL || r == -EAFNOSUPPORT);
		must(is_zero(&a, sizeof(a)));
		return;
	}
	must_be_canonical(&a);
	must_come_back(&a, domain, use);
	must(!addr_is_loopback(&a) || addr_never_binds(&a));
	must(!addr_is_multicast(&a) || addr_never_binds(&a));
	must(!addr_is_metadata(&a) || addr_never_binds(&a));
	if (addr_embedded4(&a, &inner))
		must(a.family == ADDR_IP6 && inner.family == ADDR_IP4 &&
		     (!addr_never_binds(&inner) || addr_never_binds(&a)));
}

static void try_unix(int type, enum addr_use use, const uint8_t *bytes, size_t len)
{
	char text[UNIXADDR_TEXT_MAX];
	struct unixaddr a, again;
	struct sockaddr_un un;
	socklen_t un_len;
	int r = unixaddr_decode(type, use, bytes, len, &a);

	if (r) {
		must(r == 1 || r == -EINVAL);
		must(is_zero(&a, sizeof(a)));
		return;
	}
	must(a.is_abstract || (a.len && strlen(a.name) == a.len));
	must(strlen(unixaddr_text(&a, text)) < sizeof(text));
	must(a.is_abstract == (text[0] == '@'));
	un_len = unixaddr_encode(&a, &un);
	must(un_len > offsetof(struct sockaddr_un, sun_path) &&
	     un_len <= sizeof(un));
	must(un.sun_family == AF_UNIX);
	must(is_zero((const char *)&un + un_len, sizeof(un) - un_len));
	must(unixaddr_decode(type, use, &un, un_len, &again) == 0);
	must(unixaddr_equal(&a, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int domains[] = { AF_INET, AF_INET6 };
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM };
	/* A block of its own, so that a byte too far is noticed. */
	uint8_t *bytes = malloc(size ? size : 1);

	must(bytes != NULL);
	memcpy(bytes, data, size);
	for (int use = ADDR_FOR_CONNECT; use <= ADDR_FOR_SEND; use++) {
		for (int i = 0; i < 2; i++) {
			try_internet(domains[i], (enum addr_use)use, bytes, size);
			try_unix(types[i], (enum addr_use)use, bytes, size);
		}
	}
	free(bytes);
	return 0;
}
