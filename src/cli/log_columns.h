/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_LOG_COLUMNS_H
#define EF_CLI_LOG_COLUMNS_H

#include "audit/row.h"
#include "cli/table.h"

/* The columns of the log: which, and what stands in them. */
struct log_columns {
	struct table table;
	int which[TABLE_COLUMNS_MAX];
	size_t verdict_at; /* the column that takes colour; .table.n: none */
};

/*
 * Read a list of column names, commas between; NULL: the usual ones. 0, or
 * the exit code after saying which name is wrong and what there is.
 */
int log_columns_read(struct log_columns *c, const char *list);

/* The name of column i, or NULL after the last one. */
const char *log_columns_name(int i);

/* Print one row. */
void log_columns_print(const struct log_columns *c, const struct row *r);

#endif
