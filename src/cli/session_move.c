/* SPDX-License-Identifier: MIT */
/* Sessions from elsewhere, and to there. */
#include "cli/session_move.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "audit/export.h"
#include "audit/import.h"
#include "base/cleanup.h"
#include "cli/output.h"

AUTO(import, import_free)

static void tell(void *arg, const char *text)
{
	(void)arg;
	output_error("%s", text);
}

static const char *proof_words(enum import_proof proof)
{
	switch (proof) {
	case IMPORT_AS_WRITTEN:
		return "as written";
	case IMPORT_CHANGED:
		return "changed since it was written";
	case IMPORT_UNPROVEN:
		return "cannot be verified";
	case IMPORT_NOT_CLOSED:
	default:
		return "not closed";
	}
}

/* A line for each session. */
static void print_items(const struct import *im)
{
	const struct import_item *item;

	for (size_t i = 0; (item = import_item(im, i)); i++)
		printf("%s %.8s: %lld rows, %s\n",
		       item->outcome == IMPORT_NEW ? "imported" : "known already",
		       item->uuid, (long long)item->rows,
		       proof_words(item->proof));
	if (!import_item(im, 0))
		output_error("no session in what was read");
}

/*
 * Does what is read go into one file? Its path is in buf, and then in file, buf
 * becoming the folder it is in. Otherwise buf is the folder for a file each.
 */
static bool is_one_file(const struct records *records, char *buf, char *file,
			size_t size)
{
	const char *db = getenv("EGRESS_FILTER_DB");
	size_t n = strlen(buf);
	struct stat sb;
	char *slash;

	if ((!records->n && (!db || !*db)) || (n && buf[n - 1] == '/') ||
	    (stat(buf, &sb) == 0 && S_ISDIR(sb.st_mode)))
		return false;
	snprintf(file, size, "%s", buf);
	slash = strrchr(buf, '/');
	if (slash)
		slash[slash == buf] = '\0';
	else
		strcpy(buf, ".");
	return true;
}

int session_import(const struct records *records, char **files, int n,
		   bool keep_going)
{
	struct import_options o = { .keep_going = keep_going, .tell = tell };
	auto_of(import) struct import *im = NULL;
	struct ef_err err = { 0 };
	char home[PATH_MAX], file[PATH_MAX];
	int code = records_home(records, home, sizeof(home));
	bool is_file;

	if (code)
		return code;
	is_file = is_one_file(records, home, file, sizeof(file));
	if (import_read(home, (const char *const *)files, (size_t)n, &o, &im,
			&err) < 0 ||
	    (is_file ? import_add(im, file, &err) : import_publish(im, &err)) <
		    0) {
		output_error("%s", err.msg);
		return EXIT_USAGE;
	}
	print_items(im);
	code = output_flush();
	return code ? code : import_n_bad(im) ? EXIT_USAGE : 0;
}

int session_export(struct reader *r, const struct session_filter *f,
		   char **words, int n_words, bool is_redacted)
{
	auto_free size_t *list = NULL;
	struct ef_err err = { 0 };
	size_t n;
	int code = pick_sessions(r, f, words, n_words, &list, &n);

	for (size_t i = 0; !code && i < n && !ferror(stdout); i++)
		if (export_session(r, list[i], is_redacted, stdout, &err) < 0) {
			output_error("%s", err.msg);
			code = EXIT_USAGE;
		}
	if (!code)
		code = output_flush();
	return code;
}
