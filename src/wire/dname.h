/* SPDX-License-Identifier: MIT */
#ifndef EF_WIRE_DNAME_H
#define EF_WIRE_DNAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A domain name as its labels, lower case (RFC 4343), in wire form: a length
 * byte before each label and a zero at the end (RFC 1035 section 3.1). Names
 * are compared by labels, never as joined text: a label may hold any byte, a
 * dot too. Pure: no I/O, no allocation.
 */
#define DNAME_WIRE_MAX 255

struct dname {
	uint8_t len; /* bytes in wire, the final zero counted; 0: no name */
	uint8_t wire[DNAME_WIRE_MAX];
};

/* Longest text of a name: every byte as \DDD, dots, and a NUL. */
#define DNAME_TEXT_MAX 1024

/*
 * Read a plain name ("api.example.com", one final dot allowed): labels of
 * letters, digits, '-' and '_', 1 to 63 bytes, 255 on the wire. Returns 0, or
 * -EINVAL: anything else is not a plain name. "" is -EINVAL.
 */
int dname_from_text(const char *text, struct dname *ret);

/*
 * Take len bytes of an uncompressed wire name, lower-casing ASCII letters.
 * Returns 0, or -EINVAL unless it is well formed and uses exactly len bytes.
 */
int dname_from_wire(const void *wire, size_t len, struct dname *ret);

/*
 * Write the name without its final dot ("." for the root, "" for no name)
 * into buf (DNAME_TEXT_MAX) and return buf. A byte that no plain name holds
 * becomes \DDD (RFC 1035 section 5.1), so the result is printable ASCII.
 */
char *dname_text(const struct dname *n, char *buf);

/* Same labels. */
bool dname_equal(const struct dname *a, const struct dname *b);

/* True when n has one or more labels left of parent ("*.parent" covers n). */
bool dname_is_below(const struct dname *n, const struct dname *parent);

/* True for what dname_from_text() would have accepted. */
bool dname_is_plain(const struct dname *n);

/* Number of labels; 0 for the root and for no name. */
unsigned int dname_labels(const struct dname *n);

/*
 * Cut the leftmost label off. False, and *ret untouched, when n is the root
 * or no name. ret may be n.
 */
bool dname_parent(const struct dname *n, struct dname *ret);

/* A hash of the labels, the same in every run of every build (FNV-1a). */
uint32_t dname_hash(const struct dname *n);

#endif
