/* SPDX-License-Identifier: MIT */
/* Why a recorded event was judged as it was. */
#include "cli/why_event.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/escape.h"
#include "audit/event.h"
#include "audit/ndjson.h"
#include "audit/reader.h"
#include "base/cleanup.h"
#include "base/state.h"
#include "cli/output.h"
#include "lib/destination.h"
#include "policy/explain.h"
#include "policy/load.h"

AUTO(reader, reader_close)
AUTO(policy, policy_unref)

#define STORY_MAX 16384

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

static int open_records(const char *db, struct reader **ret, struct ef_err *err)
{
	char folder[1024], sessions[1040];
	int r;

	if (!db || !*db)
		db = getenv("EGRESS_FILTER_DB");
	if (db && *db)
		return reader_open(&db, 1, ret, err);
	r = state_path(folder, sizeof(folder), err);
	if (r < 0)
		return r;
	snprintf(sessions, sizeof(sessions), "%s/sessions", folder);
	db = sessions;
	return reader_open(&db, 1, ret, err);
}

static enum proto proto_of(const char *word)
{
	for (int p = PROTO_NONE; p < N_PROTOS; p++)
		if (!strcmp(proto_word((enum proto)p), word))
			return (enum proto)p;
	return PROTO_NONE;
}

/*
 * What was seen, put together again from its row. False for events that no
 * rule could judge otherwise: refused calls, listening.
 */
static bool observe_again(const struct row *row, const struct policy *p,
			  struct observation *ret)
{
	struct dname name;
	bool has_name = dname_from_text(row->name, &name) == 0;

	memset(ret, 0, sizeof(*ret));
	ret->stage = STAGE_CONNECT;
	ret->proto = proto_of(row->proto);
	ret->foreign_netns = row->is_foreign_netns;
	if (ret->proto == PROTO_UNIX_STREAM || ret->proto == PROTO_UNIX_DGRAM) {
		snprintf(ret->peer.name, sizeof(ret->peer.name), "%s", row->name);
		ret->peer.is_nobody = !strcmp(row->reason, "unix-nobody");
		ret->peer.is_known = *row->name && !ret->peer.is_nobody;
		return *row->name != '\0';
	}
	if (!strcmp(row->stage, "dns")) {
		ret->stage = STAGE_DNS;
		ret->name = name;
		ret->qtype = (uint16_t)row->qtype;
		return has_name;
	}
	if (addr_parse(row->ip, &ret->addr) < 0 && !has_name)
		return false;
	ret->addr.port = (uint16_t)row->port;
	if (has_name && (!*row->ip || !strcmp(row->name_source, "placeholder")))
		destination_set_name(&name, p, ret);
	else if (has_name)
		ret->candidates[ret->n_candidates++] =
			(struct candidate){ .name = name, .source = NAME_DNS };
	return true;
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

/* The policy to judge by now: the one that is named, or the session's file. */
static struct policy *policy_now(struct reader *r, size_t session,
				 const char *config)
{
	auto_free struct problems *problems = calloc(1, sizeof(*problems));
	struct policy *p = NULL;
	char path[4096], sha256[65];

	if (!problems)
		return NULL;
	if (config)
		policy_load_file(config, problems, &p, NULL);
	else if (reader_policy(r, session, path, sizeof(path), sha256, NULL) == 0 &&
		 *path && strcmp(path, "-") != 0)
		policy_load_file(path, problems, &p, NULL);
	return p;
}

static void print_now(const struct row *row, const struct policy *p)
{
	auto_free struct explanation *e = calloc(1, sizeof(*e));
	auto_free char *story = malloc(STORY_MAX);
	struct observation seen;
	char path[1100];

	if (!e || !story || !observe_again(row, p, &seen))
		return;
	policy_explain(p, &seen, e);
	if (*policy_path(p))
		printf("\n%s says now: ",
		       escape_text(policy_path(p), strlen(policy_path(p)), path,
				   sizeof(path)));
	else
		fputs("\nwithout a policy: ", stdout);
	fputs(explain_text(p, e, story, STORY_MAX), stdout);
}

static int tell(struct reader *r, size_t session, const struct row *row,
		const char *config, bool wants_json)
{
	auto_of(policy) struct policy *p = NULL;
	int code;

	if (wants_json) {
		ndjson_write(row, stdout);
		putchar('\n');
	} else {
		print_row(row);
		p = policy_now(r, session, config);
		if (!p && !config)
			p = policy_new_fixed(VERDICT_DENY);
		if (p)
			print_now(row, p);
		else
			output_error("%s cannot be used: egress-filter lint %s",
				     config, config);
	}
	code = output_flush();
	return code ? code : strcmp(row->verdict, "allow") != 0;
}

int why_event(const char *id, const char *db, const char *config, bool wants_json)
{
	auto_of(reader) struct reader *r = NULL;
	__attribute__((cleanup(cleanup_page))) struct page page = { 0 };
	size_t n = strcspn(id, ":");
	auto_free char *prefix = strndup(id, n);
	struct ef_err err = { 0 };
	int64_t session;

	if (!prefix || open_records(db, &r, &err) < 0) {
		output_error("%s", prefix ? err.msg : "out of memory");
		return EXIT_USAGE;
	}
	session = reader_find(r, prefix, &err);
	if (session < 0 ||
	    reader_row(r, (size_t)session, strtoll(id + n + 1, NULL, 10), &page,
		       &err) < 0) {
		output_error("%s", err.msg);
		return EXIT_USAGE;
	}
	return tell(r, (size_t)session, page.rows, config, wants_json);
}
