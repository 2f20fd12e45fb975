/* SPDX-License-Identifier: MIT */
/* Removing the records of old sessions. */
#include "cli/prune.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/output.h"

static const char *const parts[] = { "", "-wal", "-shm" };

int64_t prune_size(const char *text)
{
	static const char units[] = "kMGT";
	char *end;
	const char *unit;
	int64_t n = strtoll(text, &end, 10), factor = 1;

	if (end == text || n < 0)
		return -1;
	unit = *end ? strchr(units, *end == 'K' ? 'k' : *end) : NULL;
	if (*end && (!unit || end[1]))
		return -1;
	for (const char *u = units; unit && u <= unit; u++)
		factor *= 1024;
	return n > INT64_MAX / factor ? -1 : n * factor;
}

/* A session's file and the two beside it. */
static int64_t bytes_of(const char *path)
{
	int64_t sum = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		char file[PATH_MAX + 8];
		struct stat sb;

		snprintf(file, sizeof(file), "%s%s", path, parts[i]);
		if (stat(file, &sb) == 0)
			sum += sb.st_size;
	}
	return sum;
}

/* The log first: a file that lost its rows must not look whole. */
static int remove_files(const char *path)
{
	int r = 0;

	for (size_t i = sizeof(parts) / sizeof(*parts); i-- > 0;) {
		char file[PATH_MAX + 8];

		snprintf(file, sizeof(file), "%s%s", path, parts[i]);
		if (unlink(file) < 0 && errno != ENOENT)
			r = -errno;
	}
	return r;
}

static bool is_due(const struct prune_limits *l, const struct session_info *s,
		   size_t newer, int64_t all_bytes)
{
	int64_t at = s->ended_ms ? s->ended_ms : s->started_ms;

	return (l->older_ms >= 0 && clock_wall_ms() - at > l->older_ms) ||
	       (l->keep >= 0 && (int64_t)newer >= l->keep) ||
	       (l->max_bytes >= 0 && all_bytes > l->max_bytes);
}

const char *prune_obstacle(const struct reader *r, size_t i)
{
	const struct session_info *s = reader_session(r, i);

	if (s->state == SESSION_RUNNING)
		return "it is running";
	return s->is_shared ? "its file holds other sessions, too" : NULL;
}

bool prune_session(struct reader *r, size_t i, bool is_dry_run, bool *ret_bad)
{
	const struct session_info *s = reader_session(r, i);
	int e;

	if (prune_obstacle(r, i))
		return false;
	if (!is_dry_run && reader_is_in_use(r, i)) {
		printf("kept %.8s: in use\n", s->uuid);
		return false;
	}
	e = is_dry_run ? 0 : remove_files(s->path);
	if (e < 0) {
		output_error("%s: %s", s->path, strerror(-e));
		*ret_bad = true;
		return false;
	}
	printf("%s %.8s\n", is_dry_run ? "would remove" : "removed", s->uuid);
	return true;
}

int prune(struct reader *r, const struct prune_limits *l)
{
	size_t n = reader_n_sessions(r);
	int64_t all = 0;
	bool is_bad = false;
	int code;

	for (size_t i = 0; i < n; i++)
		if (!reader_session(r, i)->is_shared)
			all += bytes_of(reader_session(r, i)->path);
	for (size_t i = 0; i < n; i++) {
		const struct session_info *s = reader_session(r, i);
		int64_t bytes = bytes_of(s->path);

		if (is_due(l, s, n - 1 - i, all) &&
		    prune_session(r, i, l->is_dry_run, &is_bad))
			all -= bytes;
	}
	code = output_flush();
	return code ? code : is_bad ? EXIT_USAGE : 0;
}
