/* SPDX-License-Identifier: MIT */
/* The public face of the record: the rows of one session, one by one. */
#include "lib/handles.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/ndjson.h"
#include "audit/reader.h"
#include "base/cleanup.h"
#include "base/state.h"

AUTO(ef_feed, ef_feed_close)

struct ef_feed {
	struct reader *reader;
	size_t session;
	int64_t after; /* number of the last row that was given; -1: none */
	bool is_over;  /* the last row was given */
	struct page page;
	size_t next; /* row of the page that is due */
	char *line;
};

static int open_reader(struct ef_feed *f, const char *path, struct ef_err *err)
{
	char folder[1024], sessions[1040];
	int r;

	if (path)
		return reader_open(&path, 1, &f->reader, err);
	r = state_path(folder, sizeof(folder), err);
	if (r < 0)
		return r;
	snprintf(sessions, sizeof(sessions), "%s/sessions", folder);
	path = sessions;
	return reader_open(&path, 1, &f->reader, err);
}

static int choose_session(struct ef_feed *f, const char *session,
			  struct ef_err *err)
{
	size_t n = reader_n_sessions(f->reader);
	int64_t i = (int64_t)n - 1;

	if (session)
		i = reader_find(f->reader, session, err);
	else if (!n)
		return err_set(err, ENOENT, "no session was recorded");
	if (i < 0)
		return (int)i;
	f->session = (size_t)i;
	return 0;
}

int ef_feed_open(const char *path, const char *session, struct ef_feed **ret,
		 struct ef_error *err)
{
	auto_of(ef_feed) struct ef_feed *f = calloc(1, sizeof(*f));
	struct ef_err why = { 0 };
	int r;

	*ret = NULL;
	if (!f)
		return handle_error(err, NULL, -ENOMEM);
	f->after = -1;
	r = open_reader(f, path, &why);
	if (r == 0)
		r = choose_session(f, session, &why);
	if (r < 0)
		return handle_error(err, &why, r);
	*ret = STEAL(f);
	return handle_error(err, NULL, 0);
}

static int write_line(struct ef_feed *f, const struct row *row, const char **ret)
{
	size_t size;
	FILE *memory;

	free(f->line);
	f->line = NULL;
	memory = open_memstream(&f->line, &size);
	if (!memory)
		return -ENOMEM;
	ndjson_write(row, memory);
	if (fclose(memory) != 0 || !f->line)
		return -ENOMEM;
	*ret = f->line;
	return 1;
}

int ef_feed_next(struct ef_feed *feed, const char **ret, struct ef_error *err)
{
	struct ef_err why = { 0 };
	const struct row *row;
	int r;

	*ret = NULL;
	if (feed->is_over)
		return handle_error(err, NULL, -ENODATA);
	if (feed->next == feed->page.n) {
		feed->next = 0;
		r = reader_page(feed->reader, feed->session, feed->after,
				&feed->page, &why);
		if (r < 0 || !feed->page.n)
			return handle_error(err, &why, r);
	}
	row = &feed->page.rows[feed->next++];
	feed->after = row->seq;
	feed->is_over = row->type == ROW_SESSION_END;
	r = write_line(feed, row, ret);
	return handle_error(err, NULL, r < 0 ? r : 0) < 0 ? r : 1;
}

void ef_feed_close(struct ef_feed *feed)
{
	if (!feed)
		return;
	page_done(&feed->page);
	reader_close(feed->reader);
	free(feed->line);
	free(feed);
}
