/* SPDX-License-Identifier: MIT */
/* The files of a reader and the sessions in them. */
#include "audit/reader.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "audit/import.h"
#include "audit/reader_impl.h"
#include "audit/schema.h"
#include "audit/verify.h"
#include "base/cleanup.h"

static int add_problem(struct reader *r, const char *text)
{
	char **more = reallocarray(r->problems, r->n_problems + 1, sizeof(*more));

	if (!more)
		return -ENOMEM;
	r->problems = more;
	r->problems[r->n_problems] = strdup(text);
	if (!r->problems[r->n_problems])
		return -ENOMEM;
	r->n_problems++;
	return 0;
}

/* The sessions of one file, or a problem. */
static int add_file(struct reader *r, const char *path)
{
	struct ef_err err = { 0 };
	char *copy;
	int n;

	if (r->n_paths == r->paths_room) {
		size_t room = r->paths_room ? r->paths_room * 2 : 16;
		char **more = reallocarray(r->paths, room, sizeof(*more));

		if (!more)
			return -ENOMEM;
		r->paths = more;
		r->paths_room = room;
	}
	copy = strdup(path);
	if (!copy)
		return -ENOMEM;
	r->paths[r->n_paths++] = copy;
	n = reader_list(r, copy, &err);
	return n == -ENOMEM ? n : n < 0 ? add_problem(r, err.msg) : 0;
}

static int add_glob(struct reader *r, const char *pattern, size_t *ret_n)
{
	glob_t g;
	int n = glob(pattern, GLOB_BRACE, NULL, &g), res = 0;

	*ret_n = 0;
	if (n == GLOB_NOMATCH)
		return 0;
	if (n)
		return n == GLOB_NOSPACE ? -ENOMEM : -EIO;
	for (size_t i = 0; res == 0 && i < g.gl_pathc; i++) {
		struct stat sb;

		if (stat(g.gl_pathv[i], &sb) || !S_ISREG(sb.st_mode))
			continue;
		res = add_file(r, g.gl_pathv[i]);
		(*ret_n)++;
	}
	globfree(&g);
	return res;
}

/* A folder's own name may hold what a pattern gives a meaning to. */
static int add_folder(struct reader *r, const char *path)
{
	auto_free char *pattern = malloc(strlen(path) * 2 + 8);
	char *p = pattern;
	size_t n;

	if (!pattern)
		return -ENOMEM;
	for (; *path; path++) {
		if (strchr("*?[]{}\\", *path))
			*p++ = '\\';
		*p++ = *path;
	}
	strcpy(p, "/*.db");
	return add_glob(r, pattern, &n);
}

static int add_path(struct reader *r, const char *path, struct ef_err *err)
{
	struct stat sb;
	size_t n;
	int res;

	if (stat(path, &sb) == 0)
		res = S_ISDIR(sb.st_mode) ? add_folder(r, path)
					  : add_file(r, path);
	else if (strpbrk(path, "*?["))
		res = add_glob(r, path, &n);
	else
		return err_set(err, errno, "%s: %s", path, strerror(errno));
	return res < 0 ? err_set(err, -res, "%s: %s", path, strerror(-res)) : 0;
}

static int by_start(const void *a, const void *b)
{
	const struct session_info *x = a, *y = b;

	if (x->started_ms != y->started_ms)
		return x->started_ms < y->started_ms ? -1 : 1;
	return strcmp(x->uuid, y->uuid);
}

static int open_paths(const char *const *paths, size_t n, bool is_quick,
		      struct reader **ret, struct ef_err *err)
{
	struct reader *r = calloc(1, sizeof(*r));
	FILE *f;
	int res = 0;

