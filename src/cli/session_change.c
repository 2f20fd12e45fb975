/* SPDX-License-Identifier: MIT */
/* Sessions removed, named and tagged. */
#include "cli/session_change.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/escape.h"
#include "audit/mark.h"
#include "base/cleanup.h"
#include "cli/output.h"
#include "cli/prune.h"
#include "cli/session_pick.h"

/* A session for a question or a message: id and command. */
static void print_session(const struct session_info *s, FILE *f)
{
	char command[160];

	fprintf(f, "  %.8s  %s\n", s->uuid,
		escape_argv(s->argv, s->argv_len, command, sizeof(command)));
}

/* True when a person says yes, on a terminal. */
static bool is_agreed(const struct reader *r, const size_t *list, size_t n)
{
	char answer[16];

	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
		output_error("sessions rm asks on a terminal; elsewhere: "
			     "sessions rm --yes");
		return false;
	}
	for (size_t i = 0; i < n; i++)
		print_session(reader_session(r, list[i]), stderr);
	fprintf(stderr, "remove %s for good? [y/N] ",
		n == 1 ? "this session" : "these sessions");
	fflush(stderr);
	if (fgets(answer, sizeof(answer), stdin) &&
	    (answer[0] == 'y' || answer[0] == 'Y'))
		return true;
	output_error("nothing was removed");
	return false;
}

int session_remove(struct reader *r, char **words, int n_words, bool is_sure)
{
	const struct session_filter all = { .name = NULL };
	auto_free size_t *list = NULL;
	bool is_bad = false;
	size_t n;
	int code = pick_sessions(r, &all, words, n_words, &list, &n);

	for (size_t i = 0; !code && i < n; i++)
		if (prune_obstacle(r, list[i])) {
			output_error("session %.8s cannot be removed: %s",
				     reader_session(r, list[i])->uuid,
				     prune_obstacle(r, list[i]));
			code = EXIT_USAGE;
		}
	if (!code && n && !is_sure && !is_agreed(r, list, n))
		code = EXIT_USAGE;
	if (code)
		return code;
	for (size_t i = 0; i < n; i++)
		if (!prune_session(r, list[i], false, &is_bad))
			is_bad = true;
	code = output_flush();
	return code ? code : is_bad ? EXIT_USAGE : 0;
}

/* The session of a word, or -1 after saying what is wrong. */
static int64_t find(const struct reader *r, const char *word)
{
	struct ef_err err = { 0 };
	int64_t i = reader_find(r, word, &err);

	if (i < 0)
		output_error("%s", err.msg);
	return i;
}

static int give(struct reader *r, int64_t i, const char *name, const char *tags)
{
	struct ef_err err = { 0 };

	if (mark_session(r, (size_t)i, name, tags, &err) == 0)
		return 0;
	output_error("%s", err.msg);
	return EXIT_USAGE;
}

int session_name(struct reader *r, const char *word, const char *name)
{
	int64_t i = find(r, word);

	return i < 0 ? EXIT_USAGE : give(r, i, name ? name : "", NULL);
}

static int change_tags(const struct session_info *s, char tags[MARK_TAGS_MAX],
		       char **words, int n, bool is_set)
{
	for (int i = 0; i < n; i++) {
		int r = is_set ? mark_set_tag(tags, words[i]) : 0;

		if (r == -EINVAL)
			output_error("%s is not a tag, KEY=VALUE", words[i]);
		else if (r == -E2BIG)
			output_error("the tags of a session have at most %d "
				     "bytes",
				     MARK_TAGS_MAX);
		if (!is_set && !mark_remove_tag(tags, words[i])) {
			output_error("session %.8s has no tag %s", s->uuid,
				     words[i]);
			r = -ENOENT;
		}
		if (r)
			return EXIT_USAGE;
	}
	return 0;
}

int session_tag(struct reader *r, const char *word, char **words, int n,
		bool is_set)
{
	char tags[MARK_TAGS_MAX];
	int64_t i = find(r, word);
	int code;

	if (i < 0)
		return EXIT_USAGE;
	if ((size_t)snprintf(tags, sizeof(tags), "%s",
			     reader_session(r, (size_t)i)->tags) >= sizeof(tags)) {
		output_error("session %.8s has more tags than can be changed",
			     reader_session(r, (size_t)i)->uuid);
		return EXIT_USAGE;
	}
	code = change_tags(reader_session(r, (size_t)i), tags, words, n, is_set);
	return code ? code : give(r, i, NULL, tags);
}
