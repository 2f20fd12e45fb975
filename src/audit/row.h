/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_ROW_H
#define EF_AUDIT_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/verdict.h"

/*
 * One row of the feed, as readers see it: what the record's tables say, put
 * together. Texts are never NULL ("" when there is none) and belong to the
 * page they came with. Text of a target is raw: audit/escape.h makes it
 * printable where it is shown. The words below are the same on the screen, in
 * "log" and in filters.
 */
enum row_type {
	ROW_SESSION_START,
	ROW_QUESTION,
	ROW_ATTEMPT,
	ROW_DECISION,
	ROW_EVENT,
	ROW_SESSION_END,
	N_ROW_TYPES
};

struct row {
	enum row_type type;
	int64_t seq, at_ms;
	const char *session; /* 36 characters */
	const char *mode;
	/* attempts and questions */
	const char *stage, *proto, *verdict, *action;
	const char *name;	 /* domain name or name of a unix socket */
	const char *name_source; /* "none", "dns", "hosts", "placeholder" */
	const char *candidates; /* other names of the address, blanks between */
	const char *ip, *placeholder;
	int64_t port, qtype, syscall, detail;
	bool is_probe, is_foreign_netns;
	const char *reason; /* the record's word, such as "no-rule" */
	const char *door;
	int64_t held_ms, count, err, duration_ns; /* err: -1 not known yet */
	/* the rule, line 0 when there is none, and its file */
	const char *rule, *rule_reason, *file;
	int64_t line;
	/* the process */
	int64_t pid, tid, ppid, uid; /* ppid, uid: -1 unknown */
	const char *comm, *exe, *cwd;
	const char *argv; /* NUL after each argument */
	size_t argv_len;
	const char *cmd; /* the same, joined by blanks */
	/* questions */
	const char *server, *answer; /* addresses, blanks between */
	int64_t rcode, answers;	     /* rcode: -1 not known */
	/* decisions and events */
	const char *kind, *text;
	int64_t about; /* decisions: number of the attempt */
	/* starts and ends */
	const char *version, *session_name, *tags, *digest;
	int64_t exit_code, signal; /* -1 not known */
	int64_t allowed, denied, would, held, questions;
	bool is_marked; /* by a person on the screen */
};

/* Words of the screen: allow, deny, would (denied by the policy, yet let
 * through), held; "" for rows that hold no verdict. */
const char *row_verdict(const struct row *r);

/* The word of a row's type in NDJSON: "attempt", "dns", ... */
const char *row_type_word(enum row_type type);

/* True when the row's name is a domain name, not that of a unix socket. */
bool row_has_host(const struct row *r);

/*
 * Where it went, for a person: the name, else the address, else what else is
 * known of it; escaped. Returns buf.
 */
char *row_destination(const struct row *r, char *buf, size_t size);

/* "443/tcp", "dns", "unix" ...; returns buf. */
char *row_port(const struct row *r, char *buf, size_t size);

/* The rule's reason or pattern, or why there is none; escaped. Returns buf. */
char *row_reason(const struct row *r, char *buf, size_t size);

/* The program: the last part of exe, else comm; escaped. Returns buf. */
char *row_program(const struct row *r, char *buf, size_t size);

/* The reason behind a word of the record; N_REASONS when it is unknown. */
enum reason row_reason_code(const struct row *r);

/* Risk notes (bits), as the words of the filter field "risk". */
enum row_risk {
	RISK_DANGER = 1,     /* metadata or link-local address */
	RISK_RAW = 2,	     /* an address without a name */
	RISK_PRIVATE = 4,    /* a private address */
	RISK_MAIL = 8,	     /* ports 25, 465, 587 */
	RISK_HIGH_PORT = 16, /* above 49151 */
};

/* The risk notes of a row; 0: none. */
unsigned int row_risks(const struct row *r);

/* The word of one risk bit; never NULL. */
const char *row_risk_word(enum row_risk risk);

#endif
