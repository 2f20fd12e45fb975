/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_DRAFT_H
#define EF_CLI_DRAFT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cli/records.h"
#include "learn/gather.h"
#include "learn/splice.h"
#include "learn/suggest.h"

/* Drafting, as "draft" and "learn" do it. */
#define DRAFT_LIST_MAX 256

/* A list of values of an option that may be repeated. */
struct draft_list {
	const char *items[DRAFT_LIST_MAX];
	size_t n;
};

enum draft_form {
	DRAFT_DIFF, /* a unified diff */
	DRAFT_TEXT, /* the whole of the new policy */
	DRAFT_JSON,
};

struct draft_request {
	const char *config; /* -c; NULL: as a run without it */
	struct records records;
	struct draft_list sessions, widen, never, skip;
	const char *where, *psl;
	uint16_t assumed_port;
	enum draft_form form;
	FILE *out;    /* where the draft goes */
	bool is_from; /* --from: all of the sessions there */
	bool wants_write, is_yes, is_dry_run, no_input;
	bool without_comments, wants_prune, is_again, is_verbose;
};

/* A draft as far as it has come; all zero at its start. */
struct draft {
	const struct draft_request *want;
	const char *path; /* of the policy, as given */
	char *real_path;  /* absolute */
	char *text;	  /* of the policy; NULL: there is none yet */
	size_t len;
	struct policy *policy; /* what there is, or one without rules */
	struct reader *reader;
	struct gather_choice choice;
	struct filter *filter;
	struct suffixes *suffixes;
	struct decisions *decisions;
	struct observations *seen;
	struct suggestions *suggestions;
	const struct edit *edits;
	size_t n_edits;
	struct spliced spliced; /* the new text; .text NULL: nothing to change */
	char *diff;
	size_t diff_len;
};

/* Draft, show, and write where that is asked for. Returns the exit code of
 * "draft". Blocks on the disk, and on a person for a yes. */
int draft_run(const struct draft_request *want);

/* Tell on stderr what is suggested, what is not, and why. */
void draft_tell(const struct draft *d);

/* Put the draft to d->want->out, in its form. 0, or the exit code. */
int draft_put(const struct draft *d);

/* Ask, check, write, and accept what was written. 0, or the exit code. */
int draft_write(struct draft *d);

#endif
