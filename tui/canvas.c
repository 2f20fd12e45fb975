/* SPDX-License-Identifier: MIT */
/* Drawing on a grid of cells. */
#include "canvas.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

bool canvas_resize(struct canvas *c, int w, int h)
{
	struct cell *cells = calloc((size_t)w * (size_t)h + 1, sizeof(*cells));

	free(c->cells);
	c->cells = cells;
	c->w = cells ? w : 0;
	c->h = cells ? h : 0;
	canvas_blank(c, 0, c->h);
	return cells != NULL;
}

void canvas_done(struct canvas *c)
{
	free(c->cells);
	*c = (struct canvas){ 0 };
}

static struct cell *at(struct canvas *c, int y, int x)
{
	return y >= 0 && y < c->h && x >= 0 && x < c->w ? &c->cells[y * c->w + x]
							: NULL;
}

void canvas_blank(struct canvas *c, int y, int n)
{
	for (int i = y; i < y + n; i++)
		for (int x = 0; x < c->w && at(c, i, x); x++)
			*at(c, i, x) = (struct cell){ .ch = L' ' };
}

/* One character of a text, as what is shown of it. */
struct glyph {
	wchar_t shown[12];
	int n, width;
	size_t bytes;
};

static void take_glyph(const char *text, bool is_list, struct glyph *g)
{
	mbstate_t state = { 0 };
	wchar_t ch;
	size_t n = mbrtowc(&ch, text, MB_CUR_MAX, &state);
	int width = n == (size_t)-1 || n == (size_t)-2 ? -1 : wcwidth(ch);

	g->bytes = width < 0 || n == 0 ? 1 : n;
	if (width < 0) {
		g->n = swprintf(g->shown, 12, L"\\x%02x", (unsigned char)*text);
		g->width = g->n;
	} else if (is_list && ch > 126) {
		g->n = swprintf(g->shown, 12,
				ch > 0xffff ? L"\\U%08x" : L"\\u%04x",
				(unsigned int)ch);
		g->width = g->n;
	} else {
		g->shown[0] = ch;
		g->n = 1;
		g->width = width;
	}
}

int canvas_width(const char *text)
{
	struct glyph g;
	int width = 0;

	for (; *text; text += g.bytes) {
		take_glyph(text, false, &g);
		width += g.width;
	}
	return width;
}

static void put(struct canvas *c, int y, int x, enum role role,
		const struct glyph *g)
{
	struct cell *cell;

	for (int i = 0; i < g->n; i++) {
		cell = at(c, y, x + i);
		if (cell)
			*cell = (struct cell){ g->shown[i], (unsigned char)role,
					       cell->reverse };
	}
	cell = g->n == 1 && g->width == 2 ? at(c, y, x + 1) : NULL;
	if (cell)
		*cell = (struct cell){ 0, (unsigned char)role, cell->reverse };
}

static int draw(struct canvas *c, int y, int x, int max, enum role role,
		const char *text, bool is_list)
{
	const struct glyph cut = { .shown = L"~", .n = 1, .width = 1 };
	struct glyph g, next;
	int used = 0;

	if (max > c->w - x)
		max = c->w - x;
	for (; *text && max > 0; text += g.bytes) {
		int need;

		take_glyph(text, is_list, &g);
		need = g.width;
		if (text[g.bytes]) {
			take_glyph(text + g.bytes, is_list, &next);
			need += used + need + next.width > max ? 1 : 0;
		}
		if (used + need > max) {
			put(c, y, x + used, role, &cut);
			return used + 1;
		}
		if (g.width)
			put(c, y, x + used, role, &g);
		used += g.width;
	}
	return used;
}

int canvas_text(struct canvas *c, int y, int x, int max, enum role role,
		const char *text)
{
	return draw(c, y, x, max, role, text, false);
}

int canvas_cell(struct canvas *c, int y, int x, int max, enum role role,
		const char *text)
{
	return draw(c, y, x, max, role, text, true);
}

int canvas_printf(struct canvas *c, int y, int x, enum role role,
		  const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return canvas_text(c, y, x, c->w - x, role, text);
}

int canvas_right(struct canvas *c, int y, int end, enum role role,
		 const char *text)
{
	int x = end - canvas_width(text);

	if (x < 0)
		x = 0;
	canvas_text(c, y, x, end - x, role, text);
	return x;
}

void canvas_rule(struct canvas *c, int y)
{
	const struct glyph g = { .shown = { c->is_ascii ? L'-' : L'\u2500' },
				 .n = 1,
				 .width = 1 };

	for (int x = 0; x < c->w; x++)
		put(c, y, x, ROLE_PLAIN, &g);
}

void canvas_reverse(struct canvas *c, int y, int x, int n)
{
	for (int i = x; i < x + n; i++)
		if (at(c, y, i))
			at(c, y, i)->reverse = true;
}

void canvas_write(const struct canvas *c, FILE *f)
{
	for (int y = 0; y < c->h; y++) {
		const struct cell *row = &c->cells[y * c->w];
		int n = c->w;

		while (n && row[n - 1].ch == L' ')
			n--;
		for (int x = 0; x < n; x++)
			if (row[x].ch)
				fprintf(f, "%lc", (wint_t)row[x].ch);
		fputc('\n', f);
	}
}
