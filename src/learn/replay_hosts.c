/* SPDX-License-Identifier: MIT */
/* The names of /etc/hosts that a replay needs. */
#include "learn/replay_hosts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "audit/reader_group.h"
#include "policy/decide.h"
#include "policy/lease.h"

/* What is being read. */
struct reading {
	const struct policy *const *policies;
	size_t n_policies, room;
	struct replay_hosts *hosts;
};

static bool is_mentioned(const struct reading *r, const struct dname *name)
{
	for (size_t i = 0; i < r->n_policies; i++)
		if (r->policies[i] && policy_mentions_name(r->policies[i], name))
			return true;
	return false;
}

static int add(void *arg, const char *name, const char *ip)
{
	struct reading *r = arg;
	struct replay_hosts *h = r->hosts;
	struct replay_host host;

	/* A session knows no more of them than its table holds. */
	if (h->n == LEASE_MAX || dname_from_text(name, &host.name) < 0 ||
	    addr_parse(ip, &host.addr) < 0 || !is_mentioned(r, &host.name))
		return 0;
	if (h->n == r->room) {
		size_t room = r->room ? r->room * 2 : 16;
		struct replay_host *more =
			reallocarray(h->list, room, sizeof(*more));

		if (!more)
			return -ENOMEM;
		h->list = more;
		r->room = room;
	}
	h->list[h->n++] = host;
	return 0;
}

int replay_hosts_read(struct reader *records, size_t session,
		      const struct policy *const *policies, size_t n,
		      struct replay_hosts *ret, struct ef_err *err)
{
	struct reading r = { .policies = policies, .n_policies = n, .hosts = ret };
	int rc;

	memset(ret, 0, sizeof(*ret));
	rc = reader_hosts(records, session, add, &r, err);
	return rc == -ENOMEM ? err_set(err, ENOMEM, "out of memory") : rc;
}

void replay_hosts_done(struct replay_hosts *h)
{
	free(h->list);
	memset(h, 0, sizeof(*h));
}
