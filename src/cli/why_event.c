/* SPDX-License-Identifier: MIT */
/* Why a recorded event was judged as it was. */
#include "cli/why_event.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/escape.h"
#include "audit/ndjson.h"
#include "audit/reader.h"
#include "base/cleanup.h"
#include "cli/output.h"
#include "cli/why_again.h"

static void cleanup_page(struct page *p)
{
	page_done(p);
}

bool why_event_is_id(const char *text)
{
	size_t session = strspn(text, "0123456789abcdefABCDEF-");
	const char *seq = text + session + 1;

	return session >= 4 && text[session] == ':' && *seq &&
	       !seq[strspn(seq, "0123456789")];
}

static void print_row(const struct row *row)
{
	char where[600], port[64], program[300], reason[600], at[NDJSON_TIME_MAX];
	char rule[600], file[1100];

	printf("%.8s:%lld  %s\n", row->session, (long long)row->seq,
	       ndjson_time(row->at_ms, at));
	printf("%s  %s  %s", row_verdict(row),
	       row_destination(row, where, sizeof(where)),
	       row_port(row, port, sizeof(port)));
	if (row->pid)
		printf("  by %s[%lld]",
		       row_program(row, program, sizeof(program)),
		       (long long)row->pid);
	printf("\n%s\n", row_reason(row, reason, sizeof(reason)));
	if (row->line)
		printf("rule of that time: %s, line %lld of %s\n",
		       escape_text(row->rule, strlen(row->rule), rule,
				   sizeof(rule)),
		       (long long)row->line,
		       escape_text(row->file, strlen(row->file), file,
				   sizeof(file)));
}

static int tell(struct reader *r, size_t session, const struct row *row,
		const char *config, bool wants_json)
{
	int code;

	if (wants_json) {
		ndjson_write(row, stdout);
		putchar('\n');
	} else {
		print_row(row);
		why_again(r, session, row, config);
	}
	code = output_flush();
	return code ? code : strcmp(row->verdict, "allow") != 0;
}

int why_row(struct reader *r, size_t session, int64_t seq, const char *config,
	    bool wants_json)
{
	__attribute__((cleanup(cleanup_page))) struct page page = { 0 };
	struct ef_err err = { 0 };

	if (reader_row(r, session, seq, &page, &err) < 0) {
		output_error("%s", err.msg);
		return EXIT_USAGE;
	}
	return tell(r, session, page.rows, config, wants_json);
}

int why_event(struct reader *r, const char *id, const char *config,
	      bool wants_json)
{
	size_t n = strcspn(id, ":");
	auto_free char *prefix = strndup(id, n);
	struct ef_err err = { 0 };
	int64_t session;

	if (!prefix) {
		output_error("out of memory");
		return EXIT_USAGE;
	}
	session = reader_find(r, prefix, &err);
	if (session < 0) {
		output_error("%s", err.msg);
		return EXIT_USAGE;
	}
	return why_row(r, (size_t)session, strtoll(id + n + 1, NULL, 10),
		       config, wants_json);
}
