// SPDX-License-Identifier: MIT
// What is read: lines of a descriptor, sessions of a database.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/import_impl.h"
#include "audit/reader_impl.h"
#include "base/cleanup.h"

AUTO(reader, reader_close)

/* Lines out of a descriptor, through a buffer that grows with the longest. */
struct lines {
	int fd;
	char *buf;
	size_t room, start, end;
	bool is_over;
	struct place place;
};

#define LINES_ROOM 65536u

/* Read on; 1 when there is more, 0 at the end. */
static int fill(struct lines *l)
{
	ssize_t n;

	if (l->start) {
		memmove(l->buf, l->buf + l->start, l->end - l->start);
		l->end -= l->start;
		l->start = 0;
	}
	if (l->end == l->room) {
		char *more = realloc(l->buf, l->room * 2);

		if (!more)
			return -ENOMEM;
		l->buf = more;
		l->room *= 2;
	}
	do
		n = read(l->fd, l->buf + l->end, l->room - l->end);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	l->end += (size_t)n;
	return n > 0;
}

/* Pass over the rest of a line that is too long, keeping none of it. */
static int skip_line(struct lines *l)
{
	int r = 1;

	while (r > 0) {
		char *end = memchr(l->buf, '\n', l->end);

		if (end) {
			l->start = (size_t)(end - l->buf) + 1;
			return 0;
		}
		l->start = l->end = 0;
		r = fill(l);
	}
	l->is_over = true;
	return r;
}

/*
 * The next line without its end: 1, *ret_is_cut telling that the input ended
 * within it; 0 at the end; -E2BIG for one that is too long, after which
 * reading may go on; or -errno.
 */
static int next_line(struct lines *l, char **ret, size_t *ret_len,
		     bool *ret_is_cut)
{
	size_t seen = 0;
	int r = 1;

	*ret_is_cut = false;
	l->place.line++;
	while (r > 0) {
		char *line = l->buf + l->start;
		size_t len = l->end - l->start;
		char *end = len > seen ? memchr(line + seen, '\n', len - seen)
				       : NULL;

		if (end) {
			*ret = line;
			*ret_len = (size_t)(end - line);
			l->start += *ret_len + 1;
			return 1;
		}
		if (len > IMPORT_LINE_MAX) {
			l->start = l->end = 0;
			r = skip_line(l);
			return r < 0 ? r : -E2BIG;
		}
		seen = len;
		r = l->is_over ? 0 : fill(l);
	}
	l->is_over = true;
	*ret = l->buf + l->start;
	*ret_len = l->end - l->start;
	*ret_is_cut = *ret_len > 0;
	l->start = l->end;
	return r < 0 ? r : *ret_len > 0;
}

static bool is_blank(const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
			return false;
	return true;
}

/* A line that cannot be taken: leave it out, or give up. */
static int bad_line(struct import *im, int r, struct ef_err *err)
{
	bool is_the_line = r == -EINVAL || r == -E2BIG;

	if (!is_the_line || !im->options.keep_going)
		return r;
	im->n_bad++;
	import_tell(im, "%s (left out)", err->msg);
	*err = (struct ef_err){ 0 };
	return 0;
}

/* What is wrong with a line, when it is not what stands in it. */
static int take_line(struct import *im, const struct lines *l, int r,
		     char *line, size_t len, bool is_cut, struct ef_err *err)
{
	struct ef_err inner = { 0 };

	if (r == -E2BIG)
		return err_set(err, E2BIG,
			       "%s:%llu:%u: the line is longer than %u MiB",
			       l->place.file, (unsigned long long)l->place.line,
			       IMPORT_LINE_MAX + 1, IMPORT_LINE_MAX >> 20);
	if (r < 0)
		return err_set(err, -r, "%s: %s", l->place.file, strerror(-r));
	if (is_blank(line, len))
		return 0;
	r = import_line(im, &l->place, line, len, &inner);
	if (!r)
		return 0;
	return err_set(err, -r, "%s%s%s", inner.msg,
		       r == -EINVAL && l->place.line == 1
			       ? "; it is neither a database nor NDJSON of "
				 "egress-filter"
			       : "",
		       r == -EINVAL && is_cut
			       ? "; the file ends within this line"
			       : "");
}

int import_lines(struct import *im, const char *name, int fd, struct ef_err *err)
{
	struct lines l = { .fd = fd,
			   .buf = malloc(LINES_ROOM),
			   .room = LINES_ROOM,
			   .place = { .file = name } };
	int r = l.buf ? 0 : err_set(err, ENOMEM, "out of memory");

	while (!r) {
		char *line = NULL;
		size_t len = 0;
		bool is_cut;
		int more = next_line(&l, &line, &len, &is_cut);

		if (!more)
			break;
		r = take_line(im, &l, more, line, len, is_cut, err);
		if (r)
			r = bad_line(im, r, err);
	}
	free(l.buf);
	return r;
}

/* The rows of one table, from a database to the stage. */
static int copy_table(sqlite3 *db, int64_t session, enum archive_table t,
		      struct stage *s, struct ef_err *err)
{
	struct cell cells[ARCHIVE_COLUMNS_MAX];
	sqlite3_stmt *q = NULL;
	int rc = archive_select(db, t, false, &q), r = 0;

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(q, 1, session);
	while (rc == SQLITE_OK && !r && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		archive_cells(q, cells, archive_width(t));
		r = stage_put(s, t, cells, err);
		rc = SQLITE_OK;
	}
	sqlite3_finalize(q);
	if (r == -EEXIST)
		return err_set(err, EBADMSG,
			       "%s: session %.8s: two rows of %s have one "
			       "number",
			       s->source, s->item.uuid, archive_shape(t)->table);
	return r ? r : rc == SQLITE_DONE ? 0 : stage_told(s, rc, err);
}

static bool is_id(const char *text)
{
	return *text && *text != '-' &&
	       strspn(text, "0123456789abcdef-") == strlen(text);
}

static int copy_session(struct import *im, struct reader *r, size_t i,
			const char *source, struct ef_err *err)
{
	const struct session_info *info = reader_session(r, i);
	struct stage *s;
	sqlite3 *db;
	int e;

	if (info->state == SESSION_RUNNING)
		return err_set(err, EBUSY,
			       "%s: session %.8s is running: wait for its end",
			       source, info->uuid);
	if (!is_id(info->uuid))
		return err_set(err, EBADMSG, "%s: a session has no id", source);
	e = reader_use(r, i, &db, err);
	if (!e)
		e = stage_of(im, source, info->uuid, &s, err);
	for (int t = 0; !e && t < N_ARCHIVE_TABLES; t++)
		e = copy_table(db, info->row, (enum archive_table)t, s, err);
	if (!e)
		s->is_whole = true;
	return e;
}

int import_database(struct import *im, const char *path, struct ef_err *err)
{
	const char *paths[] = { path };
	auto_of(reader) struct reader *r = NULL;
	int e = reader_open(paths, 1, &r, err);

	if (!e && reader_problem(r, 0))
		e = err_set(err, EBADMSG, "%s", reader_problem(r, 0));
	for (size_t i = 0; !e && i < reader_n_sessions(r); i++)
		e = copy_session(im, r, i, path, err);
	return e;
}
