/* SPDX-License-Identifier: MIT */
/* The attempts of a session, filtered, as a table or as JSON. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "audit/filter.h"
#include "audit/ndjson.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "cli/command.h"
#include "cli/log_columns.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/records.h"
#include "cli/redact.h"
#include "cli/wish.h"

AUTO(reader, reader_close)
AUTO(filter, filter_free)

#define POLL_MS 100

enum form { FORM_TABLE, FORM_JSON, FORM_NDJSON };

struct request {
	struct records records;
	const char *session, *columns, *redact;
	int64_t since_ms, limit; /* limit -1: none */
	bool follow, is_redacted;
	enum form form;
};

/* One walk over rows, and what becomes of them. */
struct walk {
	struct reader *reader;
	struct filter *filter;
	const struct request *want;
	struct log_columns columns;
	int64_t skip; /* selected rows to leave out first (--limit) */
	int64_t seen; /* selected so far */
	int64_t printed;
	bool is_count; /* only count */
	bool is_bad;   /* something could not be read */
};

static int take_limit(struct request *q, const char *value)
{
	char *end;

	q->limit = strtoll(value, &end, 10);
	return *end || end == value || q->limit < 0
		       ? wish_refuse("limit", value, "a number")
		       : 0;
}

static int take(struct request *q, int opt, const char *value)
{
	switch (opt) {
	case OPT_DB:
		return records_add(&q->records, value);
	case OPT_SESSION:
		q->session = value;
		return 0;
	case OPT_SINCE:
		return wish_since(value, &q->since_ms);
	case OPT_FOLLOW:
		q->follow = true;
		return 0;
	case OPT_LIMIT:
		return take_limit(q, value);
	case OPT_COLUMNS:
		q->columns = value;
		return 0;
	case OPT_REDACT:
		q->redact = value;
		return 0;
	case OPT_JSON:
		q->form = FORM_JSON;
		return 0;
	case OPT_NDJSON:
		q->form = FORM_NDJSON;
		return 0;
	case OPT_COLOR:
		return wish_color(value);
	default:
		return 0;
	}
}

/* The words that are left are the filter, as if with blanks between. */
static char *join_words(char **words, int n)
{
	size_t len = 1;
	char *text, *p;

	for (int i = 0; i < n; i++)
		len += strlen(words[i]) + 1;
	text = p = malloc(len);
	if (!text)
		return NULL;
	*p = '\0';
	for (int i = 0; i < n; i++)
		p += sprintf(p, "%s%s", i ? " " : "", words[i]);
	return text;
}

/* A table shows what was tried and what happened; JSON shows all there is. */
static bool is_wanted(const struct walk *w, const struct row *r)
{
	if (r->at_ms < w->want->since_ms || !filter_selects(w->filter, r))
		return false;
	return w->want->form != FORM_TABLE || r->type == ROW_ATTEMPT ||
	       r->type == ROW_EVENT || r->type == ROW_DECISION;
}

static void print(struct walk *w, const struct row *row)
{
	struct row r = *row;
	char *own = redact_shown(w->want->is_redacted, &r.argv, &r.argv_len);

	if (w->want->form == FORM_TABLE) {
		log_columns_print(&w->columns, &r);
	} else {
		if (w->want->form == FORM_JSON && w->printed)
			fputc(',', stdout);
		ndjson_write(&r, stdout);
		if (w->want->form == FORM_NDJSON)
			fputc('\n', stdout);
	}
	free(own);
	w->printed++;
}

/* The rows of a session that are above *after, which is moved on. */
static void walk_session(struct walk *w, size_t session, int64_t *after)
{
	struct page page = { 0 };
	struct ef_err err = { 0 };
	int r;

	while ((r = reader_page_where(w->reader, session, *after, w->filter,
				      w->want->since_ms, &page, &err)) == 0 &&
	       !ferror(stdout)) {
		for (size_t i = 0; i < page.n; i++) {
			if (is_wanted(w, &page.rows[i]) &&
			    ++w->seen > w->skip && !w->is_count)
				print(w, &page.rows[i]);
		}
		*after = page.last;
		if (!page.n)
			break;
	}
	page_done(&page);
	if (r < 0 && !w->is_count) {
		output_error("%s", err.msg);
		w->is_bad = true;
	}
}

