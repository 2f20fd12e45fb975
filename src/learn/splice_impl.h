/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_SPLICE_IMPL_H
#define EF_LEARN_SPLICE_IMPL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "learn/edit.h"
#include "learn/locate.h"
#include "learn/splice_text.h"

/*
 * What splice.c (the whole), splice_plan.c (which places), splice_list.c and
 * splice_ports.c (what they become), splice_flow.c (in brackets) and
 * splice_block.c (in lines) share. Only they include this.
 */

/* Bytes to be taken out of a text and others to be put in there. */
struct change {
	size_t at, cut;
	bool is_lines; /* whole lines: at is where one begins */
	size_t rank;   /* of several at one place the lower stands first */
	struct text text;
};

struct plan {
	const char *text;
	size_t len;
	struct located where;
	struct change *changes;
	size_t n, size;
	struct ef_err *err;
};

/* The edits of one kind among others, and the key of the list they go to. */
struct batch {
	const struct edit *list;
	size_t n;
	enum edit_kind kind;
	const char *key;
};

/*
 * Decide every change for these edits, which text_check() has passed. Changes
 * at one place are made in the order they are added, so what is nested deeper
 * comes first. Returns 0, or -ENOTSUP, -EINVAL or -ENOMEM with *p->err told.
 */
int plan_edits(struct plan *p, const struct edit *edits, size_t n);

/* Add a change; *t is taken over, also on failure. Returns 0 or -ENOMEM. */
int plan_add(struct plan *p, size_t at, size_t cut, bool is_lines,
	     struct text *t);

/* Tell why the place of a spot is not edited. Returns -ENOTSUP. */
int plan_refuse(struct plan *p, const struct spot *s, const char *why);

/*
 * See that neither an anchor, a tag nor an alias makes an edit of this place
 * mean more than it says. Returns 0 or -ENOTSUP.
 */
int plan_check(struct plan *p, const struct spot *s);

/*
 * The value of a key in a map, with both and the map checked. Returns 0 or
 * -ENOTSUP; *ret is NULL when the key is missing.
 */
int plan_find(struct plan *p, const struct spot *map, const char *key,
	      struct spot **ret_key, struct spot **ret);

/* True for what says nothing: no value, ~, null, [] or {}. */
bool plan_is_nothing(const struct spot *s);

/* True when a value ends on the line on which it begins. */
bool plan_is_on_one_line(const struct plan *p, const struct spot *s);

/* How far below its key a list or map in lines is indented in this file. */
size_t plan_step(const struct plan *p, enum spot_kind kind);

/* Add a batch to the value of its key in a map; *value is not missing. */
int list_into(struct plan *p, const struct spot *map, const struct spot *key,
	      const struct spot *value, const struct batch *b);

/* Add a batch with its key to a map in braces. */
int list_into_braces(struct plan *p, const struct spot *map,
		     const struct batch *b);

/* "key: [...]" as it stands in braces. */
void list_in_flow(struct text *t, const struct spot *map, const struct batch *b);

/* The lines of a batch below its key, or with it, which is in a column. */
void list_in_lines(const struct plan *p, struct text *t, size_t key_column,
		   bool with_key, const char *eol, const struct batch *b);

/* Add the ports of every EDIT_ADD_PORTS. Returns as plan_edits(). */
int ports_plan(struct plan *p, const struct edit *edits, size_t n);

/* Append items to a list, or keys with values to a map, in brackets. */
int flow_append(struct plan *p, const struct spot *s, const struct text *pieces,
		size_t n);

/* Where a line begins, and where the next one does (or the text ends). */
size_t block_line_start(const struct plan *p, size_t at);

/* See block_line_start(). */
size_t block_line_end(const struct plan *p, size_t at);

/* True when only spaces stand between the beginning of its line and a place. */
bool block_is_first(const struct plan *p, size_t at);

/* The line end in use around a place. */
const char *block_eol(const struct plan *p, size_t at);

/*
 * Where a line can be put in behind the last item or value of a list or map
 * in lines, whose dashes or keys stand in this column (from 0): behind what
 * belongs to it, before comments that do not. Returns 0 or -ENOTSUP.
 */
int block_end(struct plan *p, const struct spot *s, size_t column, size_t *ret);

/* The same for the end of the document. *ret_blank: a blank line may, and
 * should, come first. */
int block_document_end(struct plan *p, size_t *ret, bool *ret_blank);

/*
 * Put lines (*t is taken over) below a key of a map in lines instead of its
 * value, which is nothing, [] or {} on one line.
 */
int block_begin(struct plan *p, const struct spot *map, const struct spot *key,
		const struct spot *value, struct text *t);

#endif
