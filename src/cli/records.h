/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_RECORDS_H
#define EF_CLI_RECORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "audit/reader.h"

/* Which records a query command reads. */
#define RECORDS_MAX 256

struct records {
	const char *paths[RECORDS_MAX]; /* of --db, in order */
	size_t n;
};

/* Take one --db; 0, or the exit code after saying that there are too many. */
int records_add(struct records *r, const char *path);

/*
 * Open what --db named, else EGRESS_FILTER_DB, else the state folder (where
 * nothing recorded yet is no error). What cannot be read is told on stderr;
 * *ret_bad is true then. A name that ends in ".ndjson" is read as exported
 * lines, and so is "-", standard input. 0, or the exit code after saying what is wrong. The
 * paths must outlive the reader.
 */
int records_open(const struct records *r, struct reader **ret, bool *ret_bad);

/*
 * Where sessions are kept that come from elsewhere: the same choice, of one
 * path, into buf. 0, or the exit code after saying what is wrong.
 */
int records_home(const struct records *r, char *buf, size_t size);

#endif
