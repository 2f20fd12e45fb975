/* SPDX-License-Identifier: MIT */
/*
 * learn: run a command, let pass and record, then draft. Each run is a child
 * process, because a supervisor limits itself for good and ends with its
 * session; what is left to do is done by its parent.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit/escape.h"
#include "base/cleanup.h"
#include "cli/command.h"
#include "cli/draft.h"
#include "cli/output.h"
#include "cli/run.h"
#include "learn/write.h"

#define ASSUMED_PORT 443
#define IDS_MAX	     DRAFT_LIST_MAX

/* The sessions of the runs. */
struct runs {
	char ids[IDS_MAX][RUN_ID_MAX];
	size_t n;
	int code; /* of the first that failed, else 0 */
};

static volatile sig_atomic_t child;

/* What is meant for the command goes to its supervisor, which knows how. */
static void forward(int sig)
{
	if (child > 0)
		kill((pid_t)child, sig);
}

static void nothing(int sig)
{
	(void)sig;
}

/* The terminal interrupts the command, whose business it is. */
static void take_signals(void)
{
	struct sigaction act = { .sa_handler = nothing, .sa_flags = SA_RESTART };

	sigaction(SIGINT, &act, NULL);
	sigaction(SIGQUIT, &act, NULL);
	act.sa_handler = forward;
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGHUP, &act, NULL);
}

/* The part of the child: one session, whose id goes up the pipe. */
static void be_child(const struct wish *w, int fd)
{
	char id[RUN_ID_MAX] = "";
	int code = run_wish(w, id);

	if (write(fd, id, sizeof(id)) < 0)
		output_error("learn: %s", strerror(errno));
	exit(code);
}

static int wait_for(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return EXIT_NOT_STARTED;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* One run; its id, "" when it did not start. Returns the exit code. */
static int run_once(const struct wish *w, char id[RUN_ID_MAX])
{
	sigset_t some, before;
	int fds[2], code;
	pid_t pid;

	*id = '\0';
	if (pipe2(fds, O_CLOEXEC) < 0) {
		output_error("learn: %s", strerror(errno));
		return EXIT_NOT_STARTED;
	}
	sigemptyset(&some);
	sigaddset(&some, SIGINT);
	sigaddset(&some, SIGQUIT);
	sigaddset(&some, SIGTERM);
	sigaddset(&some, SIGHUP);
	sigprocmask(SIG_BLOCK, &some, &before);
	pid = fork();
	if (pid == 0) {
		close(fds[0]);
		sigprocmask(SIG_SETMASK, &before, NULL);
		be_child(w, fds[1]);
	}
	close(fds[1]);
	child = pid;
	if (pid > 0)
		take_signals();
	sigprocmask(SIG_SETMASK, &before, NULL);
	code = pid > 0 ? wait_for(pid) : EXIT_NOT_STARTED;
	child = 0;
	if (pid < 0)
		output_error("learn: %s", strerror(errno));
	else if (read(fds[0], id, RUN_ID_MAX) != RUN_ID_MAX)
		*id = '\0';
	close(fds[0]);
	return code;
}

static void run_all(const struct wish *w, struct runs *runs)
{
	for (int i = 0; i < w->times; i++) {
		char *id = runs->ids[runs->n < IDS_MAX ? runs->n : IDS_MAX - 1];
		int code = run_once(w, id);

		if (!runs->code)
			runs->code = code;
		if (!*id)
			return;
		if (runs->n < IDS_MAX)
			runs->n++;
	}
}

/* The record that was named, if one was. */
static const char *record_of(const struct wish *w)
{
	const char *path = NULL;

	for (int i = 0; i < w->n_settings; i++)
		if (w->settings[i].what == EF_RECORD)
			path = w->settings[i].value;
	return path;
}

static void print_word(const char *option, const char *value)
{
	char shown[4096];

	if (value)
		fprintf(stderr, " %s %s", option,
			escape_shell(value, strlen(value), shown, sizeof(shown)));
}

/* How to go on: the command that writes this draft. */
static void tell_next(const struct wish *w, const struct runs *runs)
{
	char id[9];

	fputs("egress-filter: to write it: egress-filter draft --write", stderr);
	print_word("-c", w->config);
	print_word("--db", record_of(w));
	for (size_t i = 0; i < runs->n; i++) {
		snprintf(id, sizeof(id), "%.8s", runs->ids[i]);
		print_word("--session", id);
	}
	fputc('\n', stderr);
}

/* The policy as drafted, into a new file. */
static int draft_to_file(struct draft_request *q, const char *path)
{
	auto_free char *text = NULL;
	struct ef_err err = { 0 };
	size_t len = 0;
	int code;

	q->out = open_memstream(&text, &len);
	if (!q->out) {
		output_error("out of memory");
		return EXIT_USAGE;
	}
	code = draft_run(q);
	if (fclose(q->out) || code > 1)
		return code > 1 ? code : EXIT_USAGE;
	if (write_policy(path, NULL, 0, text, len, &err) < 0) {
		output_error("%s", err.msg);
		return EXIT_USAGE;
	}
	output_error("wrote the draft to %s", path);
	return 0;
}

static void draft(const struct wish *w, const struct runs *runs)
{
	struct draft_request q = { .config = w->config,
				   .assumed_port = ASSUMED_PORT,
				   .out = stderr };

	if (record_of(w))
		records_add(&q.records, record_of(w));
	for (size_t i = 0; i < runs->n; i++)
		q.sessions.items[q.sessions.n++] = runs->ids[i];
	if (!w->draft) {
		if (draft_run(&q) == 1)
			tell_next(w, runs);
		return;
	}
	q.form = DRAFT_TEXT;
	q.out = stdout;
	if (strcmp(w->draft, "-") != 0)
		draft_to_file(&q, w->draft);
	else
		draft_run(&q);
}

static int run(int argc, char **argv)
{
	auto_free struct runs *runs = calloc(1, sizeof(*runs));
	struct wish w;
	int code;

	if (!runs) {
		output_error("out of memory");
		return EXIT_NOT_STARTED;
	}
	if (!wish_read(&w, WORD_LEARN, argc, argv, &code))
		return code;
	if (w.config && !strcmp(w.config, "-")) {
		output_error("learn reads the policy more than once: name a "
			     "file with -c");
		return EXIT_USAGE;
	}
	if (w.draft && strcmp(w.draft, "-") && access(w.draft, F_OK) == 0) {
		output_error("--draft %s: there is such a file already", w.draft);
		return EXIT_USAGE;
	}
	run_all(&w, runs);
	if (runs->n)
		draft(&w, runs);
	return runs->code;
}

const struct command cmd_learn = {
	.name = "learn",
	.args = "[OPTION...] [--] COMMAND [ARG...]",
	.summary = "allow for now, record, then draft a policy",
	.run = run,
};
