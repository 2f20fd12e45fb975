/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_IMPORT_IMPL_H
#define EF_AUDIT_IMPORT_IMPL_H

#include <limits.h>
#include <sqlite3.h>

#include "audit/archive.h"
#include "audit/import.h"

/* What the files import*.c share; nobody else includes this. */

/* Queries of import_links.c; one that finds stands before the one that makes. */
enum link {
	LINK_PROCESS,
	LINK_NEW_PROCESS,
	LINK_POLICY,
	LINK_NEW_POLICY,
	LINK_RULE,
	LINK_NEW_RULE,
	N_LINKS
};

/* A session that is being put together, in a file of its own. */
struct stage {
	struct import_item item;
	const char *source; /* where it came from, for a person */
	char *path;
	char mode[16];
	char digest[DIGEST_HEX]; /* as the line of its end has it */
	bool has_start, has_end;
	bool is_whole; /* the start came from an export or a database */
	bool is_done;  /* nothing is added any more */
	/* only while it is open */
	sqlite3 *db;
	sqlite3_stmt *insert[N_ARCHIVE_TABLES], *find[N_ARCHIVE_TABLES];
	sqlite3_stmt *find_text[2]; /* of names, of addresses */
	sqlite3_stmt *link[N_LINKS];
	uint64_t used; /* when, as a count */
};

#define STAGES_OPEN 8 /* at once; the others are closed and opened again */

struct import {
	struct import_options options;
	char *folder;	/* where it is to go; NULL: nowhere */
	char *private;	/* the folder of the stages */
	char **sources; /* names of what was read, for a person */
	size_t n_sources;
	struct stage **stages;
	size_t n_stages;
	size_t n_bad, n_unknown;
	uint64_t clock; /* for .used */
};

/* Where a line stands, for what is told about it. */
struct place {
	const char *file;
	uint64_t line;
};

/* Tell something, if somebody listens. */
void import_tell(struct import *im, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The stage of a session of this source: found or made, and open. */
int stage_of(struct import *im, const char *source, const char *uuid,
	     struct stage **ret, struct ef_err *err);

/* Put a row in. 0; -EEXIST: another row has its key; or -errno with *err. */
int stage_put(struct stage *s, enum archive_table t, const struct cell *cells,
	      struct ef_err *err);

/* The row of a text in names (kind "dns" or "unix") or addresses (kind NULL),
 * made where it is missing. 0 or -errno with *err told. */
int stage_intern(struct stage *s, const char *kind, const struct cell *text,
		 int64_t *ret, struct ef_err *err);

/* What a failed call of SQLite means; -errno with *err told. */
int stage_told(struct stage *s, int rc, struct ef_err *err);

/* Nothing more comes: complete the row of the session, prove it, close. */
int stage_finish(struct import *im, struct stage *s, struct ef_err *err);

/* Close it and free it; its file stays. */
void stage_free(struct stage *s);

/* Which sessions are known among those of a reader: each of the same id has to
 * be the same. 0 or -errno with *err told. */
int import_compare(struct import *im, struct reader *known, struct ef_err *err);

/* One line of NDJSON, which is written to. 0 or -errno with *err told. */
int import_line(struct import *im, const struct place *at, char *text,
		size_t len, struct ef_err *err);

#define IMPORT_NAMES_MAX 2048 /* bytes; a list of numbers */

/*
 * What a line of the log alone does not number: give an attempt or a question
 * its process, its rule and (in names, which has to stay as long as cells) its
 * names. 0 or -errno with *err told.
 */
int import_links(struct stage *s, enum archive_table t,
		 struct json_member *list, int n, struct cell *cells,
		 char names[IMPORT_NAMES_MAX], struct ef_err *err);

/* All lines of a descriptor; name is for what is told. */
int import_lines(struct import *im, const char *name, int fd, struct ef_err *err);

/* All sessions of a database. */
int import_database(struct import *im, const char *path, struct ef_err *err);

#endif
