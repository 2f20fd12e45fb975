/* SPDX-License-Identifier: MIT */
/* Doors: what several attempts have in common. */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "doctor/doors_impl.h"

struct sockaddr_in doors_ip4(uint16_t port)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return in;
}

struct sockaddr_in6 doors_ip6(uint16_t port, int mapped)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
				    .sin6_port = htons(port) };
	static const struct in6_addr map = {
		.s6_addr = { [10] = 0xff, 0xff, 127, 0, 0, 1 }
	};

	in6.sin6_addr = mapped ? map : in6addr_loopback;
	return in6;
}

socklen_t doors_unix(const char *path, struct sockaddr_un *ret)
{
	size_t len = strnlen(path, sizeof(ret->sun_path) - 1);

	memset(ret, 0, sizeof(*ret));
	ret->sun_family = AF_UNIX;
	memcpy(ret->sun_path, path, len);
	if (*path == '@')
		ret->sun_path[0] = '\0';
	else
		len++;
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
}

int doors_connect(int fd, const void *to, size_t len)
{
	if (fd < 0 || connect(fd, to, (socklen_t)len) < 0)
		return -errno;
	return send(fd, "x", 1, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int doors_send(int fd, const void *to, size_t len)
{
	if (fd < 0 || sendto(fd, "x", 1, MSG_NOSIGNAL, to, (socklen_t)len) < 0)
		return -errno;
	return 0;
}

int doors_send_plain(const struct attempt *a)
{
	struct sockaddr_in to = doors_ip4(a->g->closed);
	auto_close int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return doors_send(fd, &to, sizeof(to));
}

int doors_skip(struct attempt *a, const char *why)
{
	a->not_here = why;
	errno = ENOTSUP;
	return -ENOTSUP;
}
