/* SPDX-License-Identifier: MIT */
#ifndef TUI_SCRIPT_H
#define TUI_SCRIPT_H

#include <stdio.h>

#include "app.h"

/*
 * Keys and times from a file, pictures to another: the program without a
 * terminal, for tests and for pictures. One step a line:
 *
 *	key NAME...     keys by their names: j Ctrl-d Enter
 *	type TEXT       each character of the rest of the line
 *	tick MS         the clock goes on by so much, in steps of 100 ms
 *	settle          until there is nothing to be counted or looked for
 *	size WxH        another size of the screen
 *	dump            the screen, as lines
 *	# ...           nothing
 *
 * What would be done with the terminal is told as "request: ..." lines.
 * Returns 0, or 2 after saying which line is wrong.
 */
int script_run(struct app *a, FILE *in, FILE *out);

/* Count and look to the end, and draw. */
void script_settle(struct app *a);

#endif
