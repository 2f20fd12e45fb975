/* SPDX-License-Identifier: MIT */
/* Names looked up for the supervisor itself (gate/resolve.h). */
#include "gate/resolve.h"

#include <errno.h>
#include <sys/eventfd.h>

#include "dns/resolver.h"

int resolve_start(struct resolver *r, const struct dname *name,
		  enum resolve_family families, uint64_t tag)
{
	return jobs_put(r->jobs, name, families, tag);
}

int resolve_next(struct resolver *r, struct resolve_result *ret)
{
	return jobs_take(r->jobs, ret);
}

/* The question of a job as if it had been asked: no OPT, no bits but RD. */
static void begin_one(struct resolver *r, uint16_t job,
		      const struct dname *name, uint16_t qtype)
{
	struct lookup_key key = { .name = *name, .qtype = qtype, .flags = DNS_RD };
	struct waiter w = { .place = { .kind = WAITER_JOB, .index = job } };
	int rc = forwarder_look_up(r, &key, &w);

	if (rc)
		jobs_add(r->jobs, job, rc, NULL, 0);
}

void resolve_begin(struct resolver *r)
{
	enum resolve_family families;
	struct dname name;
	eventfd_t count;
	uint16_t job;

	eventfd_read(jobs_fd(r->jobs), &count);
	while (jobs_begin(r->jobs, &job, &name, &families)) {
		if (families & RESOLVE_IP4)
			begin_one(r, job, &name, DNS_A);
		if (families & RESOLVE_IP6)
			begin_one(r, job, &name, DNS_AAAA);
	}
}

void resolve_finish(struct resolver *r, uint16_t job, int error, int rcode,
		    const struct addr *bound, size_t n)
{
	if (!error && rcode == DNS_NXDOMAIN)
		error = -ENOENT;
	else if (!error && rcode != DNS_NOERROR)
		error = -EAGAIN;
	jobs_add(r->jobs, job, error, bound, n);
}
