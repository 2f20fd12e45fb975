/* SPDX-License-Identifier: MIT */
#ifndef EF_GATE_GATE_H
#define EF_GATE_GATE_H

#include <stdint.h>

#include "audit/store.h"
#include "base/error.h"
#include "gate/follow.h"
#include "policy/decide.h"

/*
 * The one place where a verdict is reached and written down (P1, P4). A point
 * of enforcement asks gate_admit() before anything has happened, acts,
 * answers the target, and then tells gate_finish() what came of it. The gate
 * holds the live policy, the leases and the placeholders behind one mutex;
 * any thread may call. Every call may block for one commit.
 */
struct gate;

struct gate_options {
	struct store *store;   /* borrowed */
	struct policy *policy; /* a reference of the gate's own is taken */
	enum mode mode;
	bool placeholders; /* false: a route or a rule is in the way */
	bool tell_allowed; /* notices of what was simply allowed, too */
	const struct dname *search; /* of resolv.conf; borrowed */
	size_t n_search;
};

/* What a denial or a held call looks like to whoever tells the person. */
struct notice {
	int64_t seq;
	enum action action;
	bool would; /* denied by the policy, let through by the mode */
	struct observation seen;
	struct decision said;
	uint32_t rule_line; /* 0: no rule */
	char comm[16];
	char exe[256];
};

/* What gate_admit() reached. Hold on to it until gate_finish(). */
struct ticket {
	int64_t seq;	      /* number of the committed row; 0: none */
	int64_t since_ns;     /* when it was judged */
	struct decision said; /* said.rule is NULL unless policy is held */
	enum action action;
	struct policy *policy; /* the revision it was judged under, held */
};

/*
 * A call that has been judged, its row not written yet. What it points to is
 * the caller's and stays until gate_commit() is through with it.
 */
struct judged {
	struct observation *seen;
	struct ticket *ticket;
	int error; /* after gate_commit(): as gate_admit() returns */
	/* the gate's own */
	struct decision said;
	enum action action;
	int64_t process, revision;
	struct policy *policy; /* held */
	char comm[16], exe[256];
};

/* A gate, or NULL when out of memory or the first rows cannot be written. */
struct gate *gate_new(const struct gate_options *o, struct ef_err *err);

/* Free it; NULL is fine. */
void gate_free(struct gate *g);

/*
 * Judge what was seen and commit its row. Fills in the candidates of *seen,
 * and seen->name when the address is a placeholder. Returns 0: go on (the
 * ticket tells under which name; with ACTION_PROBE only the sink may be
 * reached), or -errno: answer the target with it
 * (-EACCES for a verdict of deny, -EPERM when it could not be inspected, and
 * whatever is due when the row could not be written). The ticket must be
 * given to gate_finish() either way. process is the row of the process.
 */
int gate_admit(struct gate *g, struct observation *seen,
	       const struct process *who, int64_t process, struct ticket *ret);

/*
 * The two halves of gate_admit(), for who has several calls at hand: judge
 * each, then commit the rows of all at once, and only then act on any. What
 * was judged must be committed. Does not block; any thread.
 */
void gate_judge(struct gate *g, struct observation *seen,
		const struct process *who, int64_t process,
		struct ticket *ticket, struct judged *ret);

#define GATE_COMMIT_MAX 32

/* Commit n rows, at most GATE_COMMIT_MAX. Fills in tickets and errors; blocks
 * for one commit. */
void gate_commit(struct gate *g, struct judged *const *list, size_t n);

/*
 * Record a refusal that is no matter of policy (a socket family, an untrusted
 * resolver, a port of ours): the judge is not asked, the mode does not relax
 * it. Returns -errno to answer with, as gate_admit() would; error is the one
 * due when the row was written.
 */
int gate_refuse(struct gate *g, struct observation *seen,
		const struct process *who, int64_t process, enum reason reason,
		int error, struct ticket *ret);

/*
 * The name of a placeholder that was admitted has led to this address: may it
 * be used? Judged like an answer of the name (D17) and added to the row.
 * Returns 0, or -EACCES, or -errno when it could not be written.
 */
