/* SPDX-License-Identifier: MIT */
#ifndef EF_SUPERVISOR_SUPERVISOR_H
#define EF_SUPERVISOR_SUPERVISOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "policy/policy.h"
#include "policy/verdict.h"

/* One supervised execution, from opening the record to its last row. */
struct run_options {
	char *const *argv;	 /* the command and its arguments, then NULL */
	struct policy *policy;	 /* borrowed */
	const char *policy_path; /* watched for changes; NULL: none */
	enum mode mode;
	const char *db_path; /* --db, or NULL */
	const char *state_dir;
	const char *name, *tags; /* "" when not given */
	uint16_t dns_port;	 /* -p; 0: any */
	bool reload_auto;	 /* --reload auto */
	bool wait_for_all;	 /* --wait */
	bool weak;		 /* --weak */
	bool confine; /* this process limits itself, for good (confine.h) */
	uint64_t keep_caps; /* --keep-caps: a set (supervisor/caps.h) */
	int deny_fd;	    /* where denial lines go; -1: nowhere */
	bool quiet;	    /* no denial lines, no footer */
	bool old_flags;	    /* tests: behave as on a kernel older than 5.19 */
	bool verbose;	    /* one line for each allowed destination too */
};

struct run_result {
	int exit_code;	/* of the command, 128 + signal, 125, 126 or 127 */
	int child_code; /* its own exit code, -1 when a signal ended it */
	int signal;	/* the signal that ended it, or 0 */
	bool started;	/* the command was executed */
	uint64_t allowed, denied, would;
	char uuid[37];
	char digest[65];
};

/*
 * Run the command under the policy and wait for its end. Returns 0 with
 * *ret filled, or -errno with *err told when it could not be started or
 * control was lost (exit code 125). Blocks until the session is over. At most
 * one at a time in a process: it changes signal handling and reaps children.
 */
int supervisor_run(const struct run_options *o, struct run_result *ret,
		   struct ef_err *err);

#endif
