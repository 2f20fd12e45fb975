/* SPDX-License-Identifier: MIT */
#ifndef EF_POLICY_LOAD_TREE_H
#define EF_POLICY_LOAD_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/arena.h"
#include "policy/problem.h"

/*
 * YAML text to a tree of nodes with their places. This is the part that
 * knows libyaml; what the nodes mean is the business of load.c.
 */
enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP, NODE_ALIAS };

struct node {
	enum node_kind kind;
	bool is_plain; /* a scalar without quotes */
	struct place at;
	const char *text;    /* a scalar: without NUL bytes but the last */
	struct node *first;  /* a list: its items; a map: key, value, key ... */
	struct node *next;   /* of the list or map that holds this one */
	struct node *target; /* an alias: the node with the anchor */
};

/* Bounds, so that a hostile file costs a bounded amount. */
#define TREE_DEPTH_MAX	 16
#define TREE_NODES_MAX	 (1u << 20)
#define TREE_ANCHORS_MAX 100

/*
 * Read len bytes of text into a tree that lives in *a. Returns 0 with the
 * root (NULL when the file holds nothing but comments); -EINVAL with an error
 * in *ps; -ENOMEM.
 */
int tree_load(struct arena *a, const char *text, size_t len,
	      struct problems *ps, struct node **ret);

#endif
