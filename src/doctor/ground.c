/* SPDX-License-Identifier: MIT */
/* The listeners that a session must not reach, and who has been there. */
#include "doctor/ground.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "doctor/doors_impl.h"
#include "doctor/neighbour.h"

#define PATIENCE_MS 1000 /* for what must have been sent already */
#define TRIES	    2000
#define PORT_TRIES  50

static int keep(struct ground_host *h, int fd, bool is_stream, bool is_closed)
{
	if (fd < 0)
		return -errno;
	h->list[h->n++] = (struct ground_listener){ fd, is_stream, is_closed };
	return 0;
}

/* A socket bound to an address, or -errno. */
static int bound(int type, const void *at, socklen_t len)
{
	auto_close int fd = -1;

	fd = socket(((const struct sockaddr *)at)->sa_family,
		    type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || bind(fd, at, len) < 0 ||
	    (type != SOCK_DGRAM && listen(fd, 64) < 0))
		return -1;
	return STEAL_FD(fd);
}

static int listen_both(struct ground_host *h, const void *at, socklen_t len,
		       bool is_closed)
{
	int r = keep(h, bound(SOCK_STREAM, at, len), true, is_closed);

	return r ? r : keep(h, bound(SOCK_DGRAM, at, len), false, is_closed);
}

static void stop_listening(struct ground_host *h, size_t from)
{
	while (h->n > from)
		close(h->list[--h->n].fd);
}

/* A port that nothing uses, of TCP as the kernel gives it. */
static uint16_t free_port(void)
{
	struct sockaddr_in at = doors_ip4(0);
	socklen_t len = sizeof(at);
	auto_close int fd = bound(SOCK_STREAM, &at, len);

	if (fd < 0 || getsockname(fd, (struct sockaddr *)&at, &len) < 0)
		return 0;
	return ntohs(at.sin_port);
}

static int try_closed(struct ground_host *h)
{
	struct sockaddr_in at = doors_ip4(h->ground.closed);
	struct sockaddr_in6 at6 = doors_ip6(h->ground.closed, 0);
	int r = listen_both(h, &at, sizeof(at), true);

	if (r)
		return r;
	r = listen_both(h, &at6, sizeof(at6), true);
	h->ground.has_ip6 = r == 0;
	return r == -EADDRINUSE ? r : 0;
}

static int try_allowed(struct ground_host *h)
{
	struct sockaddr_in at = doors_ip4(h->ground.allowed);
	int r = listen_both(h, &at, sizeof(at), false), one = 1;

	if (!r && setsockopt(h->list[h->n - 1].fd, IPPROTO_IP, IP_RECVOPTS,
			     &one, sizeof(one)) < 0)
		return -errno;
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
	return r ? r : listen_both(h, &at, sizeof(at), true);
}

/* Until a port is free for everything that is to be on it. */
static int listen_inet(struct ground_host *h, uint16_t *port,
		       int (*try)(struct ground_host *h))
{
	size_t before = h->n;
	int r = -EADDRINUSE;

	for (int i = 0; i < PORT_TRIES && r == -EADDRINUSE; i++) {
		stop_listening(h, before);
		*port = free_port();
		r = try(h);
	}
	return r;
}

/* An abstract name is the folder's; a path is in it. */
static int listen_unix(struct ground_host *h, const char *before,
		       const char *after, int type)
{
	char name[GROUND_DIR_MAX + 16];
	struct sockaddr_un at;
	socklen_t len;

	snprintf(name, sizeof(name), "%.1s%s%.10s", before, h->ground.dir, after);
	len = doors_unix(name, &at);
	return keep(h, bound(type, &at, len), type != SOCK_DGRAM, true);
}

static int make_dir(struct ground_host *h)
{
	const char *tmp = getenv("TMPDIR");

	if (!tmp || *tmp != '/' || strlen(tmp) > GROUND_DIR_MAX - 32)
		tmp = "/tmp";
	snprintf(h->ground.dir, sizeof(h->ground.dir), "%s/egress-doors.XXXXXX",
		 tmp);
	if (mkdtemp(h->ground.dir))
		return 0;
	h->ground.dir[0] = '\0';
	return -errno;
}

