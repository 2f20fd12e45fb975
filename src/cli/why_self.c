/* SPDX-License-Identifier: MIT */
/* Why, asked from inside a session. */
#include "cli/why_self.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/output.h"
#include "cli/why_again.h"
#include "cli/why_answer.h"
#include "cli/why_event.h"

AUTO(policy, policy_unref)

#define ANCESTORS_MAX 4096 /* deeper trees end the search */
#define NOT_FOUND     (-1)
#define TWO_OF_THEM   (-2)

/*
 * The parent of a process, 0 at the top or when it cannot be told; "self" is
 * this one, whose own number is stored in *ret_pid as /proc has it.
 */
static long parent_of(const char *pid, long *ret_pid)
{
	char path[64], line[1024] = "";
	long parent = 0;
	const char *p;
	FILE *f;

	*ret_pid = 0;
	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	/* the name in brackets may hold anything, brackets too */
	p = fgets(line, sizeof(line), f) ? strrchr(line, ')') : NULL;
	fclose(f);
	if (!p || sscanf(line, "%ld", ret_pid) != 1 ||
	    sscanf(p + 1, " %*c %ld", &parent) != 1)
		return 0;
	return parent;
}

/* The running session of a supervisor; that it is this very process was
 * looked at when its state was read. */
static int64_t session_of(const struct reader *r, long pid)
{
	int64_t found = NOT_FOUND;

	for (size_t i = 0; i < reader_n_sessions(r); i++) {
		const struct session_info *s = reader_session(r, i);

		if (s->state != SESSION_RUNNING || s->pid != pid)
			continue;
		if (found != NOT_FOUND)
			return TWO_OF_THEM;
		found = (int64_t)i;
	}
	return found;
}

/* The innermost session this process is in. */
static int64_t find_session(const struct reader *r)
{
	char text[24] = "self";
	int64_t found = NOT_FOUND;
	long pid, parent = parent_of(text, &pid);

	for (int i = 0; parent > 0 && i < ANCESTORS_MAX; i++) {
		found = session_of(r, parent);
		if (found != NOT_FOUND)
			break;
		snprintf(text, sizeof(text), "%ld", parent);
		parent = parent_of(text, &pid);
	}
	return found;
}

/* The number of the latest attempt that was denied, 0 when there is none; or
 * -1 after saying what is wrong. */
static int64_t latest_denial(struct reader *r, size_t session)
{
	int64_t from = reader_session(r, session)->last_seq, found = 0;
	struct page page = { 0 };
	struct ef_err err = { 0 };

	while (!found && from > 0) {
		from = from > READER_PAGE_ROWS ? from - READER_PAGE_ROWS : 0;
		if (reader_page(r, session, from, &page, &err) < 0) {
			output_error("%s", err.msg);
			found = -1;
		}
		for (size_t i = 0; i < page.n; i++)
			if (page.rows[i].type == ROW_ATTEMPT &&
			    !strcmp(page.rows[i].verdict, "deny"))
				found = page.rows[i].seq;
	}
	page_done(&page);
	return found;
}

static int tell_latest(struct reader *r, size_t session, const char *config,
		       bool wants_json)
{
	int64_t seq = latest_denial(r, session);

	if (seq > 0)
		return why_row(r, session, seq, config, wants_json);
	if (seq == 0)
		output_error("session %.8s has denied nothing so far",
			     reader_session(r, session)->uuid);
	return seq == 0 ? 0 : EXIT_USAGE;
}

static int ask_session(struct reader *r, size_t session, const char *what,
		       const char *config, bool wants_json)
{
	auto_of(policy) struct policy *p = NULL;
	struct revision v = { 0 };
	struct ef_err err = { 0 };

	if (config) {
		p = why_policy_of_file(config);
		return p ? why_answer(what, p, wants_json) : EXIT_USAGE;
	}
	if (reader_last_revision(r, session, &v, &err) < 0) {
		output_error("%s", err.code ? err.msg
					    : "the session has no policy on "
					      "record");
		return EXIT_USAGE;
	}
	p = why_policy_of(&v);
	revision_done(&v);
	if (p)
		return why_answer(what, p, wants_json);
	output_error("the policy of session %.8s cannot be read by this "
		     "version",
		     reader_session(r, session)->uuid);
	return EXIT_USAGE;
}

static bool is_number(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

int why_self(struct reader *r, const char *what, const char *config,
	     bool wants_json)
{
	int64_t session = find_session(r);

	if (session == TWO_OF_THEM) {
		output_error("two records claim to be of the session this runs "
			     "in; one of them is forged or copied");
		return EXIT_USAGE;
	}
	if (session < 0) {
		output_error(
			"this runs in no session that the records tell of; "
			"where one records elsewhere, name it with --db "
			"PATH");
		return EXIT_USAGE;
	}
	if (!what)
		return tell_latest(r, (size_t)session, config, wants_json);
	if (is_number(what))
		return why_row(r, (size_t)session, strtoll(what, NULL, 10),
			       config, wants_json);
	return ask_session(r, (size_t)session, what, config, wants_json);
}
