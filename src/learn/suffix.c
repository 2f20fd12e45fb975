/* SPDX-License-Identifier: MIT */
/* The Public Suffix List, as libpsl has it. */
#include "learn/suffix.h"

#include <errno.h>
#include <libpsl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

struct suffixes {
	psl_ctx_t *own; /* to be freed, or NULL: the library's */
	const psl_ctx_t *list;
	char date[24];
};

static void set_date(struct suffixes *s, time_t at)
{
	struct tm tm;

	strcpy(s->date, "an unknown date");
	if (at > 0 && gmtime_r(&at, &tm))
		strftime(s->date, sizeof(s->date), "%Y-%m-%d", &tm);
}

static int load(struct suffixes *s, const char *which, struct ef_err *err)
{
	struct stat sb;
	const char *path = which;

	if (!which || !strcmp(which, "builtin")) {
		s->list = psl_builtin();
		set_date(s, psl_builtin_file_time());
		return s->list ? 0
			       : err_set(err, ENOENT,
					 "libpsl has no list of public "
					 "suffixes built in: --psl system, or "
					 "--psl FILE");
	}
	if (!strcmp(which, "system"))
		path = psl_dist_filename();
	if (!path || !*path || stat(path, &sb) < 0)
		return err_set(err, path && *path ? errno : ENOENT,
			       "%s: no list of public suffixes there: --psl "
			       "builtin, or --psl FILE",
			       path && *path ? path : which);
	s->own = psl_load_file(path);
	s->list = s->own;
	set_date(s, sb.st_mtime);
	return s->own && psl_suffix_count(s->own) != 0
		       ? 0
		       : err_set(err, EINVAL,
				 "%s: not a list of public suffixes", path);
}

int suffixes_open(const char *which, struct suffixes **ret, struct ef_err *err)
{
	struct suffixes *s = calloc(1, sizeof(*s));
	int n = s ? load(s, which, err) : err_set(err, ENOMEM, "out of memory");

	if (n < 0)
		suffixes_free(s);
	else
		*ret = s;
	return n;
}

void suffixes_free(struct suffixes *s)
{
	if (!s)
		return;
	psl_free(s->own);
	free(s);
}

bool suffixes_has(const struct suffixes *s, const struct dname *name)
{
	char text[DNAME_TEXT_MAX];

	return psl_is_public_suffix(s->list, dname_text(name, text)) != 0;
}

bool suffixes_site(const struct suffixes *s, const struct dname *name,
		   struct dname *ret)
{
	char text[DNAME_TEXT_MAX];
	const char *site =
		psl_registrable_domain(s->list, dname_text(name, text));

	return site && dname_from_text(site, ret) == 0;
}

const char *suffixes_date(const struct suffixes *s)
{
	return s->date;
}
