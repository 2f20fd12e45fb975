/* SPDX-License-Identifier: MIT */
/* Tables for people and for pipes. */
#include "cli/table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/output.h"

#define ROOM_DEFAULT 100

struct table table_for(FILE *f)
{
	struct table t = { .f = f, .room = ROOM_DEFAULT };
	struct winsize ws;

	t.is_terminal = isatty(fileno(f));
	if (t.is_terminal && !ioctl(fileno(f), TIOCGWINSZ, &ws) && ws.ws_col)
		t.room = ws.ws_col;
	return t;
}

bool table_add(struct table *t, const char *title, int width)
{
	if (t->n == TABLE_COLUMNS_MAX)
		return false;
	t->columns[t->n++] = (struct column){ title, width };
	return true;
}

/* Characters of UTF-8 text; wide ones count once. */
static int width_of(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* Bytes of the first n characters. */
static size_t bytes_of(const char *text, int n)
{
	const char *p = text;

	while (*p && (n > 0 || ((unsigned char)*p & 0xc0) == 0x80)) {
		n -= ((unsigned char)*p & 0xc0) != 0x80;
		p++;
		if (n <= 0 && ((unsigned char)*p & 0xc0) != 0x80)
			break;
	}
	return (size_t)(p - text);
}

/* One cell in a field of the terminal; a long one ends in "~". */
static void put_cell(const struct table *t, const char *text, int width,
		     bool is_last, const char *color)
{
	int field = width < 0 ? -width : width, n = width_of(text), pad;
	bool is_cut = n > field;

	pad = is_cut || is_last ? 0 : field - n;
	if (width < 0)
		fprintf(t->f, "%*s", n < field ? field - n : 0, "");
	if (color)
		fprintf(t->f, "\033[%sm", color);
	fwrite(text, 1, is_cut ? bytes_of(text, field - 1) : strlen(text), t->f);
	if (is_cut)
		fputc('~', t->f);
	if (color)
		fputs("\033[0m", t->f);
	if (width >= 0 && !is_last)
		fprintf(t->f, "%*s", pad, "");
}

static void put_line(const struct table *t, const char *const *cells,
		     size_t color_at, const char *color)
{
	int room = t->room;

	for (size_t i = 0; i < t->n && room > 0; i++) {
		bool is_last = i + 1 == t->n;
		int width = t->columns[i].width;
		int field = width < 0 ? -width : width;

		if (i) {
			fputc(' ', t->f);
			room--;
		}
		if (is_last || field > room)
			width = room;
		put_cell(t, cells[i], width, is_last,
			 i == color_at ? color : NULL);
		room -= field;
	}
	fputc('\n', t->f);
}

void table_heading(const struct table *t)
{
	const char *titles[TABLE_COLUMNS_MAX];

	if (!t->is_terminal)
		return;
	for (size_t i = 0; i < t->n; i++)
		titles[i] = t->columns[i].title;
	put_line(t, titles, 0, NULL);
}

void table_row(const struct table *t, const char *const *cells, size_t color_at,
	       const char *color)
{
	if (!output_has_color(t->f))
		color = NULL;
	if (t->is_terminal) {
		put_line(t, cells, color_at, color);
		return;
	}
	for (size_t i = 0; i < t->n; i++) {
		if (i)
			fputc('\t', t->f);
		if (color && i == color_at)
			fprintf(t->f, "\033[%sm%s\033[0m", color, cells[i]);
		else
			fputs(cells[i], t->f);
	}
	fputc('\n', t->f);
}
