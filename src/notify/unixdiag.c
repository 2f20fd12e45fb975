/* SPDX-License-Identifier: MIT */
/* AF_UNIX sockets by NETLINK_SOCK_DIAG. */
#include "notify/unixdiag.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <string.h>
#include <unistd.h>

/* A dev_t as the kernel keeps it (include/linux/kdev_t.h). */
#define KERNEL_MINOR_BITS 20

/* A list that the kernel does not finish is no list; it never takes this. */
#define ANSWER_LIMIT_S 5

static int ask(int netlink, uint32_t states)
{
	struct {
		struct nlmsghdr h;
		struct unix_diag_req r;
	} q = {
		.h = { .nlmsg_len = sizeof(q),
		       .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		       .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.r = { .sdiag_family = AF_UNIX,
		       .udiag_states = states,
		       .udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_VFS },
	};
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct timeval limit = { .tv_sec = ANSWER_LIMIT_S };

	if (setsockopt(netlink, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) <
	    0)
		return -errno;
	return sendto(netlink, &q, sizeof(q), 0, (struct sockaddr *)&kernel,
		      sizeof(kernel)) == (ssize_t)sizeof(q)
		       ? 0
		       : -EIO;
}

int unixdiag_start(struct unixdiag *d, uint32_t states)
{
	d->len = 0;
	d->is_over = d->was_interrupted = false;
	d->netlink =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	return d->netlink < 0 ? -errno : ask(d->netlink, states);
}

void unixdiag_end(struct unixdiag *d)
{
	if (d->netlink >= 0)
		close(d->netlink);
	d->netlink = -1;
}

/* Only the kernel's own answers count: any process may send to our port. */
static int refill(struct unixdiag *d)
{
	struct sockaddr_nl from = { 0 };
	struct iovec iov = { d->buffer, sizeof(d->buffer) };
	struct msghdr m = { .msg_name = &from,
			    .msg_namelen = sizeof(from),
			    .msg_iov = &iov,
			    .msg_iovlen = 1 };
	ssize_t n;

	do {
		m.msg_namelen = sizeof(from);
		n = recvmsg(d->netlink, &m, 0);
	} while ((n < 0 && errno == EINTR) || (n >= 0 && from.nl_pid != 0));
	if (n < 0)
		return -errno;
	if (m.msg_flags & MSG_TRUNC)
		return -EMSGSIZE;
	d->next = d->buffer;
	d->len = (uint32_t)n;
	return 0;
}

static void read_attribute(struct rtattr *a, struct unixdiag_socket *ret,
			   bool *ret_named)
{
	struct unix_diag_vfs vfs;

	switch (a->rta_type) {
	case UNIX_DIAG_NAME:
		*ret_named = !unixaddr_from_name(RTA_DATA(a), RTA_PAYLOAD(a),
						 &ret->name);
		break;
	case UNIX_DIAG_VFS:
		if (RTA_PAYLOAD(a) < sizeof(vfs))
			break;
		memcpy(&vfs, RTA_DATA(a), sizeof(vfs));
		ret->has_file = true;
		ret->file_ino = vfs.udiag_vfs_ino;
		ret->dev_major = vfs.udiag_vfs_dev >> KERNEL_MINOR_BITS;
		ret->dev_minor =
			vfs.udiag_vfs_dev & ((1u << KERNEL_MINOR_BITS) - 1);
		break;
	default:
		break;
	}
}

/* False for a socket without a name: nobody can connect to it. */
static bool read_socket(struct nlmsghdr *h, struct unixdiag_socket *ret)
{
	struct unix_diag_msg *m = NLMSG_DATA(h);
	struct rtattr *a = (struct rtattr *)(m + 1);
	size_t left;
	bool named = false;

	memset(ret, 0, sizeof(*ret));
	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(*m)))
		return false;
	left = h->nlmsg_len - NLMSG_LENGTH(sizeof(*m));
	ret->type = m->udiag_type;
	ret->cookie = (uint64_t)m->udiag_cookie[1] << 32 | m->udiag_cookie[0];
	for (; RTA_OK(a, left); a = RTA_NEXT(a, left))
		read_attribute(a, ret, &named);
	return named;
}

static int read_error(struct nlmsghdr *h)
{
	const struct nlmsgerr *e = NLMSG_DATA(h);

	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(*e)) || e->error >= 0)
		return -EIO;
	return e->error;
}

/* The next message of the answer: 1, 0 at its end, -errno. */
static int next_message(struct unixdiag *d, struct nlmsghdr **ret)
{
	struct nlmsghdr *h = (struct nlmsghdr *)d->next;
	uint32_t step;

	if (!d->len) {
		int r = refill(d);

		if (r < 0)
			return r;
		h = (struct nlmsghdr *)d->next;
	}
	if (!NLMSG_OK(h, d->len))
		return -EIO;
	step = NLMSG_ALIGN(h->nlmsg_len);
	d->next += step < d->len ? step : d->len;
	d->len -= step < d->len ? step : d->len;
	if (h->nlmsg_flags & NLM_F_DUMP_INTR)
		d->was_interrupted = true;
	*ret = h;
	if (h->nlmsg_type == NLMSG_ERROR)
		return read_error(h);
	return h->nlmsg_type != NLMSG_DONE;
}

int unixdiag_next(struct unixdiag *d, struct unixdiag_socket *ret)
{
	struct nlmsghdr *h;
	int r;

	while ((r = next_message(d, &h)) == 1)
		if (h->nlmsg_type == SOCK_DIAG_BY_FAMILY && read_socket(h, ret))
			return 1;
	return r == 0 && d->was_interrupted ? -EAGAIN : r;
}
