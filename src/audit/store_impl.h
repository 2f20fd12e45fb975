/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_STORE_IMPL_H
#define EF_AUDIT_STORE_IMPL_H

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <sqlite3.h>

#include "audit/digest.h"
#include "audit/intern.h"
#include "audit/store.h"

/*
 * What the files store_*.c share; nobody else includes this.
 *
 * Every function below expects .lock to be held unless it says otherwise.
 * A write is: gather the cells of the row, resolve what other tables hold
 * (store_name() and friends open a transaction when they have to insert),
 * store_insert(), store_commit(). Only store_commit() returning 0 means that
 * the row counts.
 */
enum store_stmt {
	STMT_BEGIN,
	STMT_COMMIT,
	STMT_ROLLBACK,
	STMT_ANCHOR,
	STMT_SESSION,
	STMT_REVISION,
	STMT_PROCESS,
	STMT_BINDING,
	STMT_QUESTION,
	STMT_ATTEMPT,
	STMT_EVENT,
	STMT_RULE,
	STMT_RULE_FIND,
	STMT_NAME,
	STMT_NAME_FIND,
	STMT_ADDRESS,
	STMT_ADDRESS_FIND,
	STMT_PROCESS_FIND,
	STMT_OUTCOME,
	STMT_REPEAT,
	STMT_RESOLVED,
	STMT_ANSWER,
	N_STMTS
};

/* Kinds of interned text. */
enum store_text { TEXT_DNS, TEXT_UNIX, TEXT_ADDRESS, TEXT_RULE };

/* A file of ours, as stat() told when it was opened. */
struct file_id {
	uint64_t dev, ino;
};

enum { FILE_DB, FILE_WAL, FILE_SHM, N_FILES };

#define PENDING_SLOTS	  512 /* outcomes and repeats waiting; power of two */
#define PENDING_FLUSH	  64 /* waiting ones that the next commit takes along */
#define ANSWERS_MAX	  64 /* answers waiting */
#define ANSWER_TEXT_MAX	  512 /* addresses of one answer, as text */
#define SAME_SLOTS	  4096
#define WATCH_ROWS	  256	     /* a session of so many is worth a watch */
#define CHECKPOINT_BYTES  (4u << 20) /* a checkpoint is due */
#define WAL_CAP_BYTES	  (16u << 20) /* writers wait for the checkpoint */
#define STORE_PAGE_BYTES  4096
#define BUSY_STEP_US	  50
#define BUSY_LIMIT_NS	  2000000000LL
#define MAX_BYTES_DEFAULT (1ull << 30)

/* What came of a row, until it is written. */
struct pending {
	int64_t seq; /* 0: empty */
	uint64_t repeats;
	int64_t duration_ns;
	int err;
	bool has_outcome;
};

struct pending_answer {
	int64_t seq;
	int rcode;
	size_t n;
	char text[ANSWER_TEXT_MAX];
};

/* What makes two attempts the same one when space is short. */
struct same_key {
	int64_t process, revision, name, address, placeholder, rule;
	uint32_t stage, proto, reason, action, port, detail;
};

struct same {
	struct same_key key;
	int64_t seq; /* 0: empty */
};

struct store {
	pthread_mutex_t lock;
	sqlite3 *db;
	sqlite3_stmt *stmt[N_STMTS];
	char path[N_FILES][PATH_MAX + 8];
	struct file_id file[N_FILES];
	int folder_fd;	   /* O_PATH of the folder they are in */
	bool is_shared;	   /* --db: other sessions may write, too */
	bool in_tx;	   /* a transaction of several statements is open */
	bool in_batch;	   /* store_put() leaves the commit to its caller */
	bool has_anchor;   /* STMT_ANCHOR is held open, see store_anchor.c */
	bool has_compiled; /* a statement was compiled again */
	int watch_fd;	   /* inotify, or -1 */
	bool is_watch_tried;
	atomic_bool is_altered;
	bool limit_told; /* the event row about the size limit is there */
	char *schema;	 /* its text at start */
	unsigned int data_version; /* after our last commit */
	uint64_t max_bytes;
	uint64_t file_bytes; /* at the last full check */
	off_t shm_bytes;     /* the index never shrinks while it is open */
	char uuid[37];
	int64_t session, seq;
	struct digest *digest;
	struct intern *names;
	struct pending pending[PENDING_SLOTS];
	size_t n_pending;
	struct pending_answer answers[ANSWERS_MAX];
	size_t n_answers;
	struct same *same; /* SAME_SLOTS of them */
	int64_t busy_since_ns;
	/* the checkpoint thread and its connection */
	pthread_t thread;
	bool has_thread;
	pthread_mutex_t ckpt_lock; /* taken before .lock */
	pthread_cond_t wake;
	bool stop;
	sqlite3 *ckpt;
	int log_pages; /* in the log; .due_pages: a checkpoint is due */
	int due_pages, cap_pages, woken_pages;
};

