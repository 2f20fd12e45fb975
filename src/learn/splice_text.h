/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_SPLICE_TEXT_H
#define EF_LEARN_SPLICE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "learn/edit.h"

/*
 * Edits as YAML. Whatever is outside text leaves here in quotes, as printable
 * ASCII and on one line, or not at all. Only learn/ includes this.
 */

/* Text that grows. All zero at the start; the owner frees .bytes. After a
 * failure to grow every call does nothing and .failed stays. */
struct text {
	char *bytes; /* a NUL follows the first len, once there are any */
	size_t len, size;
	bool failed;
};

/* Append n bytes. */
void text_add(struct text *t, const void *bytes, size_t n);

/* Append a string, or what the format says. */
void text_put(struct text *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Append n spaces. */
void text_indent(struct text *t, size_t n);

/* How a new entry is to look: as its neighbours do. */
struct shape {
	size_t column;	  /* of the dash, from 0 */
	size_t gap;	  /* from the dash to what follows it, at least 2 */
	char quote;	  /* ' or " around patterns */
	bool is_flow;	  /* a rule in braces */
	bool quotes_keys; /* in braces: keys in double quotes */
	const char *eol;  /* "\n" or "\r\n" */
};

/*
 * Look whether an edit can be written at all: its destination, ports and
 * reason are what edit.h asks for. Returns 0, or -EINVAL with *err told.
 */
int text_check(const struct edit *e, struct ef_err *err);

/* The reason as the loader will read it: bytes that are not UTF-8 become
 * U+FFFD. */
void text_reason(struct text *t, const char *reason);

/* The entry in one line, as it stands inside brackets or behind a dash. */
void text_flow_entry(struct text *t, const struct edit *e, const struct shape *s);

/* The entry in lines of its own, with its comment and its dash. */
void text_block_entry(struct text *t, const struct edit *e,
		      const struct shape *s);

/* A port or range as an item of a list. */
void text_port(struct text *t, const struct port_range *p);

/* A comment on one line, without the line's end. */
void text_comment(struct text *t, const char *comment);

#endif