static void walk_range(struct walk *w, size_t first, size_t end, int64_t *after)
{
	for (size_t i = first; i < end; i++) {
		*after = -1;
		walk_session(w, i, after);
	}
}

/* Until the session has ended, or nobody reads any more. */
static void follow(struct walk *w, size_t session, int64_t after)
{
	const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };
	struct ef_err err = { 0 };

	while (!ferror(stdout) && !w->is_bad) {
		bool is_running = reader_session(w->reader, session)->state ==
				  SESSION_RUNNING;

		walk_session(w, session, &after);
		if (!is_running || fflush(stdout))
			return;
		nanosleep(&pause, NULL);
		if (reader_refresh(w->reader, session, &err) < 0) {
			output_error("%s", err.msg);
			w->is_bad = true;
		}
	}
}

/* Which sessions: [*ret_first, *ret_end). 0 or the exit code. */
static int choose(const struct walk *w, size_t *ret_first, size_t *ret_end)
{
	size_t n = reader_n_sessions(w->reader);
	const char *id = w->want->session;
	struct ef_err err = { 0 };
	int64_t i;

	*ret_first = n ? n - 1 : 0;
	*ret_end = n;
	if (!n && !id && !w->want->records.n && !w->is_bad)
		output_error("nothing is recorded yet");
	if (!id)
		return 0;
	if (!strcmp(id, "all")) {
		*ret_first = 0;
		return 0;
	}
	i = reader_find(w->reader, id, &err);
	if (i < 0) {
		output_error("%s", err.msg);
		return EXIT_USAGE;
	}
	*ret_first = (size_t)i;
	*ret_end = (size_t)i + 1;
	return 0;
}

static int show(struct walk *w)
{
	size_t first, end;
	int64_t after = -1;
	int code = choose(w, &first, &end);

	if (code)
		return code;
	if (w->want->follow && end - first > 1) {
		output_error("--follow takes one session");
		return EXIT_USAGE;
	}
	if (w->want->limit >= 0) {
		w->is_count = true;
		walk_range(w, first, end, &after);
		w->is_count = false;
		w->skip = w->seen > w->want->limit ? w->seen - w->want->limit : 0;
		w->seen = 0;
	}
	if (w->want->form == FORM_JSON)
		printf("{\"v\":%d,\"rows\":[", NDJSON_VERSION);
	else if (w->want->form == FORM_TABLE)
		table_heading(&w->columns.table);
	walk_range(w, first, end, &after);
	if (w->want->follow && end > first)
		follow(w, first, after);
	if (w->want->form == FORM_JSON)
		puts("]}");
	code = output_flush();
	return code ? code : w->is_bad ? EXIT_USAGE : 0;
}

static int run(int argc, char **argv)
{
	struct request q = { .limit = -1, .since_ms = INT64_MIN };
	auto_of(reader) struct reader *reader = NULL;
	auto_of(filter) struct filter *filter = NULL;
	auto_free char *text = NULL;
	struct walk w = { .want = &q };
	struct ef_err err = { 0 };
	struct options o;
	const char *value;
	int opt, code = 0;

	options_start(&o, WORD_LOG, argc, argv);
	while (!code && (opt = options_next(&o, &value)) >= 0)
		code = take(&q, opt, value);
	if (code || opt == OPTIONS_STOP)
		return code ? code : o.exit_code;
	if (!redact_option(q.redact, &q.is_redacted))
		return wish_refuse("redact", q.redact, "auto, always or never");
	if (q.follow && q.form == FORM_JSON) {
		output_error("--follow goes with --ndjson, not with --json");
		return EXIT_USAGE;
	}
	code = log_columns_read(&w.columns, q.columns);
	if (code)
		return code;
	text = join_words(o.rest, o.n_rest);
	if (!text || filter_compile(text, clock_wall_ms(), &filter, &err) < 0) {
		output_error("filter: %s", text ? err.msg : "out of memory");
		return EXIT_USAGE;
	}
	code = records_open(&q.records, &reader, &w.is_bad);
	if (code)
		return code;
	w.reader = reader;
	w.filter = filter;
	return show(&w);
}

const struct command cmd_log = {
	.name = "log",
	.args = "[OPTION...] [FILTER]",
	.summary = "show recorded attempts",
	.words = "@filter",
	.run = run,
};
