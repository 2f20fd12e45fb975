/* SPDX-License-Identifier: MIT */
/* Sessions as a table, and one of them as text. */
#include "cli/session_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "audit/escape.h"
#include "cli/redact.h"
#include "cli/table.h"

/* "running", "exit 1", "signal 9", "not closed". */
static char *state_text(const struct session_info *s, char *buf, size_t size)
{
	if (s->state != SESSION_ENDED)
		snprintf(buf, size, "%s", session_state_word(s));
	else if (s->signal > 0)
		snprintf(buf, size, "signal %lld", (long long)s->signal);
	else
		snprintf(buf, size, "exit %lld", (long long)s->exit_code);
	return buf;
}

static char *time_text(int64_t ms, char *buf, size_t size)
{
	time_t t = (time_t)(ms / 1000);
	struct tm tm;

	localtime_r(&t, &tm);
	if (!ms || !strftime(buf, size, "%Y-%m-%d %H:%M:%S", &tm))
		snprintf(buf, size, "-");
	return buf;
}

static char *command_text(const struct session_info *s, bool is_redacted,
			  char *buf, size_t size)
{
	const char *argv = s->argv;
	size_t len = s->argv_len;
	char *own = redact_shown(is_redacted, &argv, &len);

	escape_argv(argv, len, buf, size);
	free(own);
	return buf;
}

void session_list_table(const struct session_list *l)
{
	struct table t = table_for(stdout);

	table_add(&t, "SESSION", 8);
	table_add(&t, "STARTED", 19);
	table_add(&t, "STATE", 10);
	table_add(&t, "MODE", 9);
	table_add(&t, "ALLOW", -6);
	table_add(&t, "DENY", -6);
	table_add(&t, "WOULD", -6);
	table_add(&t, "COMMAND", 40);
	if (l->n)
		table_heading(&t);
	for (size_t i = 0; i < l->n; i++) {
		const struct session_info *s =
			reader_session(l->reader, l->sessions[i]);
		char id[9], started[32], state[32], allow[24], deny[24],
			would[24], mode[64], command[4096];
		const char *cells[] = { id,    started, state, mode,
					allow, deny,	would, command };

		snprintf(id, sizeof(id), "%.8s", s->uuid);
		time_text(s->started_ms, started, sizeof(started));
		state_text(s, state, sizeof(state));
		escape_text(s->mode, strlen(s->mode), mode, sizeof(mode));
		snprintf(allow, sizeof(allow), "%lld", (long long)s->allowed);
		snprintf(deny, sizeof(deny), "%lld", (long long)s->denied);
		snprintf(would, sizeof(would), "%lld", (long long)s->would);
		command_text(s, l->is_redacted, command, sizeof(command));
		table_row(&t, cells, 2,
			  s->state == SESSION_RUNNING ? "32" : NULL);
	}
}

static void show_line(const char *name, const char *text)
{
	char shown[4096];

	printf("%-10s %s\n", name,
	       escape_text(text, strlen(text), shown, sizeof(shown)));
}

/* "k=v" lines, a line for each. */
static void show_tags(const char *tags)
{
	for (const char *p = tags; *p;) {
		size_t n = strcspn(p, "\n");
		char shown[4096];

		if (n)
			printf("%-10s %s\n", p == tags ? "tags" : "",
			       escape_text(p, n, shown, sizeof(shown)));
		p += n + (p[n] == '\n');
	}
}

void session_show_text(const struct session_detail *d)
{
	const struct session_info *s = d->s;
	char buf[4096];

	show_line("session", s->uuid);
	if (*s->name)
		show_line("name", s->name);
	printf("%-10s %s\n", "command",
	       command_text(s, d->is_redacted, buf, sizeof(buf)));
	show_tags(s->tags);
	show_line("directory", s->cwd);
	show_line("mode", s->mode);
	show_line("started", time_text(s->started_ms, buf, sizeof(buf)));
	show_line("ended", time_text(s->ended_ms, buf, sizeof(buf)));
	show_line("state", state_text(s, buf, sizeof(buf)));
	show_line("policy", *d->policy ? d->policy : "(none)");
	if (*d->policy)
		show_line("", d->sha256);
	printf("%-10s %lld allowed, %lld denied, %lld would be denied, %lld "
	       "held, %lld questions\n",
	       "totals", (long long)s->allowed, (long long)s->denied,
	       (long long)s->would, (long long)s->held, (long long)s->questions);
	show_line("record", session_proof_word(d->proof));
	if (*s->digest)
		show_line("digest", s->digest);
	show_line("file", s->path);
	if (d->n_denied)
		puts("denied");
	for (int i = 0; i < d->n_denied; i++)
		printf("  %-44s x%-5lld %-14s %s\n", d->denied[i].text,
		       (long long)d->denied[i].count, d->denied[i].program,
		       d->denied[i].reason);
	if (d->all_denied > (size_t)d->n_denied)
		printf("  (%zu more: egress-filter log --session %.8s "
		       "verdict:deny)\n",
		       d->all_denied - (size_t)d->n_denied, s->uuid);
}
