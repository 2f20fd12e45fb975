/* SPDX-License-Identifier: MIT */
/* AF_UNIX addresses, read as the kernel reads them. */
#include "wire/unixaddr.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#define PATH_AT offsetof(struct sockaddr_un, sun_path)

static_assert(UNIXADDR_NAME_MAX <= UINT8_MAX, "len must hold every length");

int unixaddr_from_name(const void *name, size_t len, struct unixaddr *ret)
{
	const char *p = name;

	memset(ret, 0, sizeof(*ret));
	if (!len || len > UNIXADDR_NAME_MAX + 1)
		return -EINVAL;
	ret->is_abstract = !p[0];
	if (ret->is_abstract) {
		p++;
		len--;
	} else {
		len = strnlen(p, len);
	}
	if (len > UNIXADDR_NAME_MAX)
		return -EINVAL;
	memcpy(ret->name, p, len);
	ret->len = (uint8_t)len;
	return 0;
}

int unixaddr_decode(int type, enum addr_use use, const void *bytes, size_t len,
		    struct unixaddr *ret)
{
	const char *p = bytes;
	sa_family_t family;

	memset(ret, 0, sizeof(*ret));
	if (len < sizeof(family) || len > sizeof(struct sockaddr_storage))
		return -EINVAL;
	memcpy(&family, p, sizeof(family));
	if (type == SOCK_DGRAM && use == ADDR_FOR_CONNECT && family == AF_UNSPEC)
		return 1;
	if (len <= PATH_AT || len > sizeof(struct sockaddr_un) ||
	    family != AF_UNIX)
		return -EINVAL;
	return unixaddr_from_name(p + PATH_AT, len - PATH_AT, ret);
}

socklen_t unixaddr_encode(const struct unixaddr *a, struct sockaddr_un *ret)
{
	size_t at = a->is_abstract ? 1 : 0;

	memset(ret, 0, sizeof(*ret));
	if (a->len + at > sizeof(ret->sun_path))
		return 0;
	ret->sun_family = AF_UNIX;
	memcpy(ret->sun_path + at, a->name, a->len);
	/* A path goes without its NUL: of 108 bytes none is left for it. */
	return (socklen_t)(PATH_AT + at + a->len);
}

static bool is_plain(unsigned char c)
{
	return c >= ' ' && c <= '~' && c != '\\';
}

char *unixaddr_text(const struct unixaddr *a, char *buf)
{
	static const char hex[] = "0123456789abcdef";
	char *out = buf;

	if (!a->is_abstract) {
		if (a->name[0] == '@')
			out = stpcpy(out, "./");
		strcpy(out, a->name);
		return buf;
	}
	*out++ = '@';
	for (size_t i = 0; i < a->len; i++) {
		unsigned char c = (unsigned char)a->name[i];

		if (is_plain(c)) {
			*out++ = (char)c;
			continue;
		}
		*out++ = '\\';
		*out++ = 'x';
		*out++ = hex[c >> 4];
		*out++ = hex[c & 15];
	}
	*out = '\0';
	return buf;
}

bool unixaddr_equal(const struct unixaddr *a, const struct unixaddr *b)
{
	return a->is_abstract == b->is_abstract && a->len == b->len &&
	       !memcmp(a->name, b->name, a->len);
}
