/* SPDX-License-Identifier: MIT */
/* wire/unixaddr: the bytes of a sockaddr_un, as Linux takes them. */
#include "wire/unixaddr.h"

#include <errno.h>
#include <stddef.h>

#include "tap.h"

#define PATH_AT offsetof(struct sockaddr_un, sun_path)

static struct sockaddr_un un;
static struct unixaddr a;
static char text[UNIXADDR_TEXT_MAX];

static int decode(int type, enum addr_use use, sa_family_t family,
		  const void *name, size_t n, size_t len)
{
	memset(&un, 0, sizeof(un));
	un.sun_family = family;
	memcpy(un.sun_path, name, n);
	return unixaddr_decode(type, use, &un, len, &a);
}

static const char *name_of(const void *name, size_t n)
{
	if (decode(SOCK_STREAM, ADDR_FOR_CONNECT, AF_UNIX, name, n, PATH_AT + n))
		return "(refused)";
	return unixaddr_text(&a, text);
}

static void test_lengths(void)
{
	ok(decode(SOCK_STREAM, ADDR_FOR_CONNECT, AF_UNIX, "x", 2, 0) == -EINVAL);
	ok(decode(SOCK_STREAM, ADDR_FOR_CONNECT, AF_UNIX, "x", 2, 1) == -EINVAL);
	ok(decode(SOCK_STREAM, ADDR_FOR_CONNECT, AF_UNIX, "x", 2, 2) == -EINVAL);
	ok(decode(SOCK_STREAM, ADDR_FOR_CONNECT, AF_UNIX, "x", 2, 3) == 0);
	ok(decode(SOCK_STREAM, ADDR_FOR_CONNECT, AF_UNIX, "x", 2, sizeof(un)) ==
	   0);
	ok(a.len == 1);
	ok(unixaddr_decode(SOCK_STREAM, ADDR_FOR_CONNECT,
			   &(struct sockaddr_storage){ .ss_family = AF_UNIX },
			   sizeof(un) + 1, &a) == -EINVAL);
	ok(decode(SOCK_STREAM, ADDR_FOR_CONNECT, AF_INET, "x", 2, 4) == -EINVAL);
}

static void test_unspec(void)
{
	ok(decode(SOCK_DGRAM, ADDR_FOR_CONNECT, AF_UNSPEC, "", 1, 16) == 1);
	ok(decode(SOCK_DGRAM, ADDR_FOR_CONNECT, AF_UNSPEC, "", 1, 2) == 1);
	ok(decode(SOCK_DGRAM, ADDR_FOR_CONNECT, AF_UNSPEC, "", 1, 1) == -EINVAL);
	ok(decode(SOCK_DGRAM, ADDR_FOR_SEND, AF_UNSPEC, "", 1, 16) == -EINVAL);
	ok(decode(SOCK_STREAM, ADDR_FOR_CONNECT, AF_UNSPEC, "", 1, 16) == -EINVAL);
	ok(decode(SOCK_SEQPACKET, ADDR_FOR_CONNECT, AF_UNSPEC, "", 1, 16) ==
	   -EINVAL);
}

static void test_names(void)
{
	char longest[108];

	memset(longest, 'x', sizeof(longest));
	ok_str(name_of("/run/a.sock", 12), "/run/a.sock");
	ok_str(name_of("/run/a.sock", 11), "/run/a.sock");
	ok_str(name_of("/run/a\0b", 9), "/run/a");
	ok(strlen(name_of(longest, sizeof(longest))) == sizeof(longest));
	ok_str(name_of("\0", 1), "@");
	ok_str(name_of("\0a b", 4), "@a b");
	ok_str(name_of("\0a\0", 3), "@a\\x00");
	ok_str(name_of("\0\\x00", 5), "@\\x5cx00");
	ok_str(name_of("\0\xff\n~\x7f", 5), "@\\xff\\x0a~\\x7f");
	/* A path and an abstract name never look the same. */
	ok_str(name_of("@a", 3), "./@a");
	memset(longest, 0xff, sizeof(longest));
	longest[0] = '\0';
	ok(strlen(name_of(longest, sizeof(longest))) == 1 + 4 * 107);
}

static void test_listed(void)
{
	char longest[109];

	memset(longest, 'x', sizeof(longest));
	longest[108] = '\0';
	ok(unixaddr_from_name("/a", 3, &a) == 0 && !a.is_abstract && a.len == 2);
	ok(unixaddr_from_name("\0a", 2, &a) == 0 && a.is_abstract && a.len == 1);
	ok(unixaddr_from_name("", 0, &a) == -EINVAL);
	ok(unixaddr_from_name(longest, 109, &a) == 0 && a.len == 108);
	ok(unixaddr_from_name(longest, 110, &a) == -EINVAL);
}

static void test_encoded(void)
{
	struct sockaddr_un out;
	struct unixaddr b;

	name_of("/a", 2);
	ok(unixaddr_encode(&a, &out) == PATH_AT + 2);
	ok(out.sun_family == AF_UNIX && !memcmp(out.sun_path, "/a\0", 3));
	name_of("\0a\0", 3);
	ok(unixaddr_encode(&a, &out) == PATH_AT + 3);
	ok(!memcmp(out.sun_path, "\0a\0", 3));
	ok(unixaddr_decode(SOCK_STREAM, ADDR_FOR_CONNECT, &out, PATH_AT + 3,
			   &b) == 0);
	ok(unixaddr_equal(&a, &b));
	name_of("\0a", 2);
	ok(!unixaddr_equal(&a, &b));
	name_of("a", 1);
	b = a;
	b.is_abstract = true;
	ok(!unixaddr_equal(&a, &b));
}

int main(void)
{
	test_lengths();
	test_unspec();
	test_names();
	test_listed();
	test_encoded();
	return done();
}
