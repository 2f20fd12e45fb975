/* SPDX-License-Identifier: MIT */
/* Starting a connect without waiting for it. */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>

#include "notify/brief.h"
#include "notify/connect.h"

static int try_connect(int sock, const struct sockaddr_storage *to, socklen_t len)
{
	return connect(sock, (const struct sockaddr *)to, len) < 0 ? -errno : 0;
}

/*
 * What came of a connect that has just begun. On loopback the peer's answer
 * waited for connect() to let go of the socket, so it is there by now, and the
 * call needs neither the loop nor a second thread.
 */
static int harvest(int sock, const struct sockaddr_storage *to, socklen_t len)
{
	int r = try_connect(sock, to, len);

	if (r == -EALREADY)
		return -EINPROGRESS;  /* a real network: not yet */
	return r == -EISCONN ? 0 : r; /* or another thread was first */
}

/*
 * Start a connect without ever waiting for it. The file status flags belong
 * to the description that the target shares, so O_NONBLOCK is on only for the
 * moment of the call, on a socket that is not connected yet. FIONBIO changes
 * that one flag and, unlike F_SETFL, writes no other back, so what a second
 * thread sets meanwhile (O_ASYNC) stays. What is left: O_NONBLOCK itself, set
 * by a second thread in this very moment, is taken off again. That program has
 * no order between its connect() and its fcntl(): it cannot rely on either
 * having come first. A connect that does not flip would have to block for a
 * while in each call over a real network (brief.h), or change SO_SNDTIMEO,
 * which is shared as well.
 */
static int set_nonblocking(const struct call *c, int on)
{
	return ioctl(c->sock, FIONBIO, &on) < 0 ? -EPERM : 0;
}

int connect_start(const struct call *c, const struct sockaddr_storage *to,
		  socklen_t len)
{
	bool flip = c->type != SOCK_DGRAM && !call_is_nonblocking(c);
	int r;

	if (flip && set_nonblocking(c, 1) < 0)
		return -EPERM;
	r = try_connect(c->sock, to, len);
	if (flip && r == -EINPROGRESS)
		r = harvest(c->sock, to, len);
	if (flip && set_nonblocking(c, 0) < 0)
		return -EPERM;
	return r;
}

int connect_start_briefly(const struct call *c,
			  const struct sockaddr_storage *to, socklen_t len)
{
	struct brief brief;
	int r;

	if (c->type == SOCK_DGRAM)
		return connect_start(c, to, len); /* never waits */
	if (brief_begin(&brief) < 0)
		return -ENOBUFS;
	r = connect_start(c, to, len);
	brief_end(&brief);
	if (r != -EINTR)
		return r;
	return c->domain == AF_UNIX ? -EAGAIN : -EINPROGRESS;
}
