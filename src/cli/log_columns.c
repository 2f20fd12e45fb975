/* SPDX-License-Identifier: MIT */
/* The columns of the log, one function for what each shows. */
#include "cli/log_columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "audit/escape.h"
#include "base/cleanup.h"
#include "cli/output.h"

#define CELL_MAX 9000

/* What a cell shows: the first kind that fits a column's need. */
enum shown {
	SHOW_EVENT,
	SHOW_DATE,
	SHOW_TIME,
	SHOW_SESSION,
	SHOW_VERDICT,
	SHOW_PROGRAM,
	SHOW_DESTINATION,
	SHOW_PORT,
	SHOW_COUNT,
	SHOW_REASON,
	SHOW_PID,
	SHOW_COMM,
	SHOW_EXE,
	SHOW_CMD,
	SHOW_CWD,
	SHOW_USER,
	SHOW_IP,
	SHOW_NAME,
	SHOW_PROTO,
	SHOW_STAGE,
	SHOW_RULE,
	SHOW_LINE,
	SHOW_MODE,
	SHOW_ERRNO,
	N_SHOWN
};

static const struct {
	const char *name, *title;
	int width;
} kinds[N_SHOWN] = {
	[SHOW_EVENT] = { "event", "EVENT", 13 },
	[SHOW_DATE] = { "date", "DATE", 10 },
	[SHOW_TIME] = { "time", "TIME", 8 },
	[SHOW_SESSION] = { "session", "SESSION", 8 },
	[SHOW_VERDICT] = { "verdict", "VERD", 5 },
	[SHOW_PROGRAM] = { "program", "PROGRAM", 14 },
	[SHOW_DESTINATION] = { "destination", "DESTINATION", 32 },
	[SHOW_PORT] = { "port", "PORT", 9 },
	[SHOW_COUNT] = { "count", "COUNT", -5 },
	[SHOW_REASON] = { "reason", "RULE / REASON", 30 },
	[SHOW_PID] = { "pid", "PID", -7 },
	[SHOW_COMM] = { "comm", "COMM", 15 },
	[SHOW_EXE] = { "exe", "EXE", 24 },
	[SHOW_CMD] = { "cmd", "COMMAND", 40 },
	[SHOW_CWD] = { "cwd", "DIRECTORY", 24 },
	[SHOW_USER] = { "user", "UID", -5 },
	[SHOW_IP] = { "ip", "ADDRESS", 15 },
	[SHOW_NAME] = { "name", "NAME", 11 },
	[SHOW_PROTO] = { "proto", "PROTO", 5 },
	[SHOW_STAGE] = { "stage", "STAGE", 7 },
	[SHOW_RULE] = { "rule", "RULE", 30 },
	[SHOW_LINE] = { "line", "LINE", -4 },
	[SHOW_MODE] = { "mode", "MODE", 9 },
	[SHOW_ERRNO] = { "errno", "ERRNO", -5 },
};

const char *log_columns_name(int i)
{
	return i < N_SHOWN ? kinds[i].name : NULL;
}

static int find(const char *name)
{
	int i = 0;

	while (i < N_SHOWN && strcmp(kinds[i].name, name) != 0)
		i++;
	return i;
}

static int refuse(const char *name)
{
	char all[512] = "";

	for (int i = 0; i < N_SHOWN; i++) {
		strcat(all, i ? " " : "");
		strcat(all, kinds[i].name);
	}
	output_error("--columns: there is no column \"%s\"; there are: %s",
		     name, all);
	return EXIT_USAGE;
}

int log_columns_read(struct log_columns *c, const char *list)
{
	auto_free char *copy = strdup(
		list ? list
		     : "event,time,verdict,program,destination,port,count,"
		       "reason");
	char *rest = copy, *name;

	c->table = table_for(stdout);
	c->verdict_at = TABLE_COLUMNS_MAX;
	while (copy && (name = strsep(&rest, ","))) {
		int k = find(name);

		if (k == N_SHOWN)
			return refuse(name);
		c->which[c->table.n] = k;
		if (k == SHOW_VERDICT)
			c->verdict_at = c->table.n;
		if (!table_add(&c->table, kinds[k].title, kinds[k].width)) {
			output_error("--columns: too many columns");
			return EXIT_USAGE;
		}
	}
	return 0;
}

