/* SPDX-License-Identifier: MIT */
/*
 * Usage: sqlite3 [-batch] [-readonly] FILE [SQL]
 * A look into a record by another process: runs the SQL, or that on standard
 * input, and prints a row a line, columns with a bar between. As much of the
 * program of that name as the tests need, so that they do not need it.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_all(FILE *f)
{
	size_t len = 0, size = 1 << 16, n;
	char *text = malloc(size), *more;

	while (text && (n = fread(text + len, 1, size - len - 1, f)) > 0) {
		len += n;
		if (size - len > 1)
			continue;
		more = realloc(text, size *= 2);
		if (!more)
			free(text);
		text = more;
	}
	if (text)
		text[len] = '\0';
	return text;
}

/* Texts may hold NUL bytes. */
static void print_row(sqlite3_stmt *row)
{
	for (int i = 0; i < sqlite3_column_count(row); i++) {
		const void *text = sqlite3_column_text(row, i);

		if (i)
			putchar('|');
		if (text)
			fwrite(text, 1, (size_t)sqlite3_column_bytes(row, i),
			       stdout);
	}
	putchar('\n');
}

/* One statement after the other. */
static int run(sqlite3 *db, const char *sql)
{
	int rc = SQLITE_OK;

	while (rc == SQLITE_OK && *sql) {
		sqlite3_stmt *s = NULL;

		rc = sqlite3_prepare_v2(db, sql, -1, &s, &sql);
		while (s && (rc = sqlite3_step(s)) == SQLITE_ROW)
			print_row(s);
		rc = s ? sqlite3_finalize(s) : rc;
	}
	return rc;
}

int main(int argc, char **argv)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, at = 1;
	sqlite3 *db = NULL;
	char *sql;

	for (; at < argc && argv[at][0] == '-'; at++)
		if (!strcmp(argv[at], "-readonly"))
			flags = SQLITE_OPEN_READONLY;
	if (at >= argc)
		return 2;
	sql = at + 1 < argc ? argv[at + 1] : read_all(stdin);
	if (!sql || sqlite3_open_v2(argv[at], &db, flags, NULL) != SQLITE_OK ||
	    sqlite3_busy_timeout(db, 10000) != SQLITE_OK ||
	    run(db, sql) != SQLITE_OK) {
		fprintf(stderr, "Error: %s\n",
			db ? sqlite3_errmsg(db) : "memory");
		return 1;
	}
	return sqlite3_close(db) != SQLITE_OK;
}
