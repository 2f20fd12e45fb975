/* SPDX-License-Identifier: MIT */
/*
 * Rows as JSON objects. Each type of row is a list of fields in a fixed order;
 * what a row does not have is null, so that every object of a type has the
 * same fields.
 */
#include "audit/ndjson.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "audit/escape.h"
#include "audit/json.h"
#include "base/cleanup.h"

#define TIME_LAST_MS 253402300799999 /* of the year 9999 */

/* Nothing in it is written otherwise than it is. */
static bool is_plain(const unsigned char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i] < 0x20 || p[i] > 0x7e || p[i] == '"' || p[i] == '\\')
			return false;
	return true;
}

static void put_string(const char *text, size_t len, FILE *f)
{
	fputc('"', f);
	fwrite(text, 1, len, f);
	fputc('"', f);
}

void ndjson_string(const void *text, size_t len, FILE *f)
{
	char small[2048];
	size_t room = len * 6 + 1, n = 0; /* "\u00ff" for each byte at worst */
	auto_free char *large = room > sizeof(small) ? malloc(room) : NULL;
	char *buf = room > sizeof(small) ? large : small;

	if (is_plain(text, len))
		put_string(text, len, f);
	else if (buf && escape_json(text, len, buf, room, &n))
		put_string(buf, n, f);
	else
		fputs("null", f);
}

char *ndjson_time(int64_t ms, char buf[NDJSON_TIME_MAX])
{
	time_t t = (time_t)(ms / 1000);
	struct tm tm;
	char text[32];

	*buf = '\0';
	if (ms < 0 || ms > TIME_LAST_MS)
		return buf;
	gmtime_r(&t, &tm);
	if (!strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm))
		text[0] = '\0';
	snprintf(buf, NDJSON_TIME_MAX, "%s.%03dZ", text, (int)(ms % 1000));
	return buf;
}

static void put_name(const char *name, FILE *f)
{
	fprintf(f, ",\"%s\":", name);
}

/* A text, null when there is none. */
static void put_text(const char *name, const char *text, FILE *f)
{
	put_name(name, f);
	if (*text)
		ndjson_string(text, strlen(text), f);
	else
		fputs("null", f);
}

static void put_int(const char *name, int64_t n, FILE *f)
{
	put_name(name, f);
	fprintf(f, "%lld", (long long)n);
}

/* A number, null when it is below the least that makes sense. */
static void put_int_from(const char *name, int64_t n, int64_t least, FILE *f)
{
	if (n >= least) {
		put_int(name, n, f);
		return;
	}
	put_name(name, f);
	fputs("null", f);
}

static void put_bool(const char *name, bool yes, FILE *f)
{
	put_name(name, f);
	fputs(yes ? "true" : "false", f);
}

void ndjson_argv(const char *argv, size_t len, FILE *f)
{
	fputc('[', f);
	for (size_t at = 0; at < len;) {
		size_t n = strnlen(argv + at, len - at);

		if (at)
			fputc(',', f);
		ndjson_string(argv + at, n, f);
		at += n + 1;
	}
	fputc(']', f);
}

static void put_argv(const char *argv, size_t len, FILE *f)
{
	put_name("argv", f);
	ndjson_argv(argv, len, f);
}

/* Words with blanks between them. */
static void put_words(const char *name, const char *text, FILE *f)
{
	bool first = true;

	put_name(name, f);
	fputc('[', f);
	while (*text) {
		size_t n = strcspn(text, " ");

		if (n && !first)
			fputc(',', f);
		if (n) {
			ndjson_string(text, n, f);
			first = false;
		}
		text += n + (text[n] == ' ');
	}
	fputc(']', f);
}

/* Does a key stand at the beginning of a later line, too? */
static bool is_again(const char *text, const char *key, size_t len)
{
	const char *p = strchr(text, '\n');

	for (; p; p = strchr(p + 1, '\n'))
		if (!strncmp(p + 1, key, len) && p[1 + len] == '=')
			return true;
	return false;
}

/* What would not be one member of an object is left out: a key that comes
 * again, bytes that are no text, lines that are no tag. */
void ndjson_tags(const char *text, FILE *f)
{
	int n = 0;

	fputc('{', f);
	while (*text && n < NDJSON_TAGS_MAX) {
		size_t line = strcspn(text, "\n");
		size_t key = strcspn(text, "=\n");

		if (key && key < line && !is_again(text, text, key) &&
		    json_is_utf8(text, key)) {
			if (n++)
				fputc(',', f);
			ndjson_string(text, key, f);
			fputc(':', f);
			ndjson_string(text + key + 1, line - key - 1, f);
		}
		text += line + (text[line] == '\n');
	}
	fputc('}', f);
}