static void show_text(const char *text, char *buf)
{
	escape_text(text, strlen(text), buf, CELL_MAX);
}

static void show_number(int64_t n, int64_t least, char *buf)
{
	*buf = '\0';
	if (n >= least)
		snprintf(buf, CELL_MAX, "%lld", (long long)n);
}

static void show_time(const struct row *r, bool is_date, char *buf)
{
	time_t t = (time_t)(r->at_ms / 1000);
	struct tm tm;

	localtime_r(&t, &tm);
	if (!(is_date ? strftime(buf, CELL_MAX, "%Y-%m-%d", &tm)
		      : strftime(buf, CELL_MAX, "%H:%M:%S", &tm)))
		*buf = '\0';
}

/* What is denied stands out without colour, too. */
static const char *verdict_text(const struct row *r)
{
	const char *v = row_verdict(r);

	if (r->type == ROW_EVENT || r->type == ROW_DECISION)
		return "note";
	return !strcmp(v, "deny") ? "DENY" : !strcmp(v, "held") ? "HELD" : v;
}

static void show(int what, const struct row *r, char *buf)
{
	switch (what) {
	case SHOW_EVENT:
		snprintf(buf, CELL_MAX, "%.8s:%lld", r->session,
			 (long long)r->seq);
		break;
	case SHOW_DATE:
		show_time(r, true, buf);
		break;
	case SHOW_TIME:
		show_time(r, false, buf);
		break;
	case SHOW_SESSION:
		snprintf(buf, CELL_MAX, "%.8s", r->session);
		break;
	case SHOW_VERDICT:
		show_text(verdict_text(r), buf);
		break;
	case SHOW_PROGRAM:
		if (r->pid)
			row_program(r, buf, CELL_MAX);
		break;
	case SHOW_DESTINATION:
		row_destination(r, buf, CELL_MAX);
		break;
	case SHOW_PORT:
		row_port(r, buf, CELL_MAX);
		break;
	case SHOW_COUNT:
		show_number(r->count, 1, buf);
		break;
	case SHOW_REASON:
		row_reason(r, buf, CELL_MAX);
		break;
	case SHOW_PID:
		show_number(r->pid, 1, buf);
		break;
	case SHOW_COMM:
		show_text(r->comm, buf);
		break;
	case SHOW_EXE:
		show_text(r->exe, buf);
		break;
	case SHOW_CMD:
		escape_argv(r->argv, r->argv_len, buf, CELL_MAX);
		break;
	case SHOW_CWD:
		show_text(r->cwd, buf);
		break;
	case SHOW_USER:
		show_number(r->uid, 0, buf);
		break;
	case SHOW_IP:
		show_text(r->ip, buf);
		break;
	case SHOW_NAME:
		show_text(r->name_source, buf);
		break;
	case SHOW_PROTO:
		show_text(r->proto, buf);
		break;
	case SHOW_STAGE:
		show_text(r->stage, buf);
		break;
	case SHOW_RULE:
		show_text(r->rule, buf);
		break;
	case SHOW_LINE:
		show_number(r->line, 1, buf);
		break;
	case SHOW_MODE:
		show_text(r->mode, buf);
		break;
	case SHOW_ERRNO:
		show_number(r->err, 0, buf);
		break;
	default:
		break;
	}
}

static const char *color_of(const struct row *r)
{
	const char *v = row_verdict(r);

	return !strcmp(v, "deny")    ? "31"
	       : !strcmp(v, "would") ? "33"
	       : !strcmp(v, "held")  ? "35"
				     : NULL;
}

void log_columns_print(const struct log_columns *c, const struct row *r)
{
	static char text[TABLE_COLUMNS_MAX][CELL_MAX];
	const char *cells[TABLE_COLUMNS_MAX];

	for (size_t i = 0; i < c->table.n; i++) {
		text[i][0] = '\0';
		show(c->which[i], r, text[i]);
		cells[i] = text[i];
	}
	table_row(&c->table, cells, c->verdict_at, color_of(r));
}
