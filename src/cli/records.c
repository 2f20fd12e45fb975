/* SPDX-License-Identifier: MIT */
/* Finding the records that a query command reads. */
#include "cli/records.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/import.h"
#include "base/state.h"
#include "cli/output.h"

int records_add(struct records *r, const char *path)
{
	if (r->n == RECORDS_MAX) {
		output_error("--db may be given at most %d times", RECORDS_MAX);
		return EXIT_USAGE;
	}
	r->paths[r->n++] = path;
	return 0;
}

/* The folder of the sessions; 0 paths when it is not there yet. */
static int default_path(char *buf, size_t size, size_t *ret_n)
{
	struct ef_err err = { 0 };
	char state[PATH_MAX];

	if (state_path(state, sizeof(state), &err) < 0) {
		output_error("%s, or name a record with --db", err.msg);
		return EXIT_USAGE;
	}
	if ((size_t)snprintf(buf, size, "%s/sessions", state) >= size) {
		output_error("%s: path too long", state);
		return EXIT_USAGE;
	}
	*ret_n = access(buf, F_OK) == 0;
	return 0;
}

static void tell(void *arg, const char *text)
{
	(void)arg;
	output_error("%s", text);
}

/* NDJSON is known by its name, and standard input holds nothing else. */
static bool has_lines(const char *const *paths, size_t n)
{
	static const char suffix[] = ".ndjson";

	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(paths[i]);

		if (!strcmp(paths[i], "-") ||
		    (len > sizeof(suffix) - 1 &&
		     !strcmp(paths[i] + len - sizeof(suffix) + 1, suffix)))
			return true;
	}
	return false;
}

static int open_all(const char *const *paths, size_t n, struct reader **ret,
		    struct ef_err *err)
{
	struct import_options o = { .tell = tell };

	return has_lines(paths, n) ? import_open(paths, n, &o, ret, err)
				   : reader_open(paths, n, ret, err);
}

int records_open(const struct records *r, struct reader **ret, bool *ret_bad)
{
	const char *db = getenv("EGRESS_FILTER_DB");
	struct ef_err err = { 0 };
	char folder[PATH_MAX];
	const char *one[] = { db };
	const char *const *paths = r->paths;
	size_t n = r->n;
	const char *problem;

	if (!n) {
		int code = 0;

		n = 1;
		if (!db || !*db) {
			code = default_path(folder, sizeof(folder), &n);
			one[0] = folder;
		}
		if (code)
			return code;
		paths = one;
	}
	if (open_all(paths, n, ret, &err) < 0) {
		output_error("%s", err.msg);
		return EXIT_USAGE;
	}
	for (size_t i = 0; (problem = reader_problem(*ret, i)); i++) {
		output_error("%s", problem);
		*ret_bad = true;
	}
	return 0;
}

int records_home(const struct records *r, char *buf, size_t size)
{
	const char *db = r->n ? r->paths[0] : getenv("EGRESS_FILTER_DB");
	size_t n;

	if (r->n > 1) {
		output_error("--db names one record here");
		return EXIT_USAGE;
	}
	if (!db || !*db)
		return default_path(buf, size, &n);
	if ((size_t)snprintf(buf, size, "%s", db) >= size) {
		output_error("%s: path too long", db);
		return EXIT_USAGE;
	}
	return 0;
}
