// SPDX-License-Identifier: MIT
// Whatever lines are imported: refused with their place or taken, and what was
// taken can be exported, imported and exported again with the same bytes.
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/export.h"
#include "audit/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[64], path[80];

static void clean(void)
{
	unlink(path);
	rmdir(folder);
}

static void prepare(void)
{
	if (*folder)
		return;
	snprintf(folder, sizeof(folder), "/tmp/ef-fuzz-XXXXXX");
	if (!mkdtemp(folder))
		abort();
	snprintf(path, sizeof(path), "%s/in.ndjson", folder);
	setenv("TMPDIR", folder, 1);
	atexit(clean);
}

static void write_file(const void *p, size_t n)
{
	FILE *f = fopen(path, "we");

	if (!f || fwrite(p, 1, n, f) != n || fclose(f))
		abort();
}

/* All sessions of the file as lines, to be freed; NULL: refused. */
static char *read_all(bool keep_going, size_t *ret_len)
{
	const struct import_options o = { .keep_going = keep_going };
	const char *paths[] = { path };
	struct ef_err err = { 0 };
	struct reader *r = NULL;
	char *text = NULL;
	FILE *f;

	if (import_open(paths, 1, &o, &r, &err) < 0) {
		if (!*err.msg)
			abort();
		return NULL;
	}
	f = open_memstream(&text, ret_len);
	for (size_t i = 0; i < reader_n_sessions(r); i++)
		if (export_session(r, i, false, f, &err) < 0)
			abort();
	fclose(f);
	reader_close(r);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n = 0, m = 0;
	char *one, *two;

	prepare();
	write_file(data, size);
	one = read_all(true, &n);
	if (one && n) {
		write_file(one, n);
		two = read_all(false, &m);
		if (!two || n != m || memcmp(one, two, n) != 0)
			abort();
		free(two);
	}
	free(one);
	return 0;
}
