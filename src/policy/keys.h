/* SPDX-License-Identifier: MIT */
#ifndef EF_POLICY_KEYS_H
#define EF_POLICY_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The keys of a policy file, version 1: one table that the loader, the
 * manual and the JSON schema read.
 */
enum key_type {
	KEY_MAP,       /* holds the keys whose paths begin with its own */
	KEY_RULES,     /* a list of such maps, one rule each */
	KEY_BOOL,      /* true or false */
	KEY_NUMBER,    /* an integer from .min to .max */
	KEY_WORD,      /* one of .words */
	KEY_TEXT,      /* any text */
	KEY_PATTERN,   /* a name, or "*." and a name */
	KEY_CIDR,      /* a network or an address */
	KEY_PORTS,     /* a list of ports and ranges of ports, or null */
	KEY_SERVERS,   /* a list of addresses with or without a port */
	KEY_LISTENERS, /* a list of names of unix listeners */
	KEY_UNBUILT,   /* true or false, and true is not built yet */
	KEY_RETIRED,   /* of an older program: a warning, no effect */
};

struct key {
	const char *path; /* "dns.mode"; "domains[].ports" */
	enum key_type type;
	bool is_required;
	uint32_t min, max;	  /* KEY_NUMBER */
	const char *const *words; /* KEY_WORD: then NULL; the place of a word
				     is its value */
	const char *fallback;	  /* what holds without it, as written; NULL */
	const char *sentence;	  /* what it means, lower case */
	size_t offset, size;	  /* its field in struct settings; size 0:
				     it has none */
};

/* The most rows there may be: a set of them fits into 64 bits. */
#define KEYS_MAX 64

/* Row i, from 0, in the order of the manual; NULL after the last. */
const struct key *keys_row(size_t i);

/* The place of a row in the table. */
size_t keys_place(const struct key *k);

/*
 * The row of a name within a map ("" for the file itself, "dns",
 * "domains[]"), or NULL.
 */
const struct key *keys_find(const char *map, const char *name);

/* The name of a row within its map: what follows the last dot. */
const char *keys_name(const struct key *k);

/* The known name in this map that is nearest to a mistyped one, or NULL. */
const char *keys_nearest(const char *map, const char *typed);

/* The next row of a map; start with *at 0. NULL ends it. */
const struct key *keys_next(const char *map, size_t *at);

#endif
