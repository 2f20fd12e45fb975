/* SPDX-License-Identifier: MIT */
/* Sorting a tree. */
#include "tree.h"

#include <stdlib.h>
#include <string.h>

/* A sibling: a group and where its members are. */
struct sibling {
	const struct tree_row *row;
	long n; /* rows, itself included */
	bool descending;
};

static int compare(const void *a, const void *b)
{
	const struct sibling *x = a, *y = b;
	int order = x->row->number < y->row->number ? -1
		    : x->row->number > y->row->number
			    ? 1
			    : strcmp(x->row->text, y->row->text);

	if (x->descending)
		order = -order;
	return order ? order : x->row < y->row ? -1 : 1;
}

static long arrange(const struct tree_row *rows, long n, bool descending,
		    long *ret)
{
	struct sibling *list = calloc((size_t)n + 1, sizeof(*list));
	size_t k = 0;
	long shown = 0;

	for (long i = 0; list && i < n; i += list[k++].n) {
		list[k] = (struct sibling){ &rows[i], 1, descending };
		while (i + list[k].n < n &&
		       rows[i + list[k].n].level > rows[i].level)
			list[k].n++;
	}
	if (list)
		qsort(list, k, sizeof(*list), compare);
	for (size_t i = 0; i < k; i++) {
		ret[shown++] = list[i].row->index;
		if (list[i].row->is_open)
			shown += arrange(list[i].row + 1, list[i].n - 1,
					 descending, ret + shown);
	}
	free(list);
	return shown;
}

long tree_arrange(struct tree_row *rows, long n, bool descending, long *ret)
{
	return rows ? arrange(rows, n, descending, ret) : 0;
}
