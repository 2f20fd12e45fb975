/* SPDX-License-Identifier: MIT */
#ifndef EF_POLICY_LOAD_IMPL_H
#define EF_POLICY_LOAD_IMPL_H

#include "policy/build.h"
#include "policy/keys.h"
#include "policy/load.h"
#include "policy/load_tree.h"

/* What load.c (maps, lists, rules) and load_scalar.c (single values) share. */
#define PORT_RANGES_MAX 1024 /* of one rule */

struct loading {
	struct problems *problems;
	struct policy *policy;
	size_t visits;
	int failure;	  /* -ENOMEM, or -E2BIG when a bound was met and told */
	struct rule rule; /* the one being read */
	struct port_range ports[PORT_RANGES_MAX];
};

/* Follow aliases; NULL when there is no more patience. */
const struct node *load_visit(struct loading *l, const struct node *n);

/* Nothing stands there: "", "~" or "null". */
bool load_is_null(const struct node *n);

/* One value stands there; false after saying that it does not. */
bool load_is_scalar(struct loading *l, const struct key *k, const struct node *n);

/* Read a value of the key's type into the settings or the rule at hand, or say
 * what is wrong with it. */
void load_bool(struct loading *l, const struct key *k, const struct node *n);

/* The same for a number. */
void load_number(struct loading *l, const struct key *k, const struct node *n);

/* The same for one of some words. */
void load_word(struct loading *l, const struct key *k, const struct node *n);

/* The same for a name pattern or a network. */
void load_pattern(struct loading *l, const struct key *k, const struct node *n);

/* The same for a list of ports. */
void load_ports(struct loading *l, const struct key *k, const struct node *n);

#endif
