/* SPDX-License-Identifier: MIT */
/* Columns side by side, a blank between. */
#include "columns.h"

#include <stdio.h>

void columns_lay_out(const struct column *columns, int n, int width,
		     struct layout *ret)
{
	int used = 1, shares = 0, x = 1;

	for (int i = 0; i < n; i++) {
		const struct column *k = &columns[i];

		ret->width[i] = width < k->from		   ? 0
				: width < 100 && k->narrow ? k->narrow
							   : k->width;
		used += ret->width[i] ? ret->width[i] + 1 : 0;
		shares += ret->width[i] ? k->share : 0;
	}
	for (int i = 0; i < n; i++) {
		int part = ret->width[i] && columns[i].share
				   ? (width - used + 1) * columns[i].share / shares
				   : 0;

		ret->width[i] += part;
		if (ret->width[i] < 0)
			ret->width[i] = 0;
		ret->x[i] = x;
		x += ret->width[i] ? ret->width[i] + 1 : 0;
	}
}

void columns_heading(struct canvas *c, int y, const struct column *columns,
		     int n, const struct layout *l, int sorted, bool descending)
{
	char text[64];

	for (int i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "%s%s", columns[i].title,
			 i != sorted  ? ""
			 : descending ? "-"
				      : "+");
		columns_cell(c, y, columns, i, l, ROLE_TITLE, text);
	}
}

void columns_cell(struct canvas *c, int y, const struct column *columns, int i,
		  const struct layout *l, enum role role, const char *text)
{
	int width = l->width[i], x = l->x[i];

	if (!width)
		return;
	if (columns[i].is_right) {
		int used = canvas_width(text);

		x += used < width ? width - used : 0;
	}
	canvas_cell(c, y, x, l->x[i] + width - x, role, text);
}
