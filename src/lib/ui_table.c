/* SPDX-License-Identifier: MIT */
/* Rows of numbers and texts. */
#include "lib/ui_table.h"

#include <stdlib.h>
#include <string.h>

static bool make_room(struct ui_table *t)
{
	size_t room = t->room ? t->room * 2 : 64;
	size_t columns = (size_t)t->columns;
	int64_t *numbers;
	uint32_t *texts;

	if (t->n < t->room)
		return true;
	numbers = reallocarray(t->numbers, room, columns * sizeof(*numbers));
	if (!numbers)
		return false;
	t->numbers = numbers;
	texts = reallocarray(t->texts, room, columns * sizeof(*texts));
	if (!texts)
		return false;
	t->texts = texts;
	t->room = room;
	return true;
}

long ui_table_add(struct ui_table *t)
{
	size_t columns = (size_t)t->columns;

	if (!make_room(t)) {
		t->failed = true;
		return -1;
	}
	memset(t->numbers + t->n * columns, 0, columns * sizeof(*t->numbers));
	memset(t->texts + t->n * columns, 0, columns * sizeof(*t->texts));
	return (long)t->n++;
}

static bool has_cell(const struct ui_table *t, size_t row, int column)
{
	return row < t->n && column > 0 && column < t->columns;
}

void ui_table_set(struct ui_table *t, long row, int column, int64_t n)
{
	if (row >= 0 && has_cell(t, (size_t)row, column))
		t->numbers[(size_t)(row * t->columns + column)] = n;
}

/* Texts are kept one behind the other; the first byte is the empty one. */
void ui_table_put(struct ui_table *t, long row, int column, const char *text)
{
	size_t n = strlen(text) + 1;
	size_t size = t->size ? t->size : 4096;
	char *more;

	if (row < 0 || !has_cell(t, (size_t)row, column) || n == 1)
		return;
	while (size - t->len <= n)
		size *= 2;
	if (size != t->size) {
		more = size < UINT32_MAX ? realloc(t->bytes, size) : NULL;
		if (!more) {
			t->failed = true;
			return;
		}
		t->bytes = more;
		t->size = size;
		t->bytes[0] = '\0';
		t->len += t->len == 0;
	}
	memcpy(t->bytes + t->len, text, n);
	t->texts[(size_t)(row * t->columns + column)] = (uint32_t)t->len;
	t->len += n;
}

int64_t ui_table_number(const struct ui_table *t, size_t row, int column)
{
	return has_cell(t, row, column)
		       ? t->numbers[row * (size_t)t->columns + (size_t)column]
		       : 0;
}

const char *ui_table_text(const struct ui_table *t, size_t row, int column)
{
	return has_cell(t, row, column) && t->bytes
		       ? t->bytes +
				 t->texts[row * (size_t)t->columns + (size_t)column]
		       : "";
}

void ui_table_done(struct ui_table *t)
{
	free(t->numbers);
	free(t->texts);
	free(t->bytes);
	*t = (struct ui_table){ .columns = t->columns };
}
