/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_EDIT_H
#define EF_LEARN_EDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/policy.h"

/*
 * One change of a policy file: what a suggestion becomes when it is accepted.
 * Edits only add; nothing is ever removed or moved. Whoever makes one says
 * what is meant, never how it is written: quoting, escaping, indentation and
 * line ends are the business of learn/splice.h.
 */
enum edit_kind {
	EDIT_NEW_NAME,	/* one more rule of domains */
	EDIT_NEW_RANGE, /* one more rule of ip_ranges */
	EDIT_NEW_UNIX,	/* one more name of unix_sockets.allow */
	EDIT_ADD_PORTS, /* more ports for a rule that lists some */
};

/* Longest reason in bytes; the loader of policies knows no such bound. */
#define EDIT_REASON_MAX 1000

/* Longest comment in characters; what is longer is cut. */
#define EDIT_COMMENT_MAX 200

/* Most edits of one file, and ports or ranges of ports of one edit. */
#define EDITS_MAX      10000
#define EDIT_PORTS_MAX 1024

/* Everything pointed to belongs to the maker and outlives the edit. */
struct edit {
	enum edit_kind kind;

	/*
	 * EDIT_NEW_NAME: a plain name (dname_from_text()). A '*' in it is an
	 * error: only .is_wildcard makes "*.name" of it.
	 * EDIT_NEW_RANGE: an address or a network without host bits.
	 * EDIT_NEW_UNIX: the listener's name as recorded (struct unix_peer),
	 * printable ASCII; it will match that listener alone.
	 * EDIT_ADD_PORTS: the pattern or network of the rule as written, for
	 * messages and the snippet only.
	 */
	const char *dest;
	bool is_wildcard;   /* EDIT_NEW_NAME: all names below dest, not dest */
	bool allow_private; /* EDIT_NEW_NAME: written when true */

	/*
	 * Written in this order, as given. At least one but for unix
	 * listeners; to leave ports out, which allows them all, takes
	 * .all_ports as well, so that nobody does it by forgetting them.
	 */
	const struct port_range *ports;
	size_t n_ports;
	bool all_ports;

	/*
	 * The reason key of a new rule, UTF-8; NULL: none. What is not
	 * printable ASCII is written as an escape of YAML and is read back as
	 * it was; bytes that are not UTF-8 become U+FFFD. A unix listener has
	 * no such key: say it in the comment.
	 */
	const char *reason;

	/*
	 * A line written above the new rule behind "# "; NULL: none. What is
	 * not printable ASCII becomes '?'. Left out where the file has no
	 * place for one (lists in brackets, new ports).
	 */
	const char *comment;

	/* EDIT_ADD_PORTS: where the rule's pattern stands (struct rule). */
	uint32_t line, column;
};

#endif
