/* SPDX-License-Identifier: MIT */
#ifndef TUI_LIST_H
#define TUI_LIST_H

#include "keymap.h"

/*
 * Where a list of n rows stands: the row that is chosen, and the first one
 * that is shown. Pure.
 */
struct list {
	long n, cursor, top;
	int height; /* rows that are shown */
};

/* Make it fit: a cursor that exists, and is in sight. */
void list_fit(struct list *l);

/* Move as an action says. Returns 1 when it is a movement, else 0. */
int list_move(struct list *l, enum action action);

/* n rows were put in front (or taken away there, n < 0). */
void list_shift(struct list *l, long n);

#endif
