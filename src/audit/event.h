/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_EVENT_H
#define EF_AUDIT_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "policy/observation.h"
#include "policy/policy.h"
#include "policy/verdict.h"

/*
 * What is written down. Plain structs: the store turns them into rows, the
 * reader turns rows into them. Text from a target is kept as its raw bytes;
 * audit/escape.h makes it printable where it is shown.
 */
enum action { ACTION_ALLOWED, ACTION_DENIED, ACTION_HELD, ACTION_PROBE };

/* The word of the record for an action; never NULL. */
const char *action_word(enum action action);

/* The word of the record for a stage; never NULL. */
const char *stage_word(enum stage stage);

/* The word of the record for a protocol ("tcp"); never NULL. */
const char *proto_word(enum proto proto);

/* The word of the record for the source of a name; never NULL. */
const char *name_source_word(enum name_source source);

#define ARGV_BYTES_MAX 4096 /* longer argument lists are cut */

/* A process as it was when first seen with this executable. */
struct process {
	pid_t pid; /* thread group id */
	pid_t ppid;
	uint64_t start_ticks; /* field 22 of proc(5) stat */
	uint64_t exe_dev, exe_ino;
	uid_t uid;
	int64_t parent; /* row of its parent process; 0: unknown */
	char comm[16];
	char exe[1024]; /* "" when unknown */
	char cwd[1024];
	char argv[ARGV_BYTES_MAX]; /* NUL after each argument */
	size_t argv_len;	   /* bytes used in argv */
	bool argv_cut;
};

/* One judged call (decision 14): a row of table attempts. */
struct attempt {
	const struct observation *seen;
	const struct decision *said;
	enum action action;
	int64_t process;	 /* row, 0: unknown */
	int64_t revision;	 /* row of the policy revision */
	struct addr placeholder; /* family 0: none; seen->addr is real or 0 */
	int64_t held_ms;
};

/* One question of the target to a name server: a row of table questions. */
struct question {
	pid_t pid, tid;
	int64_t process; /* row, 0: unknown */
	int64_t revision;
	struct addr server; /* the one the program asked */
	enum proto proto;   /* PROTO_UDP or PROTO_TCP */
	struct dname name;
	uint16_t qtype, id;
	enum verdict verdict;
	enum reason reason;
	const struct rule *rule; /* NULL: none */
	struct addr placeholder; /* answered with this one; family 0: none */
};

/* The start of a session. */
struct session_start {
	char uuid[37];
	char host_id[65]; /* /etc/machine-id hashed; "" unknown */
	const char *argv; /* NUL after each argument */
	size_t argv_len;
	const char *cwd, *version;
	const char *name, *tags; /* "" when not given; tags: "k=v" lines */
	enum mode mode;
	int64_t started_ms; /* clock_wall_ms() */
};

#endif
