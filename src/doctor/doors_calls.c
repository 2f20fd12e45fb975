/* SPDX-License-Identifier: MIT */
/* Doors: the calls that carry an address. */
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "doctor/doors_impl.h"

#ifndef MSG_FASTOPEN
#define MSG_FASTOPEN 0x20000000
#endif
#ifndef TCP_FASTOPEN_CONNECT
#define TCP_FASTOPEN_CONNECT 30
#endif

static int udp(void)
{
	return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static int tcp(void)
{
	return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

int door_connect(struct attempt *a)
{
	struct sockaddr_in to = doors_ip4(a->g->closed);
	auto_close int fd = tcp();

	return doors_connect(fd, &to, sizeof(to));
}

int door_write_after_connect(struct attempt *a)
{
	struct sockaddr_in to = doors_ip4(a->g->closed);
	auto_close int fd = udp();

	return doors_connect(fd, &to, sizeof(to));
}

int door_sendto(struct attempt *a)
{
	return doors_send_plain(a);
}

static int send_message(int fd, void *to, size_t len, int flags)
{
	struct iovec iov = { .iov_base = (char[]){ 'x' }, .iov_len = 1 };
	struct msghdr m = { .msg_name = to,
			    .msg_namelen = (socklen_t)len,
			    .msg_iov = &iov,
			    .msg_iovlen = 1 };

	return fd < 0 || sendmsg(fd, &m, flags) < 0 ? -errno : 0;
}

int door_sendmsg(struct attempt *a)
{
	struct sockaddr_in to = doors_ip4(a->g->closed);
	auto_close int fd = udp();

	return send_message(fd, &to, sizeof(to), 0);
}

/* The first of two messages is in order. */
int door_sendmmsg(struct attempt *a)
{
	struct sockaddr_in to[2] = { doors_ip4(a->g->allowed),
				     doors_ip4(a->g->closed) };
	struct iovec iov = { .iov_base = (char[]){ 'x' }, .iov_len = 1 };
	struct mmsghdr list[2];
	auto_close int fd = udp();
	int n;

	memset(list, 0, sizeof(list));
	for (int i = 0; i < 2; i++)
		list[i].msg_hdr = (struct msghdr){ .msg_name = &to[i],
						   .msg_namelen = sizeof(to[i]),
						   .msg_iov = &iov,
						   .msg_iovlen = 1 };
	if (fd < 0)
		return -errno;
	n = sendmmsg(fd, list, 2, 0);
	if (n == 1)
		n = sendmmsg(fd, list + 1, 1, 0);
	return n < 0 ? -errno : 0;
}

int door_sendto_beside_peer(struct attempt *a)
{
	struct sockaddr_in peer = doors_ip4(a->g->allowed);
	struct sockaddr_in to = doors_ip4(a->g->closed);
	auto_close int fd = udp();
	int r = doors_connect(fd, &peer, sizeof(peer));

	return r ? r : doors_send(fd, &to, sizeof(to));
}

int door_fastopen_sendto(struct attempt *a)
{
	struct sockaddr_in to = doors_ip4(a->g->closed);
	auto_close int fd = tcp();

	if (fd < 0 || sendto(fd, "x", 1, MSG_FASTOPEN, (struct sockaddr *)&to,
			     sizeof(to)) < 0)
		return -errno;
	return 0;
}

int door_fastopen_sendmsg(struct attempt *a)
{
	struct sockaddr_in to = doors_ip4(a->g->closed);
	auto_close int fd = tcp();

	return send_message(fd, &to, sizeof(to), MSG_FASTOPEN);
}

/* connect() succeeds at once, and the SYN leaves with the first write. */
int door_fastopen_connect(struct attempt *a)
{
	struct sockaddr_in to = doors_ip4(a->g->closed);
	auto_close int fd = tcp();
	int one = 1;

	if (fd < 0 || setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &one,
				 sizeof(one)) < 0)
		return -errno;
	return doors_connect(fd, &to, sizeof(to));
}

/* The kernel reads the low 32 bits of an int; a filter that reads all 64 sees
 * a family, a descriptor and a length that do not exist. */
int door_high_bits(struct attempt *a)
{
	struct sockaddr_in to = doors_ip4(a->g->closed);
	const long above = 1L << 32;
	long fd;

	if (sizeof(long) < 8)
		return doors_skip(a, "arguments have 32 bits");
	fd = syscall(SYS_socket, above | AF_INET, above | SOCK_STREAM, above);
	if (fd < 0 ||
	    syscall(SYS_connect, above | fd, &to, above | sizeof(to)) < 0)
		return -errno;
	return write((int)fd, "x", 1) < 0 ? -errno : 0;
}
