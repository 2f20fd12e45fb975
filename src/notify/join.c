/* SPDX-License-Identifier: MIT */
/* Joining a multicast group, judged like a destination. */
#include "notify/join.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "notify/refuse.h"

/* group_source_req is the largest of the arguments (ip(7), RFC 3678). */
union join_argument {
	struct ip_mreqn mreq4;
	struct ip_mreq_source source4;
	struct ipv6_mreq mreq6;
	struct group_req group;
	struct group_source_req group_source;
};

static void take4(const struct in_addr *in, struct addr *ret)
{
	*ret = (struct addr){ .family = ADDR_IP4 };
	memcpy(ret->ip, in, 4);
}

/* The group of an argument of len bytes; -EINVAL as the kernel would say. */
static int group_of(int level, int name, const union join_argument *a,
		    size_t len, struct addr *ret)
{
	*ret = (struct addr){ 0 };
	if (name == MCAST_JOIN_GROUP || name == MCAST_JOIN_SOURCE_GROUP) {
		if (len < sizeof(a->group))
			return -EINVAL;
		addr_from_sockaddr(&a->group.gr_group, ret);
	} else if (level == IPPROTO_IPV6) {
		if (len < sizeof(a->mreq6))
			return -EINVAL;
		ret->family = ADDR_IP6;
		memcpy(ret->ip, &a->mreq6.ipv6mr_multiaddr, 16);
	} else {
		if (len < sizeof(struct ip_mreq))
			return -EINVAL;
		take4(&a->mreq4.imr_multiaddr, ret);
	}
	return ret->family == ADDR_NONE ? -EINVAL : 0;
}

static void judge(struct call *c, const struct addr *group,
		  const union join_argument *a, socklen_t len)
{
	const struct process *who;
	struct observation seen;
	struct ticket ticket = { 0 };
	int64_t row;
	int r = call_identify(c, &who, &row);

	if (r < 0) {
		call_answer(c, 0, -EPERM);
		return;
	}
	call_observe(c, STAGE_JOIN, &seen);
	seen.addr = *group;
	r = gate_admit(c->ctx->gate, &seen, who, row, &ticket);
	if (!r && setsockopt(c->sock, (int)c->data.args[1],
			     (int)c->data.args[2], a, len) < 0)
		r = -errno;
	call_answer(c, 0, r);
	gate_finish(c->ctx->gate, &ticket, r);
}

/* Such an option on another kind of socket joins nothing: its errno is the
 * kernel's to choose, and there is no row. */
static bool is_internet(const struct call *c)
{
	return c->domain == AF_INET || c->domain == AF_INET6;
}

static int try_option(const struct call *c)
{
	union join_argument none = { 0 };

	return setsockopt(c->sock, (int)c->data.args[1], (int)c->data.args[2],
			  &none, sizeof(none)) < 0
		       ? -errno
		       : 0;
}

void join_handle(struct call *c)
{
	union join_argument a = { 0 };
	uint32_t len = (uint32_t)c->data.args[4];
	struct addr group;
	int r = call_take_socket(c, (int)c->data.args[0]);

	if (!r && !is_internet(c)) {
		call_answer(c, 0, try_option(c));
		return;
	}

	if (len > sizeof(a))
		len = sizeof(a);
	if (!r)
		r = call_read(c, c->data.args[3], &a, len);
	if (r == -EPERM) {
		refuse_unreadable(c, STAGE_JOIN);
		return;
	}
	if (!call_is_waiting(c)) {
		c->is_answered = true;
		return;
	}
	if (!r)
		r = group_of((int)c->data.args[1], (int)c->data.args[2], &a,
			     len, &group);
	if (r < 0)
		call_answer(c, 0, r);
	else
		judge(c, &group, &a, len);
}
