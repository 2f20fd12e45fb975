/* SPDX-License-Identifier: MIT */
/* The bytes of one client of the control socket. */
#include "supervisor/control_client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST_SIZE 4096
#define LARGEST	   (CONTROL_HEADER + CONTROL_BODY_MAX)

void control_client_open(struct control_client *c, int fd)
{
	*c = (struct control_client){ .fd = fd, .generation = c->generation + 1 };
}

void control_client_close(struct control_client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	free(c->in);
	free(c->out);
	*c = (struct control_client){ .fd = -1, .generation = c->generation };
}

/* Room for this many bytes in all. */
static bool make_room(uint8_t **buf, size_t *size, size_t need)
{
	size_t next = *size ? *size : FIRST_SIZE;
	uint8_t *p;

	if (need > LARGEST) /* nothing that decodes is longer */
		return false;
	while (next < need)
		next *= 2;
	if (next == *size)
		return true;
	p = realloc(*buf, next);
	if (!p)
		return false;
	*buf = p;
	*size = next;
	return true;
}

/* Once, and no more than there is room for: whole messages are taken off before
 * more is read, so that what one turn of the loop costs is bounded. */
bool control_client_read(struct control_client *c)
{
	ssize_t n;

	if (c->in_len == c->in_size &&
	    !make_room(&c->in, &c->in_size, c->in_len + 1))
		return false;
	n = recv(c->fd, c->in + c->in_len, c->in_size - c->in_len, MSG_DONTWAIT);
	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR);
	c->in_len += (size_t)n;
	return true;
}

int control_client_next(struct control_client *c, struct control_msg *ret)
{
	long n = control_decode(c->in, c->in_len, ret);

	return n < 0 ? (int)n : n > 0;
}

void control_client_taken(struct control_client *c)
{
	struct control_msg m;
	long n = control_decode(c->in, c->in_len, &m);

	if (n <= 0)
		return;
	c->in_len -= (size_t)n;
	memmove(c->in, c->in + n, c->in_len);
}

bool control_client_put(struct control_client *c, const struct control_msg *m)
{
	size_t n = control_size(m);

	if (c->out_done == c->out_len)
		c->out_done = c->out_len = 0;
	if (!n || !make_room(&c->out, &c->out_size, c->out_len + n) ||
	    control_encode(m, c->out + c->out_len, n) != n)
		return false;
	c->out_len += n;
	return true;
}

bool control_client_write(struct control_client *c)
{
	while (c->out_done < c->out_len) {
		ssize_t n = send(c->fd, c->out + c->out_done,
				 c->out_len - c->out_done,
				 MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN;
		c->out_done += (size_t)n;
	}
	return !c->is_closing;
}
