/* SPDX-License-Identifier: MIT */
#ifndef TUI_PAGER_H
#define TUI_PAGER_H

#include "canvas.h"
#include "list.h"

/* A text of lines in a part of the screen, long ones broken. Pure. */
struct pager {
	char title[128];
	char *text; /* owned */
	long top;
};

/* Show another text, which is copied; "" when there is no memory. */
void pager_set(struct pager *p, const char *title, const char *text);

/* Draw it; returns how many lines it has at this width. */
long pager_draw(struct pager *p, struct canvas *c, int y, int x, int width,
		int height);

/* Move as an action says, on a page of height rows. 1 when it is a movement. */
int pager_move(struct pager *p, enum action action, int height);

/* Free what it holds. */
void pager_done(struct pager *p);

#endif
