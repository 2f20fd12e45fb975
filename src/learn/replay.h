/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_REPLAY_H
#define EF_LEARN_REPLAY_H

#include "audit/reader_group.h"
#include "base/error.h"
#include "learn/replay_observe.h"
#include "policy/policy.h"
#include "policy/verdict.h"

/*
 * Recorded attempts, judged again by the judge of a session, with the names
 * the record has: nothing is looked up. Where the verdict is another one than
 * is expected, that is a change. The memory is bounded whatever was recorded.
 */
struct replay;

/* Further destinations with a change are counted, not listed. */
#define REPLAY_CHANGES_MAX 10000

/* A destination of which something is judged otherwise. */
struct replay_change {
	bool is_denied;	     /* by the policy, though it should not be; else it
				is allowed, though it should not be */
	struct decision now; /* what the policy says of the first of them */
	const char *stage, *proto;
	const char *name; /* domain name or listener, raw; "" none */
	const char *ip;	  /* "" when no address or only a placeholder */
	int64_t port;
	const char *then; /* the record's reason of the first of them */
	int64_t line;	  /* the rule it was allowed by then; 0: none */
	int64_t rows, calls;
	/* the earliest of them: its event and time */
	char session[37];
	int64_t seq, at_ms;
};

struct replay_totals {
	/* calls, repeats counted: as before, and the changes */
	int64_t same_allowed, same_denied, now_denied, now_allowed;
	int64_t probes;	   /* calls left out: connects that never sent */
	int64_t unlisted;  /* calls of changes beyond those listed */
	size_t n_sessions; /* with one attempt or more */
};

/*
 * A replay under a policy, which is held as long. What is expected is what
 * happened: what got out is allowed, the rest denied. NULL when out of memory.
 */
struct replay *replay_new(struct policy *p);

/* Free it; NULL is fine. */
void replay_free(struct replay *r);

/*
 * Expect something else: what the policy before allows, and what accepted
 * alone allows (NULL: nothing), is allowed, the rest denied, whatever
 * happened. Both are held. For who changes a policy and wants to know that
 * the change does what it should and nothing else.
 */
void replay_expect(struct replay *r, struct policy *before,
		   struct policy *accepted);

/*
 * Judge the attempts of a session that a filter (NULL: all) selects and that
 * are not older than since_ms. Returns 0 or -errno with *err told. Blocks on
 * the disk.
 */
int replay_session(struct replay *r, struct reader *records, size_t session,
		   const struct filter *f, int64_t since_ms, struct ef_err *err);

/*
 * Judge one group of a session with the names of its /etc/hosts (NULL: none).
 * Returns 0 or -ENOMEM.
 */
int replay_group(struct replay *r, const struct group *g,
		 const struct replay_hosts *hosts);

/* The totals so far. */
const struct replay_totals *replay_totals(const struct replay *r);

/*
 * Change i, in the order of this list: what is denied first; names before
 * addresses before the rest, names by their labels from the right, addresses
 * by value, then port and protocol. NULL after the last. Valid until the next
 * replay_session() or replay_group().
 */
const struct replay_change *replay_change(struct replay *r, size_t i);

/*
 * What a policy says of a recorded attempt or question: the judge's word,
 * and, for what no policy decides (a target that could not be inspected, a
 * table that was full), that it is denied as it was. *ret_seen (may be NULL)
 * is what was judged; its stage is N_STAGES when nothing was.
 */
struct decision replay_judge(const struct policy *p, const struct row *row,
			     const struct replay_hosts *hosts,
			     struct observation *ret_seen);

#endif
