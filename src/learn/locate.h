/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_LOCATE_H
#define EF_LEARN_LOCATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "policy/arena.h"

/*
 * The values of a YAML text and the bytes they take. This is the part that
 * knows libyaml; what to do at a place is the business of learn/splice.h.
 */
enum spot_kind { SPOT_SCALAR, SPOT_LIST, SPOT_MAP, SPOT_ALIAS };

/* How a value is written. */
enum spot_style {
	SPOT_BLOCK,	   /* a list or map by indentation */
	SPOT_FLOW,	   /* a list or map in brackets */
	SPOT_PLAIN,	   /* a scalar without quotes */
	SPOT_SINGLE,	   /* a scalar in single quotes */
	SPOT_DOUBLE,	   /* a scalar in double quotes */
	SPOT_BLOCK_SCALAR, /* a literal or folded one */
};

struct spot {
	enum spot_kind kind;
	enum spot_style style;
	bool is_marked; /* it has an anchor or a tag */

	/*
	 * The bytes. The end is behind the last one, but for lists, maps and
	 * scalars in block style: there it is where the next token begins, so
	 * comments and blank lines that follow are within. Nothing that stands
	 * where a value could be has start == end.
	 */
	size_t start, end;
	uint32_t line, column; /* of the start, from 1, as in struct rule */

	const char *text;   /* a scalar's value */
	struct spot *first; /* a list: its items; a map: key, value, key ... */
	struct spot *next;  /* of the list or map that holds this one */
};

struct located {
	struct arena arena; /* holds the spots */
	struct spot *root;  /* NULL: nothing but comments */
	size_t end;	    /* where the document ends: a "..." or the text */
};

/*
 * Find the values of a text that policy_load() takes. Returns 0 and fills
 * *ret, which the caller gives back; -EINVAL with *err told when it is not one
 * document of YAML in UTF-8; -ENOMEM. Pure.
 */
int locate(const char *text, size_t len, struct located *ret, struct ef_err *err);

/* Give the spots back; all zero is fine. */
void located_done(struct located *l);

/*
 * The value of a key of a map, or NULL; the key's own spot goes to *ret_key
 * (NULL: not wanted). Keys that are aliases are not looked through.
 */
struct spot *locate_value(const struct spot *map, const char *key,
			  struct spot **ret_key);

/* The last item of a list, or the last value of a map; NULL: it is empty. */
struct spot *locate_last(const struct spot *s);

#endif