int gate_resolved(struct gate *g, struct ticket *t,
		  const struct observation *seen, const struct addr *real);

/*
 * Add the outcome (0 or -errno, as the target sees it) to the row and release
 * the ticket. May be lost; does not block on the disk.
 */
void gate_finish(struct gate *g, struct ticket *t, int outcome);

/*
 * As gate_admit() for one more datagram of what a ticket admitted a moment
 * ago: true when the row, the policy revision and the leases still say the
 * same, and the repeat is counted; false: ask gate_admit() again.
 */
bool gate_repeat(struct gate *g, int64_t seq, uint64_t revision, uint64_t n);

/* A number that changes with every reload and with every lease that ends. */
uint64_t gate_revision(struct gate *g);

/* A number that changes with every name that an address is bound to: what was
 * denied may be allowed since. */
uint64_t gate_learnt(struct gate *g);

/* How a question of the target is to be answered. */
enum plan {
	PLAN_FORWARD,	  /* ask a trusted resolver, bind, hand over */
	PLAN_PLACEHOLDER, /* answer with .placeholder (type A), else no data */
	PLAN_NO_NAME,	  /* NXDOMAIN, or REFUSED by dns.denied */
	PLAN_NOT_IMPLEMENTED, /* NOTIMP: a type that is not answered */
	PLAN_FAIL,	      /* SERVFAIL: the row could not be written */
};

struct answer_plan {
	enum plan plan;
	int64_t seq;		 /* row of the question */
	struct addr placeholder; /* PLAN_PLACEHOLDER */
	enum reason reason;
	bool refuse; /* PLAN_NO_NAME: REFUSED instead of NXDOMAIN */
};

/*
 * Judge a question (q->name, q->qtype, who asked) and commit its row, and for
 * a refusal the attempt's row as well. Always fills *ret. A q->reason of
 * REASON_MALFORMED or REASON_RESOLVER on entry says that the forwarder has
 * refused it already: it is only written down. who may be NULL; q->process
 * names its row.
 */
void gate_question(struct gate *g, struct question *q,
		   const struct process *who, struct answer_plan *ret);

/*
 * Bind an address of a trusted answer to the name that was asked for, for
 * hold seconds, and commit that. Returns 0 or -errno (not bound).
 */
int gate_bind(struct gate *g, int64_t question_seq, const struct dname *name,
	      const struct addr *a, enum name_source source, int64_t hold_s);

/*
 * A service record of name, in a trusted answer, leads to target (D23): for
 * hold seconds it may be asked for on behalf of name, if that is mentioned by
 * a rule, and of those that name is asked for itself. A new one is recorded.
 */
void gate_follow(struct gate *g, int64_t question_seq, const struct dname *name,
		 const struct dname *target, int64_t hold_s);

/* On whose behalf a name may be asked for now, as far as rules mention them:
 * its addresses are theirs. At most FOLLOW_ROOTS_MAX; returns their number. */
size_t gate_roots(struct gate *g, const struct dname *target,
		  struct follow_root *ret);

/* The answer to a question, for the record. */
void gate_answer(struct gate *g, int64_t question_seq, int rcode,
		 const struct addr *addrs, size_t n);

/* Write down an event that is no verdict (store_event()). Nothing rests on
 * it; a failure shows in gate_record_error(). */
void gate_event(struct gate *g, const char *kind, const char *detail);

/* The last -errno with which a row could not be written; 0: none so far. */
int gate_record_error(struct gate *g);

/* Take a new policy: its revision is recorded, then it is live. */
int gate_swap(struct gate *g, struct policy *p);

/* The live policy, held for the caller. */
struct policy *gate_policy(struct gate *g);

struct gate_totals {
	uint64_t allowed, denied, held, would, questions;
};

/* The running totals. */
void gate_totals(struct gate *g, struct gate_totals *ret);

/*
 * Next denial or would-be denial nobody has told yet: 1 and *ret, or 0. The
 * queue is bounded; what did not fit is counted in *ret_lost and cleared.
 */
int gate_next_notice(struct gate *g, struct notice *ret, uint64_t *ret_lost);

/* An eventfd that is readable while there are notices. */
int gate_notice_fd(const struct gate *g);

#endif
