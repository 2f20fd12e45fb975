/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_DIGEST_H
#define EF_AUDIT_DIGEST_H

#include <stddef.h>
#include <stdint.h>

/*
 * SHA-256 over the columns of a session's rows that never change once they are
 * committed. Each table has a digest of its own, in the order of its keys, and
 * the digest of a session is taken over those: so a reader can compute it
 * again, table by table. Not locked.
 */
enum digest_table {
	DIGEST_SESSION,
	DIGEST_REVISIONS,
	DIGEST_PROCESSES,
	DIGEST_BINDINGS,
	DIGEST_QUESTIONS,
	DIGEST_ATTEMPTS,
	DIGEST_EVENTS,
	N_DIGESTS
};

#define DIGEST_HEX 65 /* 64 digits and a NUL */

/* One column of a row. */
enum cell_kind {
	CELL_NULL,
	CELL_INT,
	CELL_TEXT,
	CELL_BLOB,
	CELL_REF, /* bound as .n (0: NULL), digested as the text it stands for */
};

struct cell {
	enum cell_kind kind;
	int64_t n;
	const void *p;
	size_t len;
};

struct digest;

/* A digest of nothing, or NULL when out of memory. */
struct digest *digest_new(void);

/* Free it; NULL is fine. */
void digest_free(struct digest *d);

/* Add a row of n cells to a table's digest. Returns 0 or -EIO. */
int digest_row(struct digest *d, enum digest_table table,
	       const struct cell *cells, size_t n);

/* Keep what a table's digest is now; there is one place for all tables. 0 or
 * -EIO. */
int digest_save(struct digest *d, enum digest_table table);

/* Go back to what digest_save() kept of the same table, once. */
void digest_restore(struct digest *d, enum digest_table table);

/* The digest so far, as hex digits; all zero digits when it cannot be made. */
void digest_text(const struct digest *d, char ret[DIGEST_HEX]);

/* SHA-256 of len bytes, as hex digits. */
void digest_bytes(const void *p, size_t len, char ret[DIGEST_HEX]);

#endif