	if (!r)
		return err_set(err, ENOMEM, "out of memory");
	r->is_quick = is_quick;
	f = fopen("/proc/sys/kernel/random/boot_id", "re");
	if (f && fgets(r->boot_id, sizeof(r->boot_id), f))
		r->boot_id[strcspn(r->boot_id, "\n")] = '\0';
	if (f)
		fclose(f);
	for (size_t i = 0; res == 0 && i < n; i++)
		res = add_path(r, paths[i], err);
	if (res < 0) {
		reader_close(r);
		return res;
	}
	if (r->n_sessions)
		qsort(r->sessions, r->n_sessions, sizeof(*r->sessions), by_start);
	*ret = r;
	return 0;
}

int reader_open(const char *const *paths, size_t n, struct reader **ret,
		struct ef_err *err)
{
	return open_paths(paths, n, false, ret, err);
}

int reader_open_quick(const char *const *paths, size_t n, struct reader **ret,
		      struct ef_err *err)
{
	return open_paths(paths, n, true, ret, err);
}

void reader_session_done(struct session_info *s)
{
	free(s->cwd);
	free(s->version);
	free(s->name);
	free(s->tags);
	free(s->argv);
}

void reader_close(struct reader *r)
{
	if (!r)
		return;
	sqlite3_close(r->db);
	import_free(r->import);
	for (size_t i = 0; i < r->n_sessions; i++)
		reader_session_done(&r->sessions[i]);
	for (size_t i = 0; i < r->n_paths; i++)
		free(r->paths[i]);
	for (size_t i = 0; i < r->n_problems; i++)
		free(r->problems[i]);
	free(r->sessions);
	free(r->paths);
	free(r->problems);
	free(r);
}

const char *reader_problem(const struct reader *r, size_t i)
{
	return i < r->n_problems ? r->problems[i] : NULL;
}

size_t reader_n_sessions(const struct reader *r)
{
	return r->n_sessions;
}

const struct session_info *reader_session(const struct reader *r, size_t i)
{
	return &r->sessions[i];
}

/* Compare the digits alone. */
static bool begins_with(const char *uuid, const char *prefix)
{
	for (; *prefix; prefix++) {
		if (*prefix == '-')
			continue;
		while (*uuid == '-')
			uuid++;
		if ((*uuid | 0x20) != (*prefix | 0x20))
			return false;
		uuid++;
	}
	return true;
}

int64_t reader_find(const struct reader *r, const char *prefix, struct ef_err *err)
{
	int64_t found = -1;
	size_t n = 0;

	for (size_t i = 0; i < r->n_sessions; i++) {
		const struct session_info *s = &r->sessions[i];

		if (!strcmp(s->uuid, prefix))
			return (int64_t)i;
		if ((*prefix && begins_with(s->uuid, prefix)) ||
		    (*s->name && !strcmp(s->name, prefix))) {
			found = (int64_t)i;
			n++;
		}
	}
	if (n > 1)
		return err_set(err, ENOTUNIQ,
			       "%zu sessions begin with %s: give more digits",
			       n, prefix);
	if (!n)
		return err_set(err, ENOENT,
			       "no session %s; see: egress-filter sessions "
			       "list",
			       prefix);
	return found;
}

int reader_prove(struct reader *r, size_t session, enum reader_proof *ret,
		 struct ef_err *err)
{
	const struct session_info *s = &r->sessions[session];
	char now[DIGEST_HEX];
	sqlite3 *db;
	int n;

	*ret = PROOF_NOT_CLOSED;
	if (!*s->digest)
		return 0;
	n = reader_use(r, session, &db, err);
	if (n < 0)
		return n;
	n = verify_digest(db, s->row, now);
	if (n < 0)
		return err_set(err, -n, "%s: %s", s->path, sqlite3_errmsg(db));
	if (s->is_altered)
		*ret = PROOF_CHANGED;
	else if (!strcmp(now, s->digest))
		*ret = PROOF_AS_WRITTEN;
	else
		*ret = s->is_partial ? PROOF_IMPOSSIBLE : PROOF_CHANGED;
	return 0;
}
