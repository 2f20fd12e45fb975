/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_IMPORT_H
#define EF_AUDIT_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audit/reader.h"
#include "base/error.h"

/*
 * Records from elsewhere: databases, NDJSON (version 1, as "log --ndjson" and
 * "sessions export" write it) and folders of both (*.db, *.ndjson). "-" is
 * NDJSON on standard input; a pipe will do. Nobody vouches for what is read: a
 * line is refused or becomes a row, memory is bounded by IMPORT_LINE_MAX.
 *
 * A session that comes twice is one; two that have the same id and differ are
 * refused. All calls block on the disk, and on a pipe.
 */
#define IMPORT_LINE_MAX (32u << 20) /* bytes; a policy of 4 MiB, all escaped */

struct import;

struct import_options {
	bool keep_going; /* leave bad lines out instead of giving up */
	/* told of each line left out and of what else a person should know: a
	 * line without its end, printable; may be NULL */
	void (*tell)(void *arg, const char *text);
	void *arg;
};

enum import_outcome {
	IMPORT_NEW,   /* taken over */
	IMPORT_KNOWN, /* was there already, the same */
};

enum import_proof {
	IMPORT_AS_WRITTEN, /* by its digest */
	IMPORT_CHANGED,	   /* its digest is another */
	IMPORT_UNPROVEN,   /* not all columns came: no digest can be made */
	IMPORT_NOT_CLOSED, /* has no digest */
};

/* One session that was read. */
struct import_item {
	char uuid[37];
	int64_t rows; /* numbered ones */
	enum import_outcome outcome;
	enum import_proof proof;
};

/*
 * Read everything and keep it aside, in a folder of its own within folder,
 * which is made where it is missing. Returns 0, or -errno with *err saying
 * "FILE:LINE:COLUMN: ..."; nothing is kept then.
 */
int import_read(const char *folder, const char *const *paths, size_t n,
		const struct import_options *o, struct import **ret,
		struct ef_err *err);

/*
 * Put what was read into the folder, a file for each session: all of it, or
 * (-errno with *err told) nothing.
 */
int import_publish(struct import *im, struct ef_err *err);

/*
 * The same, into one file that may hold many sessions, which is made where it
 * is missing. Rows get other numbers where theirs are taken; the digest of such
 * a session cannot be computed again, and its record says so.
 */
int import_add(struct import *im, const char *path, struct ef_err *err);

/* Session i of what was read, or NULL after the last one. */
const struct import_item *import_item(const struct import *im, size_t i);

/* Lines that were left out, with keep_going. */
size_t import_n_bad(const struct import *im);

/* Remove what is kept aside; NULL is fine. */
void import_free(struct import *im);

/*
 * A reader over all of it, as reader_open() gives one over databases: what is
 * NDJSON is kept in a private folder (below TMPDIR) until reader_close().
 */
int import_open(const char *const *paths, size_t n,
		const struct import_options *o, struct reader **ret,
		struct ef_err *err);

#endif