/* Who or what decided, in one word. */
static const char *decided_by(const struct row *r)
{
	static const char *const words[N_REASONS + 1] = {
		[REASON_RULE] = "rule",
		[REASON_PORT] = "rule",
		[REASON_UNIX_RULE] = "rule",
		[REASON_UNIX_DENY] = "rule",
		[REASON_LISTEN] = "rule",
		[REASON_NO_RULE] = "default_policy",
		[REASON_DEFAULT_ALLOW] = "default_policy",
		[REASON_UNIX_OUTSIDE] = "default_policy",
		[REASON_ALLOW_ALL] = "mode",
	};
	const char *word = words[row_reason_code(r)];

	return word ? word : "builtin";
}

static void put_process(const struct row *r, FILE *f)
{
	put_int_from("pid", r->pid, 1, f);
	put_int_from("tid", r->tid, 1, f);
	put_int_from("ppid", r->ppid, 0, f);
	put_text("comm", r->comm, f);
	put_text("exe", r->exe, f);
	put_argv(r->argv, r->argv_len, f);
	put_text("cwd", r->cwd, f);
	put_int_from("uid", r->uid, 0, f);
}

static void put_rule(const struct row *r, FILE *f)
{
	put_text("rule", r->rule, f);
	put_text("file", r->file, f);
	put_int_from("line", r->line, 1, f);
	put_text("reason", r->reason, f);
	put_text("by", decided_by(r), f);
}

static void put_attempt(const struct row *r, FILE *f)
{
	bool is_host = row_has_host(r);

	put_text("verdict", r->verdict, f);
	put_text("action", r->action, f);
	put_text("stage", r->stage, f);
	put_text("proto", r->proto, f);
	put_text("host", is_host ? r->name : "", f);
	put_text("name", r->name_source, f);
	put_words("names", r->candidates, f);
	put_text("ip", r->ip, f);
	put_int_from("port", r->port, 1, f);
	put_text("placeholder", r->placeholder, f);
	put_text("unix", is_host ? "" : r->name, f);
	put_process(r, f);
	put_rule(r, f);
	put_text("door", r->door, f);
	put_int("held_ms", r->held_ms, f);
	put_bool("probe", r->is_probe, f);
	put_bool("foreign_netns", r->is_foreign_netns, f);
	put_int_from("syscall", r->syscall, 1, f);
	put_int("detail", r->detail, f);
	put_int("count", r->count, f);
	put_int_from("errno", r->err, 0, f);
	put_int_from("duration_ns", r->duration_ns, 0, f);
}

static void put_question(const struct row *r, FILE *f)
{
	put_text("verdict", r->verdict, f);
	put_text("host", r->name, f);
	put_int("qtype", r->qtype, f);
	put_text("server", r->server, f);
	put_int_from("port", r->port, 1, f);
	put_text("proto", r->proto, f);
	put_process(r, f);
	put_rule(r, f);
	put_text("placeholder", r->placeholder, f);
	put_int_from("rcode", r->rcode, 0, f);
	put_int("answers", r->answers, f);
	put_words("addresses", r->answer, f);
}

static void put_start(const struct row *r, FILE *f)
{
	put_int_from("pid", r->pid, 1, f);
	put_argv(r->argv, r->argv_len, f);
	put_text("cwd", r->cwd, f);
	put_text("version", r->version, f);
	put_text("name", r->session_name, f);
	put_name("tags", f);
	ndjson_tags(r->tags, f);
}

static void put_end(const struct row *r, FILE *f)
{
	put_int_from("exit", r->exit_code, 0, f);
	put_int_from("signal", r->signal, 1, f);
	put_int("allowed", r->allowed, f);
	put_int("denied", r->denied, f);
	put_int("would", r->would, f);
	put_int("held", r->held, f);
	put_int("questions", r->questions, f);
	put_text("digest", r->digest, f);
}

/* An attempt that is held and a reload have words of their own. */
static const char *type_of(const struct row *r)
{
	if (r->type == ROW_ATTEMPT && !strcmp(r->action, "held"))
		return "held";
	if (r->type == ROW_EVENT && !strncmp(r->kind, "reload", 6))
		return "reload";
	return row_type_word(r->type);
}

void ndjson_write(const struct row *r, FILE *f)
{
	char time[NDJSON_TIME_MAX];

	fprintf(f, "{\"v\":%d,\"type\":\"%s\"", NDJSON_VERSION, type_of(r));
	put_text("session", r->session, f);
	put_int("seq", r->seq, f);
	put_text("ts", ndjson_time(r->at_ms, time), f);
	put_text("mode", r->mode, f);
	switch (r->type) {
	case ROW_SESSION_START:
		put_start(r, f);
		break;
	case ROW_QUESTION:
		put_question(r, f);
		break;
	case ROW_ATTEMPT:
		put_attempt(r, f);
		break;
	case ROW_DECISION:
		put_int("attempt", r->about, f);
		put_text("answer", r->kind, f);
		put_text("detail", r->text, f);
		break;
	case ROW_SESSION_END:
		put_end(r, f);
		break;
	case ROW_EVENT:
	case N_ROW_TYPES:
	default:
		put_text("kind", r->kind, f);
		put_text("detail", r->text, f);
	}
	fputc('}', f);
}
