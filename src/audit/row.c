/* SPDX-License-Identifier: MIT */
/* The words a row is shown with. */
#include "audit/row.h"

#include <stdio.h>
#include <string.h>

#include "audit/escape.h"
#include "wire/addr.h"

static const char *const types[N_ROW_TYPES] = {
	[ROW_SESSION_START] = "session_start",
	[ROW_QUESTION] = "dns",
	[ROW_ATTEMPT] = "attempt",
	[ROW_DECISION] = "answer",
	[ROW_EVENT] = "event",
	[ROW_SESSION_END] = "session_end",
};

const char *row_type_word(enum row_type type)
{
	return type < N_ROW_TYPES ? types[type] : "unknown";
}

const char *row_verdict(const struct row *r)
{
	if (!strcmp(r->action, "held"))
		return "held";
	if (!strcmp(r->verdict, "deny") && !strcmp(r->action, "allowed"))
		return "would";
	if (!strcmp(r->verdict, "deny"))
		return "deny";
	return !strcmp(r->verdict, "allow") ? "allow" : "";
}

bool row_has_host(const struct row *r)
{
	return *r->name && strncmp(r->proto, "unix", 4) != 0;
}

char *row_destination(const struct row *r, char *buf, size_t size)
{
	char text[1100];

	if (*r->name)
		return escape_text(r->name, strlen(r->name), buf, size);
	if (*r->ip)
		return escape_text(r->ip, strlen(r->ip), buf, size);
	if (*r->placeholder)
		return escape_text(r->placeholder, strlen(r->placeholder), buf,
				   size);
	if (r->type == ROW_EVENT)
		return escape_text(r->kind, strlen(r->kind), buf, size);
	if (!strcmp(r->stage, "socket"))
		snprintf(text, sizeof(text), "(socket family %lld)",
			 (long long)r->detail);
	else if (!strcmp(r->stage, "syscall"))
		snprintf(text, sizeof(text), "(system call %lld)",
			 (long long)r->syscall);
	else
		snprintf(text, sizeof(text), "(unknown)");
	return escape_text(text, strlen(text), buf, size);
}

char *row_port(const struct row *r, char *buf, size_t size)
{
	char text[64];

	if (r->type == ROW_QUESTION || !strcmp(r->stage, "dns"))
		snprintf(text, sizeof(text), "dns");
	else if (r->port)
		snprintf(text, sizeof(text), "%lld/%.40s", (long long)r->port,
			 r->proto);
	else
		snprintf(text, sizeof(text), "%.40s", r->proto);
	return escape_text(text, strlen(text), buf, size);
}

enum reason row_reason_code(const struct row *r)
{
	int i = 0;

	while (i < N_REASONS && strcmp(reason_word((enum reason)i), r->reason))
		i++;
	return (enum reason)i;
}

char *row_reason(const struct row *r, char *buf, size_t size)
{
	enum reason code = row_reason_code(r);
	char text[600];

	if (r->type == ROW_EVENT)
		return escape_text(r->text, strlen(r->text), buf, size);
	if (code == REASON_RULE && r->line) {
		const char *t = *r->rule_reason ? r->rule_reason : r->rule;

		return escape_text(t, strlen(t), buf, size);
	}
	snprintf(text, sizeof(text), "%s",
		 code < N_REASONS ? reason_text(code) : r->reason);
	if (r->line && code == REASON_PORT)
		snprintf(text, sizeof(text), "rule at line %lld has other ports",
			 (long long)r->line);
	else if (*r->door)
		snprintf(text, sizeof(text), "%s", r->door);
	return escape_text(text, strlen(text), buf, size);
}

char *row_program(const struct row *r, char *buf, size_t size)
{
	const char *slash = strrchr(r->exe, '/');
	const char *name = slash && slash[1] ? slash + 1 : r->comm;

	if (!*name)
		name = *r->comm ? r->comm : "?";
	return escape_text(name, strlen(name), buf, size);
}

const char *row_risk_word(enum row_risk risk)
{
	switch (risk) {
	case RISK_DANGER:
		return "danger";
	case RISK_RAW:
		return "raw";
	case RISK_PRIVATE:
		return "private";
	case RISK_MAIL:
		return "mail";
	case RISK_HIGH_PORT:
		return "high-port";
	default:
		return "none";
	}
}

unsigned int row_risks(const struct row *r)
{
	struct addr a;
	unsigned int risks = 0;

	if (r->type != ROW_ATTEMPT)
		return 0;
	if (*r->ip && addr_parse(r->ip, &a) == 0) {
		if (addr_is_metadata(&a))
			risks |= RISK_DANGER;
		if (addr_is_private(&a))
			risks |= RISK_PRIVATE;
		if (!row_has_host(r) && !addr_is_loopback(&a))
			risks |= RISK_RAW;
	}
	if (!strcmp(r->name, "metadata.google.internal"))
		risks |= RISK_DANGER;
	if (r->port == 25 || r->port == 465 || r->port == 587)
		risks |= RISK_MAIL;
	if (r->port > 49151)
		risks |= RISK_HIGH_PORT;
	return risks;
}
