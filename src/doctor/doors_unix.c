/* SPDX-License-Identifier: MIT */
/* Doors: one unix listener that is no part of the session, by several ways. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "doctor/doors_impl.h"

#define PATH_SIZE 256

static const char *in_dir(const struct attempt *a, const char *name, char *buf)
{
	snprintf(buf, PATH_SIZE, "%s/%s", a->g->dir, name);
	return buf;
}

static int connect_as(int type, const char *path)
{
	auto_close int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	struct sockaddr_un to;
	socklen_t len = doors_unix(path, &to);

	return doors_connect(fd, &to, len);
}

static int connect_to(const char *path)
{
	return connect_as(SOCK_STREAM, path);
}

int door_unix_stream(struct attempt *a)
{
	char path[PATH_SIZE];

	return connect_to(in_dir(a, "stream", path));
}

int door_unix_packets(struct attempt *a)
{
	char path[PATH_SIZE];

	return connect_as(SOCK_SEQPACKET, in_dir(a, "packets", path));
}

static int send_to(const char *path)
{
	auto_close int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un to;
	socklen_t len = doors_unix(path, &to);

	return doors_send(fd, &to, len);
}

int door_unix_datagram(struct attempt *a)
{
	char path[PATH_SIZE];

	return send_to(in_dir(a, "datagram", path));
}

int door_unix_abstract_datagram(struct attempt *a)
{
	char name[PATH_SIZE];

	snprintf(name, sizeof(name), "@%s/datagram", a->g->dir);
	return send_to(name);
}

int door_unix_sendmsg(struct attempt *a)
{
	auto_close int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct iovec iov = { .iov_base = (char[]){ 'x' }, .iov_len = 1 };
	struct sockaddr_un to;
	char path[PATH_SIZE];
	struct msghdr m = { .msg_name = &to,
			    .msg_namelen =
				    doors_unix(in_dir(a, "datagram", path), &to),
			    .msg_iov = &iov,
			    .msg_iovlen = 1 };

	return fd < 0 || sendmsg(fd, &m, 0) < 0 ? -errno : 0;
}

int door_unix_abstract(struct attempt *a)
{
	char name[PATH_SIZE];

	snprintf(name, sizeof(name), "@%s", a->g->dir);
	return connect_to(name);
}

/* Another name for the same socket. */
int door_unix_link(struct attempt *a)
{
	char path[PATH_SIZE], other[PATH_SIZE];

	in_dir(a, "stream", path);
	in_dir(a, "linked", other);
	unlink(other);
	if (link(path, other) < 0)
		return -errno;
	return connect_to(other);
}

int door_unix_symlink(struct attempt *a)
{
	char other[PATH_SIZE];

	in_dir(a, "pointed", other);
	unlink(other);
	if (symlink("stream", other) < 0)
		return -errno;
	return connect_to(other);
}

/* Under another name for a moment. */
int door_unix_rename(struct attempt *a)
{
	char path[PATH_SIZE], other[PATH_SIZE];
	int r;

	in_dir(a, "stream", path);
	in_dir(a, "renamed", other);
	if (rename(path, other) < 0)
		return -errno;
	r = connect_to(other);
	return rename(other, path) < 0 ? -errno : r;
}

int door_unix_proc_root(struct attempt *a)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "/proc/self/root%s/stream", a->g->dir);
	return connect_to(path);
}

int door_unix_relative(struct attempt *a)
{
	if (chdir(a->g->dir) < 0)
		return -errno;
	return connect_to("./stream");
}

/* Its folder at another place, in a mount namespace of our own. */
int door_unix_mount(struct attempt *a)
{
	char place[PATH_SIZE], path[PATH_SIZE + 8];

	in_dir(a, "place", place);
	if (mkdir(place, 0700) < 0 && errno != EEXIST)
		return -errno;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return doors_skip(a, "no user namespaces");
	if (mount(a->g->dir, place, NULL, MS_BIND, NULL) < 0)
		return -errno;
	snprintf(path, sizeof(path), "%s/stream", place);
	return connect_to(path);
}

/* A connected socket, received from one who gives them away. */
int door_unix_gift(struct attempt *a)
{
	auto_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un to;
	char path[PATH_SIZE], byte;
	socklen_t len = doors_unix(in_dir(a, "giver", path), &to);
	struct iovec iov = { &byte, 1 };
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr m = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	int gift;

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, len) < 0 ||
	    recvmsg(fd, &m, MSG_CMSG_CLOEXEC) < 0)
		return -errno;
	if (!CMSG_FIRSTHDR(&m))
		return -ENODATA;
	memcpy(&gift, CMSG_DATA(&control.align), sizeof(gift));
	return write(gift, "x", 1) < 0 ? -errno : 0;
}
