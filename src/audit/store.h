/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_STORE_H
#define EF_AUDIT_STORE_H

#include "audit/event.h"
#include "base/error.h"

/*
 * The record: one SQLite file, written by one connection under one mutex of
 * its own (any thread may call). A row is committed when the call that writes
 * it returns 0; any other return means that nothing may go out. No call
 * allocates after store_open() but for SQLite's own page cache. All calls may
 * block for one commit; store_attempt() retries a file locked by another
 * session in 50 us steps for 2 s, then gives up.
 */
struct store;

struct store_options {
	const char *path;      /* --db PATH, or NULL: a file of its own in
				state_dir/sessions/UUID.db */
	const char *state_dir; /* $XDG_STATE_HOME/egress-filter */
	uint64_t max_bytes;    /* size limit of the file; 0: 1 GiB */
};

/*
 * Open or create the record and write the session's first row. Checks that
 * the file is a record of ours, readable, writable, of a schema this version
 * knows (older ones are migrated), without triggers or views. Returns 0, or
 * -errno with *err saying what is wrong and the way out.
 */
int store_open(const struct store_options *o, const struct session_start *s,
	       struct store **ret, struct ef_err *err);

/* End the session: exit status, counts, digest. Then store_close(). */
int store_end(struct store *st, int exit_code, int signal, struct ef_err *err);

/* Flush counts, stop the checkpoint thread and close. NULL is fine. */
void store_close(struct store *st);

/* A policy revision (its path, digest, text and rules), as a row. */
int store_revision(struct store *st, const struct policy *p,
		   int64_t *ret_revision);

/* A process row, once for each (pid, start, exe, argv): a program may execute
 * itself with other arguments. The caller caches the row. */
int store_process(struct store *st, const struct process *p, int64_t *ret_row);

/*
 * Commit an attempt. *ret_seq is its number in the session (from 1, shared
 * with questions and lifecycle events, without gaps in what is committed).
 */
int store_attempt(struct store *st, const struct attempt *a, int64_t *ret_seq);

/* Commit several at once: all count, ret_seq[] being their numbers, or none
 * may take effect. 0 or -errno. */
int store_attempts(struct store *st, const struct attempt *list, size_t n,
		   int64_t *ret_seq);

/*
 * Commit the address that the name of an attempt on a placeholder led to,
 * before it is connected to.
 */
int store_resolved(struct store *st, int64_t seq, const struct addr *a);

/*
 * Add what came of it: err is 0 or -errno as the target saw it. Buffered,
 * written with the next commit or within a second; may be lost.
 */
void store_outcome(struct store *st, int64_t seq, int err, int64_t duration_ns);

/* Count n more datagrams of a committed row; buffered like the outcome. */
void store_repeat(struct store *st, int64_t seq, uint64_t n);

/* Commit a question before anything of it leaves. */
int store_question(struct store *st, const struct question *q, int64_t *ret_seq);

/* The answer's code (RFC 1035 RCODE, -1: none came); buffered. */
void store_answer(struct store *st, int64_t question_seq, int rcode,
		  const struct addr *addrs, size_t n);

/* Commit a binding learnt from the answer to a question (0: from hosts). */
int store_binding(struct store *st, int64_t question_seq,
		  const struct dname *name, const struct addr *a,
		  enum name_source source, int64_t hold_s);

/* A lifecycle event: "reload", "reload-refused", "limit", "altered", ... */
int store_event(struct store *st, const char *kind, const char *detail);

/* Flush what is buffered and checkpoint when due; the store's own thread
 * calls this too. Blocks on the disk. */
void store_flush(struct store *st);

/* True when this descriptor (as fstat tells) is one of our own files. */
bool store_owns(const struct store *st, uint64_t dev, uint64_t ino);

/* True when the record was found altered by somebody else: deny everything. */
bool store_is_altered(const struct store *st);

/* Session id, as 36 characters. */
const char *store_uuid(const struct store *st);

/* Path of the file. */
const char *store_path(const struct store *st);

/* The digest over the immutable columns so far, as 64 hex digits and NUL. */
void store_digest(struct store *st, char ret[65]);

#endif