/* Text as cells; a NULL pointer is NULL in the row. */
static inline struct cell cell_int(int64_t n)
{
	return (struct cell){ .kind = CELL_INT, .n = n };
}

/* The number of another row; 0 is none and NULL in the row. */
static inline struct cell cell_row(int64_t n)
{
	return (struct cell){ .kind = n ? CELL_INT : CELL_NULL, .n = n };
}

static inline struct cell cell_bytes(enum cell_kind kind, const void *p,
				     size_t len)
{
	return (struct cell){ .kind = p ? kind : CELL_NULL, .p = p, .len = len };
}

static inline struct cell cell_text(const char *text)
{
	return cell_bytes(CELL_TEXT, text, text ? __builtin_strlen(text) : 0);
}

/* The query that reads a table's digested columns again; its one parameter is
 * the session. */
const char *store_digest_sql(enum digest_table table);

/* Prepare every statement. Returns a result code of SQLite. */
int store_prepare(struct store *st);

/* Take .lock and see that a write may be tried; on failure it is not held. */
int store_enter(struct store *st);

/* Give .lock back; returns r. */
int store_leave(struct store *st, int r);

/*
 * Insert, commit and digest a row, with what is pending when that has become
 * much. For a row with a number of its own cells[1] is the number, and
 * *ret_seq tells it; other rows give NULL. 0 or -errno. In a batch the commit
 * is left to the caller, who takes number and digest back when it fails.
 */
int store_put(struct store *st, enum store_stmt which, enum digest_table table,
	      const struct cell *cells, size_t n, int64_t *ret_seq);

/* True at the size limit: only event rows are still written. */
bool store_is_full(const struct store *st);

/* Run a query for one row number; *ret is 0 when there is none. */
int store_find(struct store *st, enum store_stmt which,
	       const struct cell *cells, size_t n, int64_t *ret);

/* Open a transaction when none is open. 0 or -errno. */
int store_begin(struct store *st);

/* Bind the cells, run the statement, reset it. 0 or -errno. */
int store_insert(struct store *st, enum store_stmt which,
		 const struct cell *cells, size_t n);

/* End the transaction if one is open, then see that the record is still ours.
 * 0: the row counts. */
int store_commit(struct store *st);

/* Give up what is not committed; returns r, which is < 0. */
int store_give_up(struct store *st, int r);

/*
 * Rows that others name. Each is made when needed and told as the cell that
 * goes into the naming row (a NULL for no name); 0 or -errno. The text is
 * written to buf, which must live as long as the cell. A name: DNAME_TEXT_MAX.
 */
int store_name(struct store *st, const struct dname *name, char *buf,
	       struct cell *ret);

/* The same for the name of a unix socket; "" is none. */
int store_unix_name(struct store *st, const char *name, struct cell *ret);

/* The same for an address without its port; buf has ADDR_TEXT_MAX. */
int store_address(struct store *st, const struct addr *a, char *buf,
		  struct cell *ret);

/* The same for a rule of a policy revision; NULL is none. */
int store_rule(struct store *st, int64_t revision, const struct rule *rule,
	       struct cell *ret);

/* Write what is pending into the open transaction, or a new one. */
int store_write_pending(struct store *st);

/* Remember what the files are now; 0 or -errno with *err told. */
int store_remember_files(struct store *st, struct ef_err *err);

/* Watch the files for store_watch_is_quiet() from now on, where that pays and
 * as far as the kernel lets us; who calls looks at the files next. */
void store_watch_start(struct store *st);

/* True when nothing was done to the files since the last call, short of
 * writing into them. False: unknown, look at them. */
bool store_watch_is_quiet(struct store *st);

/* End the watch, if there is one. */
void store_watch_stop(struct store *st);

/* Keep a read transaction open from here on, at the newest row; only in a
 * file that nobody else writes, and only to save time: it may fail. */
void store_anchor_set(struct store *st);

/* End it, if there is one. */
void store_anchor_drop(struct store *st);

/* See that the record is still ours after a commit. 0 or -ESTALE. */
int store_check(struct store *st);

/* False when the index of the write-ahead log was replaced or cut short: SQLite
 * may not be called any more, not even to close. */
bool store_index_is_whole(struct store *st);

/* Look at the files themselves, whatever the watch says. 0 or -ESTALE. */
int store_check_files(struct store *st);

/* See, before a write, that it is not altered and that the index of the
 * write-ahead log was not cut short. 0 or -ESTALE. */
int store_check_before(struct store *st);

/* Take the present state as ours (at open, and after a failed commit). */
void store_check_reset(struct store *st);

/* Mark the record as altered; returns -ESTALE. */
int store_mark_altered(struct store *st);

/* An event row, with .lock held. */
int store_event_locked(struct store *st, const char *kind, const char *detail);

/* Have SQLite tell how long the log is, and wake the thread when it is due. */
void store_watch_log(struct store *st);

/* Start the checkpoint thread. 0 or -errno. Takes no lock. */
int store_start_thread(struct store *st);

/* Stop it, if it runs. .lock must not be held. */
void store_stop_thread(struct store *st);

#endif
