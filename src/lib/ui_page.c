/* SPDX-License-Identifier: MIT */
/* What there is to say of a row. */
#include "lib/ui_impl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/browse.h"
#include "audit/escape.h"
#include "audit/ndjson.h"
#include "audit/site.h"
#include "base/cleanup.h"
#include "wire/dname.h"

#define ANCESTORS_MAX 8

size_t ef_ui_page_n(const struct ef_ui_page *page)
{
	return page->table.n;
}

void ef_ui_page_span(const struct ef_ui_page *page, long long *ret_after,
		     long long *ret_last)
{
	*ret_after = page->after;
	*ret_last = page->last;
}

const char *ef_ui_page_text(const struct ef_ui_page *page, size_t i,
			    enum ef_ui_field what)
{
	return ui_table_text(&page->table, i, (int)what);
}

long long ef_ui_page_number(const struct ef_ui_page *page, size_t i,
			    enum ef_ui_field what)
{
	return ui_table_number(&page->table, i, (int)what);
}

void ef_ui_page_free(struct ef_ui_page *page)
{
	if (!page)
		return;
	ui_table_done(&page->table);
	free(page);
}

/* A domain name that may stand in a policy, or "". */
static const char *plain_host(const struct row *r)
{
	struct dname name;

	return row_has_host(r) && dname_from_text(r->name, &name) == 0 ? r->name
								       : "";
}

static void put_risks(struct ui_table *t, long i, const struct row *r)
{
	unsigned int risks = row_risks(r);
	char text[128] = "";

	for (unsigned int bit = 1; bit <= RISK_HIGH_PORT; bit <<= 1)
		if (risks & bit)
			snprintf(text + strlen(text), sizeof(text) - strlen(text),
				 "%s%s", *text ? " " : "",
				 row_risk_word((enum row_risk)bit));
	ui_table_put(t, i, EF_UI_RISKS, text);
}

void ui_row_fill(struct ui_table *t, long i, const struct row *r)
{
	bool is_attempt = r->type == ROW_ATTEMPT || r->type == ROW_QUESTION;
	char buf[600];

	ui_table_set(t, i, EF_UI_SEQ, r->seq);
	ui_table_set(t, i, EF_UI_LAST_SEQ, r->seq);
	ui_table_set(t, i, EF_UI_AT_MS, r->at_ms);
	ui_table_set(t, i, EF_UI_COUNT, is_attempt ? r->count : 0);
	ui_table_set(t, i, EF_UI_PID, r->pid);
	ui_table_set(t, i, EF_UI_LINE, r->line);
	ui_table_put(t, i, EF_UI_VERDICT, is_attempt ? row_verdict(r) : "note");
	ui_table_put(t, i, EF_UI_PROGRAM, r->pid ? row_program(r, buf, 64) : "");
	ui_table_put(t, i, EF_UI_DESTINATION, row_destination(r, buf, 300));
	ui_table_put(t, i, EF_UI_PORT, is_attempt ? row_port(r, buf, 64) : "");
	ui_table_put(t, i, EF_UI_REASON, row_reason(r, buf, sizeof(buf)));
	ui_table_put(t, i, EF_UI_HOST, plain_host(r));
	if (r->type == ROW_ATTEMPT)
		put_risks(t, i, r);
}

static void put_escaped(struct ui_table *t, long i, int column, const char *text)
{
	char buf[4 * 1024 + 8];

	ui_table_put(t, i, column,
		     escape_text(text, strlen(text), buf, sizeof(buf)));
}

/* "bash 4821 > npm 4830 > node 4990", the eldest first. */
static int put_ancestry(struct ui_table *t, long i, struct ef_ui_history *h,
			const struct row *r)
{
	struct browse_process list[ANCESTORS_MAX];
	char text[ANCESTORS_MAX * 96] = "";
	int n = browse_ancestry(h->reader, h->session, r->seq, list,
				ANCESTORS_MAX, NULL);

	for (int k = n - 1; k >= 0; k--)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "%s%s %lld", *text ? " > " : "", list[k].program,
			 (long long)list[k].pid);
	ui_table_put(t, i, EF_UI_ANCESTRY, text);
	return n < 0 ? n : 0;
}

static void put_json(struct ui_table *t, long i, const struct row *r)
{
	auto_free char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f) {
		t->failed = true;
		return;
	}
	ndjson_write(r, f);
	if (fclose(f) != 0)
		t->failed = true;
	else
		ui_table_put(t, i, EF_UI_JSON, text);
}

/* Only what is a plain name, and a port, ever becomes a line of policy. */
static void put_yaml(struct ui_table *t, long i, const struct row *r)
{
	char text[600];

	if (!*plain_host(r))
		return;
	if (r->port > 0)
		snprintf(text, sizeof(text),
			 "  - pattern: \"%s\"\n    ports: [%lld]\n", r->name,
			 (long long)r->port);
	else
		snprintf(text, sizeof(text), "  - pattern: \"%s\"\n", r->name);
	ui_table_put(t, i, EF_UI_YAML, text);
}

int ui_row_fill_all(struct ui_table *t, long i, struct ef_ui_history *h,
		    const struct row *r)
{
	char command[3 * 4096];

	ui_row_fill(t, i, r);
	put_escaped(t, i, EF_UI_RULE, r->rule);
	put_escaped(t, i, EF_UI_FILE, r->file);
	put_escaped(t, i, EF_UI_STAGE, r->stage);
	put_escaped(t, i, EF_UI_NAME_SOURCE, r->name_source);
	put_escaped(t, i, EF_UI_ADDRESS, r->ip);
	put_escaped(t, i, EF_UI_PLACEHOLDER, r->placeholder);
	put_escaped(t, i, EF_UI_OTHER_NAMES, r->candidates);
	put_escaped(t, i, EF_UI_SITE, row_has_host(r) ? site_of(r->name) : "");
	put_escaped(t, i, EF_UI_EXE, r->exe);
	put_escaped(t, i, EF_UI_DIRECTORY, r->cwd);
	put_escaped(t, i, EF_UI_ACTION, r->action);
	ui_table_put(t, i, EF_UI_COMMAND,
		     escape_argv(r->argv, r->argv_len, command, sizeof(command)));
	ui_table_set(t, i, EF_UI_PPID, r->ppid);
	ui_table_set(t, i, EF_UI_UID, r->uid);
	ui_table_set(t, i, EF_UI_ERRNO, r->err);
	ui_table_set(t, i, EF_UI_DURATION_NS, r->duration_ns);
	ui_table_set(t, i, EF_UI_HELD_MS, r->held_ms);
	put_json(t, i, r);
	put_yaml(t, i, r);
	return put_ancestry(t, i, h, r);
}
