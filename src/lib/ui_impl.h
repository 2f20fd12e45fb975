/* SPDX-License-Identifier: MIT */
#ifndef EF_LIB_UI_IMPL_H
#define EF_LIB_UI_IMPL_H

#include "audit/reader.h"
#include "audit/tally.h"
#include "lib/egressfilter-ui.h"
#include "lib/handles.h"
#include "lib/ui_table.h"

/* What the files ui_*.c share; nobody else includes this. */
#define UI_PAGE_NUMBERS 256   /* numbers that one page stands for */
#define UI_MARKS_MAX	10000 /* marked rows */
#define UI_COLLAPSE_MS	2000  /* how near in time rows share one */
#define UI_TEXT_MAX	16384

struct ef_ui_history {
	struct reader *reader; /* of this session's file alone */
	size_t session;	       /* in it */
	struct filter *filter; /* NULL: everything */
	bool is_collapsed;
	struct tally *all, *some; /* the second one under the filter, or NULL */
	int64_t *marks;		  /* in order */
	size_t n_marks;
	char text[UI_TEXT_MAX];
};

struct ef_ui_page {
	int64_t after, last;
	struct ui_table table;
};

struct ef_ui_groups {
	int64_t left_over;
	struct ui_table table;
};

/* A text of a session, escaped, into buf; returns buf. The policy's path is
 * looked up: *r is used. */
const char *ui_session_text(struct reader *r, size_t session,
			    enum ef_ui_session what, char *buf, size_t size);

/* A number of a session; -1 when it is not known. */
int64_t ui_session_number(const struct session_info *s, enum ef_ui_session what);

/* Fill row i of a table with what lists show of a row. */
void ui_row_fill(struct ui_table *t, long i, const struct row *r);

/* ... and with the rest. */
int ui_row_fill_all(struct ui_table *t, long i, struct ef_ui_history *h,
		    const struct row *r);

#endif
