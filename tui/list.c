/* SPDX-License-Identifier: MIT */
/* Moving in a list. */
#include "list.h"

void list_fit(struct list *l)
{
	int height = l->height > 0 ? l->height : 1;

	if (l->cursor >= l->n)
		l->cursor = l->n - 1;
	if (l->cursor < 0)
		l->cursor = 0;
	if (l->top > l->cursor)
		l->top = l->cursor;
	if (l->top < l->cursor - height + 1)
		l->top = l->cursor - height + 1;
	if (l->top > l->n - height)
		l->top = l->n - height;
	if (l->top < 0)
		l->top = 0;
}

int list_move(struct list *l, enum action action)
{
	int height = l->height > 1 ? l->height : 1, step;

	switch ((int)action) {
	case ACT_DOWN:
		l->cursor++;
		break;
	case ACT_UP:
		l->cursor--;
		break;
	case ACT_HALF_DOWN:
	case ACT_HALF_UP:
	case ACT_PAGE_DOWN:
	case ACT_PAGE_UP:
		step = action == ACT_PAGE_DOWN || action == ACT_PAGE_UP
			       ? height
			       : (height + 1) / 2;
		if (action == ACT_HALF_UP || action == ACT_PAGE_UP)
			step = -step;
		l->cursor += step;
		l->top += step;
		break;
	case ACT_FIRST:
		l->cursor = 0;
		break;
	case ACT_LAST:
		l->cursor = l->n - 1;
		break;
	default:
		return 0;
	}
	list_fit(l);
	return 1;
}

void list_shift(struct list *l, long n)
{
	l->cursor += n;
	l->top += n;
	l->n += n;
	list_fit(l);
}
