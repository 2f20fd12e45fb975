/* SPDX-License-Identifier: MIT */
/* Running a command: opening what is ours, then one session. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/state.h"
#include "cli/choice.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/run.h"
#include "cli/wish.h"
#include "lib/egressfilter.h"

AUTO(ef_policy, ef_policy_free)
AUTO(ef_session, ef_session_free)

/* Open a file of ours for writing before the command exists: a link somebody
 * laid there is not followed. -1 after saying why not. */
static int open_output(const char *option, const char *path, int flags)
{
	int fd = open(path,
		      O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY |
			      flags,
		      0600);

	if (fd < 0)
		output_error("--%s %s: %s", option, path,
			     errno == ELOOP ? "is a symbolic link"
					    : strerror(errno));
	return fd;
}

/* The descriptor of --deny-log fd:N, if it can be written to; else -1. */
static int given_fd(const char *text)
{
	char *end;
	long fd = strtol(text, &end, 10);
	int flags;

	if (end == text || *end || fd < 0 || fd > 1 << 20)
		return -1;
	flags = fcntl((int)fd, F_GETFL);
	return flags < 0 || (flags & O_ACCMODE) == O_RDONLY ? -1 : (int)fd;
}

/* Where denial lines go; *ret_owned is closed by the caller. 0 or exit code. */
static int open_deny_log(const char *where, int *ret, int *ret_owned)
{
	*ret = STDERR_FILENO;
	if (!where || !strcmp(where, "stderr"))
		return 0;
	if (!strcmp(where, "stdout")) {
		*ret = STDOUT_FILENO;
	} else if (!strcmp(where, "none")) {
		*ret = -1;
	} else if (!strncmp(where, "fd:", 3)) {
		*ret = given_fd(where + 3);
		if (*ret < 0)
			return wish_refuse("deny-log", where,
					   "a descriptor open for writing");
	} else {
		*ret = *ret_owned = open_output("deny-log", where, O_APPEND);
		return *ret < 0 ? EXIT_NOT_STARTED : 0;
	}
	return 0;
}

static int apply(const struct wish *w, struct ef_session *s, int deny_fd)
{
	struct ef_error err = { 0 };
	char number[16];

	for (int i = 0; i < w->n_settings; i++)
		if (ef_session_set(s, w->settings[i].what, w->settings[i].value,
				   &err) < 0) {
			output_error("--%s: %s", w->settings[i].option, err.text);
			return EXIT_USAGE;
		}
	snprintf(number, sizeof(number), "%d", deny_fd);
	if ((w->allow_all && ef_session_set(s, EF_MODE, "allow-all", &err)) ||
	    (w->is_learn && ef_session_set(s, EF_MODE, "learn", &err)) ||
	    ef_session_set(s, EF_CONFINE, "1", &err) ||
	    ef_session_set(s, EF_DENY_FD, number, &err)) {
		output_error("%s", err.text);
		return EXIT_NOT_STARTED;
	}
	return 0;
}

static void write_exit_file(int fd, const char *path,
			    const struct ef_session *s, int code)
{
	long long child = ef_session_number(s, EF_CHILD_CODE);
	long long signal = ef_session_number(s, EF_SIGNAL);
	char child_text[24] = "null", signal_text[24] = "null";

	if (child >= 0)
		snprintf(child_text, sizeof(child_text), "%lld", child);
	if (signal > 0)
		snprintf(signal_text, sizeof(signal_text), "%lld", signal);
	if (dprintf(fd,
		    "{\"child\":%s,\"signal\":%s,\"denied\":%lld,"
		    "\"code\":%d}\n",
		    child_text, signal_text, ef_session_number(s, EF_DENIED),
		    code) < 0)
		output_error("--exit-file %s: %s", path, strerror(errno));
}

static void tell_failure(const char *name, int r, const struct ef_error *err)
{
	const struct command *c = NULL;
	int word = command_find(name);

	if (r == -ENOENT && word >= 0)
		c = command_of((enum word)word);
	if (c)
		output_error("%s (the subcommand goes before all options: "
			     "egress-filter %s)",
			     err->text, c->name);
	else
		output_error("%s", err->text);
}

/* Who learns may name the file that the draft is to become. */
static int choose_file(const struct wish *w, struct ef_policy **ret)
{
	if (w->is_learn && w->config && access(w->config, F_OK) < 0 &&
	    errno == ENOENT) {
		*ret = ef_policy_fixed(0);
		return *ret ? 0 : -ENOMEM;
	}
	return choice_policy(w->config,
			     w->is_quiet || w->is_audit || w->is_learn, ret);
}

static int choose(const struct wish *w, struct ef_policy **ret)
{
	if (!w->allow_all)
		return choose_file(w, ret);
	*ret = ef_policy_fixed(1);
	if (*ret)
		return 0;
	output_error("out of memory");
	return -ENOMEM;
}

static int execute(const struct wish *w, struct ef_session *s,
		   const struct ef_policy *policy, int exit_fd)
{
	struct ef_error err = { 0 };
	int r, code;

	r = ef_session_run(s, policy, w->command, &err);
	code = ef_session_exit_code(s);
	if (r < 0)
		tell_failure(w->command[0], r, &err);
	else if (code == 0 && ef_session_number(s, EF_DENIED) > 0)
		code = w->fail_code;
	if (exit_fd >= 0)
		write_exit_file(exit_fd, w->exit_file, s, code);
	return code;
}

int run_wish(const struct wish *w, char *ret_id)
{
	auto_of(ef_policy) struct ef_policy *policy = NULL;
	auto_of(ef_session) struct ef_session *session = ef_session_new();
	auto_close int exit_fd = -1, log_fd = -1;
	int deny_fd = -1, code;

	*ret_id = '\0';
	if (!session) {
		output_error("out of memory");
		return EXIT_NOT_STARTED;
	}
	code = open_deny_log(w->deny_log, &deny_fd, &log_fd);
	if (code == 0)
		code = apply(w, session, deny_fd);
	if (code)
		return code;
	if (choose(w, &policy) < 0)
		return EXIT_NOT_STARTED;
	if (w->exit_file) {
		exit_fd = open_output("exit-file", w->exit_file, O_TRUNC);
		if (exit_fd < 0)
			return EXIT_NOT_STARTED;
	}
	code = execute(w, session, policy, exit_fd);
	if (ef_session_number(session, EF_STARTED) > 0)
		strcpy(ret_id, ef_session_id(session));
	return code;
}

static int run(int argc, char **argv)
{
	char id[RUN_ID_MAX];
	struct wish w;
	int code;

	return wish_read(&w, WORD_RUN, argc, argv, &code) ? run_wish(&w, id)
							  : code;
}

const struct command cmd_run = {
	.name = "run",
	.args = "[OPTION...] [--] COMMAND [ARG...]",
	.summary = "run a command under a policy (same as no word)",
	.run = run,
};
