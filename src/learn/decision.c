/* SPDX-License-Identifier: MIT */
/*
 * The list of decisions. Theory of operation: a file of lines (base/lines.h). A
 * line is a word, a time, the destination and the path of the policy, tabs
 * between.
 */
#include "learn/decision.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/lines.h"

#define LIST	       "decisions"
#define LINE_MAX_BYTES 8192

struct line {
	enum decided what;
	int64_t last_seen_ms;
	char *destination, *path;
};

struct decisions {
	struct line *list;
	size_t n;
	char *policy_path; /* of those that are asked for */
};

AUTO(decisions, decisions_free)

void decisions_free(struct decisions *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->n; i++)
		free(d->list[i].destination);
	free(d->list);
	free(d->policy_path);
	free(d);
}

static int told(struct ef_err *err, int code, const char *what)
{
	return err_set(err, code, "%s: %s", what, strerror(code));
}

static int add(struct decisions *d, enum decided what, int64_t last_seen_ms,
	       const char *destination, const char *path)
{
	size_t a = strlen(destination) + 1, b = strlen(path) + 1;
	struct line *more = reallocarray(d->list, d->n + 1, sizeof(*more));

	if (!more)
		return -ENOMEM;
	d->list = more;
	more += d->n;
	*more = (struct line){ .what = what,
			       .last_seen_ms = last_seen_ms,
			       .destination = malloc(a + b) };
	if (!more->destination)
		return -ENOMEM;
	more->path = more->destination + a;
	memcpy(more->destination, destination, a);
	memcpy(more->path, path, b);
	d->n++;
	return 0;
}

static int take_line(char *line, void *arg)
{
	struct decisions *d = arg;
	char *time = strchr(line, '\t'), *end;
	char *destination = time ? strchr(time + 1, '\t') : NULL;
	char *path = destination ? strchr(destination + 1, '\t') : NULL;
	enum decided what;
	int64_t ms;

	if (!path || d->n == DECISIONS_MAX)
		return -EBADMSG;
	*time++ = *destination++ = *path++ = '\0';
	what = !strcmp(line, "never")  ? DECIDED_NEVER
	       : !strcmp(line, "skip") ? DECIDED_SKIP
				       : DECIDED_NOTHING;
	ms = strtoll(time, &end, 10);
	if (what == DECIDED_NOTHING || end == time || *end || *path != '/')
		return -EBADMSG;
	return add(d, what, ms, destination, path);
}

static int read_list(int folder, struct decisions **ret, struct ef_err *err)
{
	auto_of(decisions) struct decisions *d = calloc(1, sizeof(*d));
	int r;

	if (!d)
		return told(err, ENOMEM, LIST);
	r = lines_read(folder, LIST, (size_t)DECISIONS_MAX * LINE_MAX_BYTES,
		       take_line, d, err);
	if (r < 0)
		return r;
	*ret = STEAL(d);
	return 0;
}

int decisions_read(const char *state_dir, const char *policy_path,
		   struct decisions **ret, struct ef_err *err)
{
	auto_of(decisions) struct decisions *d = NULL;
	auto_close int folder = lines_open(state_dir, err);
	int r = 0;

	if (folder < 0 && folder != -ENOENT)
		return folder;
	if (folder >= 0)
		r = read_list(folder, &d, err);
	else
		d = calloc(1, sizeof(*d));
	if (r < 0)
		return r;
	if (d)
		d->policy_path = strdup(policy_path);
	if (!d || !d->policy_path)
		return told(err, ENOMEM, LIST);
	*ret = STEAL(d);
	return 0;
}

enum decided decisions_find(const struct decisions *d, const char *destination,
			    int64_t last_seen_ms)
{
	for (size_t i = 0; d && i < d->n; i++) {
		const struct line *l = &d->list[i];

		if (strcmp(l->destination, destination) != 0 ||
		    strcmp(l->path, d->policy_path) != 0)
			continue;
		return l->what == DECIDED_SKIP && last_seen_ms > l->last_seen_ms
			       ? DECIDED_NOTHING
			       : l->what;
	}
	return DECIDED_NOTHING;
}

static void put_lines(FILE *f, void *arg)
{
	const struct decisions *d = arg;

	for (size_t i = 0; i < d->n; i++)
		fprintf(f, "%s\t%lld\t%s\t%s\n",
			d->list[i].what == DECIDED_NEVER ? "never" : "skip",
			(long long)d->list[i].last_seen_ms,
			d->list[i].destination, d->list[i].path);
}

static int write_list(int folder, struct decisions *d, struct ef_err *err)
{
	return lines_write(folder, LIST, put_lines, d, err);
}

/* Take out what is about a policy, and of that one destination or all. */
static int drop(struct decisions *d, const char *path, const char *destination)
{
	size_t kept = 0, n = d->n;

	for (size_t i = 0; i < n; i++) {
		struct line *l = &d->list[i];

		if (!strcmp(l->path, path) &&
		    (!destination || !strcmp(l->destination, destination)))
			free(l->destination);
		else
			d->list[kept++] = *l;
	}
	d->n = kept;
	return (int)(n - kept);
}

int decisions_write(const char *state_dir, const char *policy_path,
		    const char *destination, enum decided what,
		    int64_t last_seen_ms, struct ef_err *err)
{
	auto_of(decisions) struct decisions *d = NULL;
	auto_close int folder = -1;
	int r;

	if (*policy_path != '/' || strpbrk(policy_path, "\t\n") ||
	    strpbrk(destination, "\t\n"))
		return err_set(err, EINVAL,
			       "%s: a path that decisions cannot be kept for",
			       policy_path);
	folder = lines_lock(state_dir, err);
	if (folder < 0)
		return folder;
	r = read_list(folder, &d, err);
	if (r < 0)
		return r;
	drop(d, policy_path, destination);
	if (what != DECIDED_NOTHING && d->n == DECISIONS_MAX)
		return err_set(err, ENOSPC,
			       "%d decisions are kept already: draft --again "
			       "takes those of a policy back",
			       DECISIONS_MAX);
	if (what != DECIDED_NOTHING &&
	    add(d, what, last_seen_ms, destination, policy_path) < 0)
		return told(err, ENOMEM, LIST);
	return write_list(folder, d, err);
}

int decisions_forget(const char *state_dir, const char *policy_path,
		     struct ef_err *err)
{
	auto_of(decisions) struct decisions *d = NULL;
	auto_close int folder = lines_lock(state_dir, err);
	int n, r;

	if (folder < 0)
		return folder;
	r = read_list(folder, &d, err);
	if (r < 0)
		return r;
	n = drop(d, policy_path, NULL);
	if (n)
		r = write_list(folder, d, err);
	return r < 0 ? r : n;
}
