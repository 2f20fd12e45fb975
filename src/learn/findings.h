/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_FINDINGS_H
#define EF_LEARN_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "learn/suffix.h"
#include "policy/policy.h"

/*
 * What a policy says that a person may not have meant: rules that allow more
 * than they seem to, and rules that do nothing. The policy loads; what keeps
 * one from loading is said by the loader.
 */
enum finding_kind {
	FINDING_DEFAULT_ALLOW,
	FINDING_DANGER,	       /* metadata, or a listener that is a way out */
	FINDING_PUBLIC_SUFFIX, /* a wildcard over names of anybody */
	FINDING_SHARED_HOST,   /* the same, by shared.h */
	FINDING_OPEN_HOST,     /* a host that passes on what it is sent */
	FINDING_BROAD,	       /* a large network */
	FINDING_NO_PORTS,
	FINDING_LOOPBACK_PORTS,
	FINDING_PLACEHOLDERS, /* an address rule that turns them off */
	FINDING_DUPLICATE,
	FINDING_SPLIT,	     /* one name in two rules with other ports */
	FINDING_SHADOWED,    /* others allow all that it allows */
	FINDING_UNREACHABLE, /* nothing can ever match it */
	FINDING_UNUSED,	     /* nothing has matched it (findings_usage.h) */
	FINDING_MIXED_SCRIPT,
	N_FINDING_KINDS
};

enum finding_level { LEVEL_INFO, LEVEL_WARNING, LEVEL_ERROR };

struct finding {
	enum finding_kind kind;
	enum finding_level level;
	uint32_t line, column;	 /* from 1; 0: the file as a whole */
	const struct rule *rule; /* NULL: not about one */
	bool can_go;		 /* without the rule no verdict changes */
	char text[320]; /* what it is and what to write instead, printable */
};

/* Further findings are counted, not listed. */
#define FINDINGS_MAX 10000

struct findings {
	struct finding *list; /* in file order */
	size_t n, room;
	size_t more; /* beyond FINDINGS_MAX */
};

/*
 * Look through a policy; *ret is filled and given back with findings_done().
 * Rules belong to the policy. The cost grows with the number of rules, not
 * with its square. Returns 0 or -ENOMEM. Pure.
 */
int findings_find(const struct policy *p, const struct suffixes *suffixes,
		  struct findings *ret);

/* Free what is listed; all zero is fine. */
void findings_done(struct findings *f);

/* One more, about a rule (NULL: the file); returns it to be filled in, or NULL
 * when it is only counted or there is no memory. Private to findings*.c. */
struct finding *findings_add(struct findings *f, enum finding_kind kind,
			     const struct rule *r, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Put the list into file order. */
void findings_sort(struct findings *f);

/* The stable word of a kind ("no-ports"); never NULL. */
const char *finding_word(enum finding_kind kind);

/* "info", "warning", "error"; never NULL. */
const char *finding_level_word(enum finding_level level);

#endif
