/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_SCHEMA_H
#define EF_AUDIT_SCHEMA_H

#include <stdbool.h>

#include "base/error.h"

struct sqlite3;

/* What marks a file as a record of ours, and the newest schema known here. */
#define SCHEMA_APPLICATION_ID 0x45674631 /* "EgF1" */
#define SCHEMA_VERSION	      1

/*
 * Make an empty database a record, or bring an older record to this schema.
 * Refuses what is no record: another program's file, a newer schema, tables
 * that differ from ours, triggers, views. path is only named in *err. Blocks
 * on the disk. Returns 0 or -errno with *err told.
 */
int schema_prepare(struct sqlite3 *db, const char *path, struct ef_err *err);

/* The same checks without changing anything, for readers. */
int schema_check(struct sqlite3 *db, const char *path, struct ef_err *err);

/*
 * The text of every table, index, view and trigger, as one string to be freed
 * by the caller, or NULL when it cannot be read.
 */
char *schema_text(struct sqlite3 *db);

/* Say what a result code means for a person, and the way out; returns -errno. */
int schema_told(struct sqlite3 *db, int rc, const char *path, struct ef_err *err);

/* -errno for a result code of SQLite. */
int schema_errno(int rc);

#endif
