/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_READER_H
#define EF_AUDIT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audit/filter.h"
#include "audit/row.h"
#include "base/error.h"

/*
 * Reading records: the sessions of any number of files, merged. Nothing here
 * writes to a record or keeps a transaction open between two calls, so that a
 * live session is never held up. One thread at a time. All calls block on the
 * disk.
 */
struct reader;

enum session_state {
	SESSION_RUNNING,    /* its supervisor is alive */
	SESSION_ENDED,	    /* closed, digest written */
	SESSION_NOT_CLOSED, /* its supervisor is gone without a last row */
};

struct session_info {
	char uuid[37];
	enum session_state state;
	const char *path; /* of the file; belongs to the reader */
	char *cwd, *version, *name, *tags;
	char *argv; /* NUL after each argument */
	size_t argv_len;
	char mode[16];
	int64_t row; /* in its file */
	int64_t started_ms;
	int64_t ended_ms;	   /* 0: not ended */
	int64_t exit_code, signal; /* -1: not ended */
	int64_t last_seq;	   /* the newest committed row */
	int64_t allowed, denied, would, held, questions;
	char digest[65]; /* as written at the end, or "" */
	bool is_altered; /* the session itself noticed a foreign write */
	bool is_partial; /* imported without everything that the digest is over */
	bool is_shared; /* other sessions are in the same file */
	int64_t pid;
};

/* A page of rows in the order of their numbers. */
struct page {
	struct row *rows;
	size_t n;
	int64_t last; /* every row up to this number has been looked at */
	void *arena;  /* private: the texts */
};

#define READER_PAGE_ROWS 256

/*
 * Look into each path: a file, a folder (its *.db files), or a pattern with
 * '*', '?' or '[' (glob(7)). A single path that does not exist is -ENOENT;
 * what is there but cannot be read is told by reader_problem(), and the others
 * go on. Returns 0 or -errno with *err told.
 */
int reader_open(const char *const *paths, size_t n, struct reader **ret,
		struct ef_err *err);

/*
 * The same in a time that does not depend on the number of rows: the totals of
 * a session that has not ended are -1, also after reader_refresh().
 */
int reader_open_quick(const char *const *paths, size_t n, struct reader **ret,
		      struct ef_err *err);

/* Close and free it; NULL is fine. */
void reader_close(struct reader *r);

/* Problem i (from 0) of opening: a line for a person; NULL after the last. */
const char *reader_problem(const struct reader *r, size_t i);

/* Number of sessions. */
size_t reader_n_sessions(const struct reader *r);

/* Session i, oldest first; valid until reader_refresh() or reader_close(). */
const struct session_info *reader_session(const struct reader *r, size_t i);

/*
 * The session whose id begins with this prefix (hyphens may be left out), or
 * whose name it is. Returns its index; -ENOENT or -ENOTUNIQ with *err told.
 */
int64_t reader_find(const struct reader *r, const char *prefix,
		    struct ef_err *err);

/* Read the state, totals and last number of a session again. */
int reader_refresh(struct reader *r, size_t session, struct ef_err *err);

/*
 * The next rows of a session whose numbers are above after (-1: from the
 * beginning, with the start row, whose number is 0). The end row comes last, once the session has ended; its
 * number is one more than the last. An empty page: nothing newer yet. Fill a
 * page that is all zero or was given back; give it back with page_done().
 */
int reader_page(struct reader *r, size_t session, int64_t after,
		struct page *ret, struct ef_err *err);

/*
 * The same, but attempts that a filter does not select may be left out, and so
 * may what is older than since_ms: filter_selects() still has the last word.
 * Where rows are left out, the next page begins after ret->last.
 */
int reader_page_where(struct reader *r, size_t session, int64_t after,
		      const struct filter *f, int64_t since_ms,
		      struct page *ret, struct ef_err *err);

/* The same row again, by its number: 0, -ENOENT, or -errno. */
int reader_row(struct reader *r, size_t session, int64_t seq, struct page *ret,
	       struct ef_err *err);

/* Free what a page holds; it is empty then. */
void page_done(struct page *p);

/*
 * True when some process has the file of a session open: then it may not be
 * removed. Opens the file for writing and, when it is free, closes it properly
 * (what is left in its write-ahead log goes into the file).
 */
bool reader_is_in_use(struct reader *r, size_t session);

/* How the rows compare with the digest written at the end. */
enum reader_proof {
	PROOF_AS_WRITTEN,
	PROOF_CHANGED,
	PROOF_NOT_CLOSED,
	PROOF_IMPOSSIBLE, /* not all of it was imported */
};

/* Compute a session's digest again and compare. Reads all of its rows. */
int reader_prove(struct reader *r, size_t session, enum reader_proof *ret,
		 struct ef_err *err);

/* A destination with its count. */
struct destination {
	char text[300]; /* name or address and port, escaped */
	char program[64];
	char reason[160];
	int64_t count;
};

/* The most often denied destinations of a session, at most max of them; the
 * number of all in *ret_all. Returns how many, or -errno. */
int reader_denied(struct reader *r, size_t session, struct destination *list,
		  size_t max, size_t *ret_all, struct ef_err *err);

/* A policy that was in force, as it was loaded. */
struct revision {
	char *path;  /* "" for a policy without a file */
	char *text;  /* a NUL follows its bytes */
	size_t len;  /* bytes of text */
	bool allows; /* default_policy: allow */
};

/*
 * The policy revision under which an attempt or a question was judged. Give it
 * back with revision_done(). 0; -ENOENT when the row has none; or -errno with
 * *err told.
 */
int reader_revision(struct reader *r, size_t session, int64_t seq,
		    struct revision *ret, struct ef_err *err);

/* The same for the policy that a session ran under last. */
int reader_last_revision(struct reader *r, size_t session, struct revision *ret,
			 struct ef_err *err);

/* What is done with a revision: 0, or -errno to stop. It may not use the
 * reader. */
typedef int (*revision_fn)(void *arg, const struct revision *v);

/* Tell every revision a session went by, the oldest first. Returns 0, what fn
 * returned, or -errno with *err told. */
int reader_revisions(struct reader *r, size_t session, revision_fn fn,
		     void *arg, struct ef_err *err);

/* Free what a revision holds; one that is all zero is fine. */
void revision_done(struct revision *v);

/* The policy a session ran under last: path and SHA-256, "" when none. */
int reader_policy(struct reader *r, size_t session, char *path, size_t size,
		  char sha256[65], struct ef_err *err);

#endif
