/* SPDX-License-Identifier: MIT */
#ifndef EF_BASE_LINES_H
#define EF_BASE_LINES_H

#include <stddef.h>
#include <stdio.h>

#include "base/error.h"

/*
 * What a person has decided, kept as lines of a file in the state folder. It is
 * read whole and written whole: into a new file (0600) that is renamed over the
 * old one, so a reader sees one or the other. Writers take turns by a lock on
 * the folder; who reads does not lock. All calls block on the disk.
 */

/* Open the folder: its descriptor, or -errno with *err told. */
int lines_open(const char *folder, struct ef_err *err);

/* The same, and wait for the turn to write; closing it ends the turn. */
int lines_lock(const char *folder, struct ef_err *err);

/*
 * Give take() each line, without its end; it returns 0 or -errno. No file: no
 * lines. Returns 0; -EPERM: it is not a regular file that the user alone may
 * write, so it says nothing of what he decided; -EFBIG: above max_bytes;
 * -EBADMSG: the last line has no end, one holds a NUL, or take() said so.
 */
int lines_read(int folder, const char *name, size_t max_bytes,
	       int (*take)(char *line, void *arg), void *arg, struct ef_err *err);

/* Write what put() prints, lines with their ends, in place of the file. Returns
 * 0 or -errno, and the old one stands. */
int lines_write(int folder, const char *name, void (*put)(FILE *f, void *arg),
		void *arg, struct ef_err *err);

#endif