int ground_open(struct ground_host *h, struct ef_err *err)
{
	int r;

	memset(h, 0, sizeof(*h));
	h->ground.tries = TRIES;
	r = make_dir(h);
	if (!r)
		r = listen_inet(h, &h->ground.closed, try_closed);
	if (!r)
		r = listen_inet(h, &h->ground.allowed, try_allowed);
	if (!r)
		r = listen_unix(h, "", "/stream", SOCK_STREAM);
	if (!r)
		r = listen_unix(h, "", "/datagram", SOCK_DGRAM);
	if (!r)
		r = listen_unix(h, "", "/packets", SOCK_SEQPACKET);
	if (!r)
		r = listen_unix(h, "@", "", SOCK_STREAM);
	if (!r)
		r = listen_unix(h, "@", "/datagram", SOCK_DGRAM);
	if (!r)
		r = neighbour_start(&h->ground);
	return r ? err_set(err, -r, "cannot listen here: %s", strerror(-r)) : 0;
}

static void remove_dir(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;

	while (dir && (e = readdir(dir)))
		if (*e->d_name != '.' && unlinkat(dirfd(dir), e->d_name, 0) < 0)
			unlinkat(dirfd(dir), e->d_name, AT_REMOVEDIR);
	if (dir)
		closedir(dir);
	rmdir(path);
}

void ground_close(struct ground_host *h)
{
	stop_listening(h, 0);
	neighbour_end(&h->ground);
	if (*h->ground.dir)
		remove_dir(h->ground.dir);
}

/* Take a datagram: false when there is none. Does it have options that steer
 * a packet, on the way to where it may go? */
static bool take(int fd, bool *ret_is_steered)
{
	union {
		struct cmsghdr align;
		char bytes[128];
	} control;
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr m = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };

	if (recvmsg(fd, &m, MSG_DONTWAIT) < 0)
		return false;
	*ret_is_steered = CMSG_FIRSTHDR(&m) != NULL;
	return true;
}

/* Take what is there; was any of it for a closed listener? */
static bool drain(const struct ground_host *h)
{
	bool arrived = false, is_steered;
	int fd;

	for (size_t i = 0; i < h->n; i++) {
		const struct ground_listener *l = &h->list[i];

		if (!l->is_stream) {
			while (take(l->fd, &is_steered))
				arrived |= l->is_closed || is_steered;
			continue;
		}
		while ((fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
			arrived |= l->is_closed;
			close(fd);
		}
	}
	return arrived;
}

static bool wait_and_drain(const struct ground_host *h, int timeout_ms)
{
	struct pollfd list[GROUND_LISTENERS];

	for (size_t i = 0; i < h->n; i++)
		list[i] = (struct pollfd){ .fd = h->list[i].is_closed
							 ? h->list[i].fd
							 : -1,
					   .events = POLLIN };
	if (drain(h))
		return true;
	poll(list, h->n, timeout_ms);
	return drain(h);
}

void ground_collect(struct ground_host *h, int in, int out, bool is_patient,
		    struct report *ret)
{
	struct report got;
	int last = -1;

	while (read(in, &got, sizeof(got)) == (ssize_t)sizeof(got)) {
		if (got.door < 0 || (size_t)got.door >= doors_count())
			continue;
		last = got.door;
		got.arrived = drain(h);
		if (!got.arrived && !got.error && is_patient &&
		    doors_at((size_t)last)->proof == PROOF_ARRIVED)
			got.arrived = wait_and_drain(h, PATIENCE_MS);
		got.why[sizeof(got.why) - 1] = '\0';
		ret[last] = got;
		if (write(out, "", 1) != 1)
			break; /* nobody to go on */
	}
	if (last >= 0 && wait_and_drain(h, PATIENCE_MS / 10))
		ret[last].arrived = true;
}
