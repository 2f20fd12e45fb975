/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_SUGGEST_H
#define EF_LEARN_SUGGEST_H

#include "learn/decision.h"
#include "learn/edit.h"
#include "learn/notes.h"
#include "learn/observe.h"
#include "learn/suffix.h"

/*
 * From destinations to suggestions, and from suggestions to edits. A pure
 * function of its arguments: no clock, no locale, no hash order, no network.
 */

enum suggestion_state {
	SUGGESTED,
	NEVER_OFFERED, /* dangerous, or no rule could be about it: .why */
	PUT_ASIDE,     /* a person said "never" or "skip" */
	ABSORBED,      /* a wildcard that was asked for covers it */
};

enum confidence { CONFIDENCE_LOW, CONFIDENCE_MEDIUM, CONFIDENCE_HIGH };

/* Why no wildcard is offered for a name. */
enum no_wildcard {
	WILDCARD_OFFERED,
	WILDCARD_FEW,	 /* too few names below its parent were seen */
	WILDCARD_SUFFIX, /* its parent is a public suffix */
	WILDCARD_SHARED, /* its parent is on the list of shared hosts */
	WILDCARD_NONE,	 /* an address, a listener, or a site itself */
};

/* "*.parent" as an alternative. */
struct alternative {
	struct dname parent;
	size_t n_names; /* of the seen names that it would cover */
};

#define ALTERNATIVES_MAX  2
#define SUGGEST_PORTS_MAX 64 /* beyond, it was a scan */

/* Reasons for a low confidence (bits). */
enum doubt {
	DOUBT_ADDRESS = 1 << 0,
	DOUBT_PORT = 1 << 1,	  /* the port was not seen, it is assumed */
	DOUBT_AMBIGUOUS = 1 << 2, /* one of several names of an address */
	DOUBT_GENERATED = 1 << 3, /* a label looks made up */
	DOUBT_NOTE = 1 << 4,	  /* a note of caution */
	DOUBT_UNSENT = 1 << 5,	  /* a datagram socket was connected, and
				     perhaps nothing sent */
	DOUBT_RESERVED = 1 << 6,  /* not a name of the public DNS */
};

struct suggestion {
	enum suggestion_state state;
	const struct seen *seen; /* of a wildcard: the first it stands for */
	char *dest;		 /* as an edit takes it */
	char *shown;		 /* one printable line: "*.x", "[::1]" ... */
	enum dest_kind kind;
	bool is_wildcard;
	const struct rule *rule; /* more ports for this one; NULL: a new rule */
	struct port_range *ports;
	size_t n_ports;
	enum confidence confidence;
	unsigned int notes, doubts;
	const char *why; /* NEVER_OFFERED: a sentence; PUT_ASIDE: a word */
	struct alternative alternatives[ALTERNATIVES_MAX];
	size_t n_alternatives;
	enum no_wildcard no_wildcard;
	/* of all it stands for */
	int64_t attempts, denied, first_ms, last_ms;
	size_t n_sessions, first_session;
};

struct suggest_options {
	const struct suffixes *suffixes;
	const struct decisions *decisions; /* NULL: none */
	const char *const *widen;	   /* sites to widen to */
	size_t n_widen;
	uint16_t assumed_port; /* where no port was seen */
};

struct suggestions;

/*
 * Make suggestions of what was observed. o must be sorted; it, the policy it
 * was held against and the options must outlive the result, which the caller
 * frees. Returns 0, -ENOMEM, or -EINVAL with *err told (a site that may not be
 * widened to, and why).
 */
int suggest(const struct observations *o, const struct policy *p,
	    const struct suggest_options *options, struct suggestions **ret,
	    struct ef_err *err);

/* Free it; NULL is fine. */
void suggestions_free(struct suggestions *s);

/* Number of suggestions, in whatever state. */
size_t suggestions_n(const struct suggestions *s);

/* The suggestion at i (0 <= i < number), as long as s. The order is that of a
 * file: names by their labels from the right, addresses, listeners. */
const struct suggestion *suggestions_at(const struct suggestions *s, size_t i);

/* How many are in this state. */
size_t suggestions_count(const struct suggestions *s,
			 enum suggestion_state state);

/*
 * The edits that accept every suggestion in the state SUGGESTED, in order.
 * with_comments: new rules say when and by what they were learned. Valid as
 * long as s. Returns 0 or -ENOMEM.
 */
int suggestions_edits(struct suggestions *s, const struct observations *o,
		      bool with_comments, const struct edit **ret, size_t *ret_n);

/*
 * The same as rules of their own, whatever rules there are: what these alone
 * allow is what a person accepts. The caller frees the list, which points into
 * s. NULL: out of memory.
 */
struct edit *suggestions_accepted(const struct suggestions *s, size_t *ret_n);

/* The word of a confidence; never NULL. */
const char *confidence_word(enum confidence c);

/* What a doubt is, for a person; no full stop; never NULL. */
const char *doubt_text(enum doubt d);

/* Why no wildcard is offered, for a person; never NULL. */
const char *no_wildcard_text(enum no_wildcard why);

/* The next doubt of a set, taken out of it; 0 when none is left. */
enum doubt doubt_next(unsigned int *doubts);

#endif
