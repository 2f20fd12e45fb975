/* SPDX-License-Identifier: MIT */
/* Which policy a run is under, when it is named and when it is not. */
#include "cli/choice.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/state.h"
#include "cli/output.h"
#include "policy/load.h"
#include "policy/trust.h"

static int load_named(const char *file, struct ef_policy **ret)
{
	struct ef_error err = { 0 };
	int r = ef_policy_load(file, output_problem, NULL, ret, &err);

	if (r < 0)
		output_error("%s", err.text);
	return r;
}

static int deny_everything(struct ef_policy **ret)
{
	*ret = ef_policy_fixed(0);
	if (*ret)
		return 0;
	output_error("out of memory");
	return -ENOMEM;
}

static bool is_trusted(const char *text, size_t len)
{
	char state[1024];

	return state_path(state, sizeof(state), NULL) == 0 &&
	       trust_is_accepted(state, CHOICE_DEFAULT_FILE, text, len);
}

/* The file of this folder: used when its content, as read, is accepted. */
static int load_default(bool is_quiet, struct ef_policy **ret)
{
	auto_free char *text = NULL;
	struct ef_err why = { 0 };
	struct ef_error err = { 0 };
	size_t len;
	int r;

	r = policy_read_file(CHOICE_DEFAULT_FILE, &text, &len, &why);
	if (r < 0) {
		output_error("%s", why.msg);
		return r;
	}
	if (!is_trusted(text, len)) {
		if (!is_quiet)
			output_error("%s is not accepted, so nothing may go "
				     "out; to use it: egress-filter trust, or "
				     "-c %s",
				     CHOICE_DEFAULT_FILE, CHOICE_DEFAULT_FILE);
		return deny_everything(ret);
	}
	r = ef_policy_parse(text, len, CHOICE_DEFAULT_FILE, output_problem,
			    NULL, ret, &err);
	if (r < 0)
		output_error("%s", err.text);
	return r;
}

int choice_policy(const char *file, bool is_quiet, struct ef_policy **ret)
{
	const char *named = file ? file : getenv("EGRESS_FILTER_CONFIG");

	if (named && *named)
		return load_named(named, ret);
	if (access(CHOICE_DEFAULT_FILE, F_OK) == 0)
		return load_default(is_quiet, ret);
	if (!is_quiet)
		output_error("no policy, so nothing may go out; name one with "
			     "-c FILE, or write %s and accept it with "
			     "egress-filter trust",
			     CHOICE_DEFAULT_FILE);
	return deny_everything(ret);
}

int choice_to_look_at(const char *file, struct ef_policy **ret)
{
	const char *named = file ? file : getenv("EGRESS_FILTER_CONFIG");

	if (named && *named)
		return load_named(named, ret);
	if (access(CHOICE_DEFAULT_FILE, F_OK) == 0)
		return load_named(CHOICE_DEFAULT_FILE, ret);
	output_error("which policy? name one with -c FILE");
	return -ENOENT;
}
