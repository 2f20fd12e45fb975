/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_NDJSON_H
#define EF_AUDIT_NDJSON_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "audit/row.h"

/*
 * NDJSON, version 1: one JSON object for each row, as egress-filter-audit(5)
 * freezes it. Fields may be added by later versions, never renamed; "v"
 * changes otherwise.
 */
#define NDJSON_VERSION 1

#define NDJSON_TIME_MAX 40 /* "2026-11-23T14:02:21.204Z" */

/*
 * Write a row as one object without a line end. Errors of the stream are left
 * for the caller to find with ferror(). May block on the stream.
 */
void ndjson_write(const struct row *r, FILE *f);

/* Write len bytes of outside text as a JSON string, with its quotes. */
void ndjson_string(const void *text, size_t len, FILE *f);

/* Write arguments, a NUL after each, as a list of strings. */
void ndjson_argv(const char *argv, size_t len, FILE *f);

#define NDJSON_TAGS_MAX 64 /* further ones are left out */

/* Write "k=v" lines as an object of strings, each key once. */
void ndjson_tags(const char *text, FILE *f);

/* Milliseconds since 1970 as RFC 3339 text in UTC, "" for what is before or
 * after the year 9999; returns buf. */
char *ndjson_time(int64_t ms, char buf[NDJSON_TIME_MAX]);

#endif
