/* SPDX-License-Identifier: MIT */
/* Sessions as JSON, and the words that JSON and tables share. */
#include "cli/session_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/ndjson.h"
#include "cli/redact.h"

const char *session_state_word(const struct session_info *s)
{
	switch (s->state) {
	case SESSION_RUNNING:
		return "running";
	case SESSION_ENDED:
		return "ended";
	case SESSION_NOT_CLOSED:
	default:
		return "not closed";
	}
}

const char *session_proof_word(enum reader_proof proof)
{
	static const char *const proofs[] = {
		[PROOF_AS_WRITTEN] = "as written",
		[PROOF_CHANGED] = "changed since",
		[PROOF_NOT_CLOSED] = "not closed",
		[PROOF_IMPOSSIBLE] = "cannot be verified",
	};

	return proofs[proof];
}

static void put_text(const char *name, const char *text)
{
	printf(",\"%s\":", name);
	if (*text)
		ndjson_string(text, strlen(text), stdout);
	else
		fputs("null", stdout);
}

static void put_number(const char *name, int64_t n, int64_t least)
{
	if (n >= least)
		printf(",\"%s\":%lld", name, (long long)n);
	else
		printf(",\"%s\":null", name);
}

static void put_time(const char *name, int64_t ms)
{
	char buf[NDJSON_TIME_MAX];

	put_text(name, ms ? ndjson_time(ms, buf) : "");
}

/* A session as a JSON object, open at its end for more fields. */
static void put_session(const struct session_info *s, bool is_redacted)
{
	const char *argv = s->argv;
	size_t len = s->argv_len;
	char *own = redact_shown(is_redacted, &argv, &len);

	printf("{\"v\":%d", NDJSON_VERSION);
	put_text("session", s->uuid);
	put_text("state", session_state_word(s));
	put_text("mode", s->mode);
	put_time("started", s->started_ms);
	put_time("ended", s->ended_ms);
	put_number("exit", s->exit_code, 0);
	put_number("signal", s->signal, 1);
	fputs(",\"argv\":", stdout);
	ndjson_argv(argv, len, stdout);
	free(own);
	put_text("cwd", s->cwd);
	put_text("name", s->name);
	fputs(",\"tags\":", stdout);
	ndjson_tags(s->tags, stdout);
	put_text("version", s->version);
	put_number("rows", s->last_seq, 0);
	put_number("allowed", s->allowed, 0);
	put_number("denied", s->denied, 0);
	put_number("would", s->would, 0);
	put_number("held", s->held, 0);
	put_number("questions", s->questions, 0);
	put_text("digest", s->digest);
	put_text("path", s->path);
}

void session_list_json(const struct session_list *l, bool is_one)
{
	if (is_one)
		printf("{\"v\":%d,\"sessions\":[", NDJSON_VERSION);
	for (size_t i = 0; i < l->n; i++) {
		if (is_one && i)
			putchar(',');
		put_session(reader_session(l->reader, l->sessions[i]),
			    l->is_redacted);
		fputs(is_one ? "}" : "}\n", stdout);
	}
	if (is_one)
		puts("]}");
}

void session_show_json(const struct session_detail *d)
{
	put_session(d->s, d->is_redacted);
	put_text("record", session_proof_word(d->proof));
	put_text("policy", d->policy);
	put_text("policy_sha256", d->sha256);
	printf(",\"denied_destinations\":[");
	for (int i = 0; i < d->n_denied; i++) {
		const struct destination *t = &d->denied[i];

		printf("%s{\"count\":%lld", i ? "," : "", (long long)t->count);
		put_text("destination", t->text);
		put_text("program", t->program);
		put_text("reason", t->reason);
		putchar('}');
	}
	printf("],\"denied_destinations_all\":%zu}\n", d->all_denied);
}
