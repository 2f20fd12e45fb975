/* SPDX-License-Identifier: MIT */
/* Refusals that no rule can lift: recorded, then answered. */
#include "notify/refuse.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

void refuse_with(struct call *c, struct observation *seen, enum reason reason,
		 int error)
{
	const struct process *who;
	struct ticket ticket = { 0 };
	int64_t row;
	int r = call_identify(c, &who, &row);

	if (!call_is_waiting(c)) {
		c->is_answered = true;
		return;
	}
	if (r < 0) {
		call_answer(c, 0, -EPERM);
		return;
	}
	r = gate_refuse(c->ctx->gate, seen, who, row, reason, error, &ticket);
	call_answer(c, 0, r);
	gate_finish(c->ctx->gate, &ticket, r);
}

static int socket_error(int domain, int type)
{
	switch (domain) {
	case AF_INET:
	case AF_INET6:
		if ((type & 0xf) == SOCK_RAW)
			return -EPERM;
		return (type & 0xf) == SOCK_STREAM || (type & 0xf) == SOCK_DGRAM
			       ? -EPROTONOSUPPORT
			       : -ESOCKTNOSUPPORT;
	case AF_NETLINK:
		return -EPROTONOSUPPORT;
	case AF_PACKET:
		return -EPERM;
	default:
		return -EAFNOSUPPORT;
	}
}

void refuse_socket(struct call *c)
{
	struct observation seen;
	int domain = (int)c->data.args[0];

	call_observe(c, STAGE_SOCKET, &seen);
	seen.detail = domain;
	refuse_with(c, &seen, REASON_FAMILY,
		    socket_error(domain, (int)c->data.args[1]));
}

void refuse_io_uring(struct call *c)
{
	struct observation seen;

	call_observe(c, STAGE_SYSCALL, &seen);
	seen.detail = REFUSED_CALL;
	refuse_with(c, &seen, REASON_SYSCALL, -ENOSYS);
}

void refuse_foreign(struct call *c)
{
	struct observation seen;

	call_observe(c, STAGE_SYSCALL, &seen);
	seen.detail = REFUSED_ABI;
	refuse_with(c, &seen, REASON_FOREIGN_ABI, -ENOSYS);
}

void refuse_unreadable(struct call *c, enum stage stage)
{
	struct observation seen;

	call_observe(c, stage, &seen);
	seen.unreadable = true;
	refuse_with(c, &seen, REASON_UNREADABLE, -EPERM);
}
