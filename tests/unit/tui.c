// SPDX-License-Identifier: MIT
// The logic of the screens: lists, trees, columns, lines, pages of text, keys.
#include "tap.h"

#include <locale.h>
#include <stdlib.h>

#include "canvas.h"
#include "columns.h"
#include "export.h"
#include "keymap.h"
#include "list.h"
#include "pager.h"
#include "prompt.h"
#include "tree.h"

static void test_list(void)
{
	struct list l = { .n = 100, .height = 10 };

	list_move(&l, ACT_UP);
	ok(l.cursor == 0 && l.top == 0);
	list_move(&l, ACT_PAGE_DOWN);
	ok(l.cursor == 10 && l.top == 10);
	list_move(&l, ACT_HALF_UP);
	ok(l.cursor == 5 && l.top == 5);
	list_move(&l, ACT_LAST);
	ok(l.cursor == 99 && l.top == 90);
	list_shift(&l, -50);
	ok(l.n == 50 && l.cursor == 49 && l.top == 40);
	list_shift(&l, 20);
	ok(l.n == 70 && l.cursor == 69 && l.top == 60);
	l.height = 100;
	list_fit(&l);
	ok(l.top == 0 && l.cursor == 69);
	l.n = 0;
	list_fit(&l);
	ok(l.cursor == 0 && l.top == 0);
	ok(!list_move(&l, ACT_SEARCH));
}

static void test_tree(void)
{
	struct tree_row rows[] = {
		{ 0, 0, 1, "b", true },	 { 1, 1, 5, "x", false },
		{ 2, 1, 9, "y", false }, { 3, 0, 3, "c", false },
		{ 4, 1, 7, "z", false }, { 5, 0, 1, "a", false },
	};
	long order[6];

	ok(tree_arrange(rows, 6, false, order) == 5);
	/* a before b where the numbers are the same; c's member is hidden */
	ok(order[0] == 5 && order[1] == 0 && order[2] == 1 && order[3] == 2 &&
	   order[4] == 3);
	ok(tree_arrange(rows, 6, true, order) == 5);
	ok(order[0] == 3 && order[1] == 0 && order[2] == 2 && order[3] == 1 &&
	   order[4] == 5);
	ok(tree_arrange(rows, 0, true, order) == 0);
}

static void test_columns(void)
{
	static const struct column columns[] = {
		{ "A", 8, 4, 0, 0, false },
		{ "B", 10, 0, 60, 0, false },
		{ "C", 5, 0, 0, 1, true },
	};
	struct layout l;

	columns_lay_out(columns, 3, 100, &l);
	ok(l.width[0] == 8 && l.width[1] == 10 && l.x[1] == 10);
	ok(l.x[2] + l.width[2] == 100);
	columns_lay_out(columns, 3, 50, &l);
	ok(l.width[0] == 4 && l.width[1] == 0 && l.x[2] == 6);
	ok(l.x[2] + l.width[2] == 50);
	columns_lay_out(columns, 3, 5, &l);
	ok(l.width[2] == 0);
}

static const char *row_of(struct canvas *c)
{
	static char *buf;
	size_t size;
	FILE *f;

	free(buf);
	buf = NULL;
	f = open_memstream(&buf, &size);
	canvas_write(c, f);
	fclose(f);
	buf[strcspn(buf, "\n")] = '\0';
	return buf;
}

static void test_canvas(void)
{
	struct canvas c = { .is_ascii = true };

	canvas_resize(&c, 10, 1);
	ok(canvas_text(&c, 0, 0, 10, ROLE_PLAIN, "0123456789") == 10);
	ok_str(row_of(&c), "0123456789");
	canvas_text(&c, 0, 0, 10, ROLE_PLAIN, "0123456789a");
	ok_str(row_of(&c), "012345678~");
	canvas_blank(&c, 0, 1);
	canvas_text(&c, 0, 0, 4, ROLE_PLAIN, "\xe6\xbc\xa2\xe5\xad\x97");
	ok_str(row_of(&c), "\xe6\xbc\xa2\xe5\xad\x97");
	canvas_blank(&c, 0, 1);
	ok(canvas_text(&c, 0, 0, 3, ROLE_PLAIN, "\xe6\xbc\xa2\xe5\xad\x97") == 3);
	ok_str(row_of(&c), "\xe6\xbc\xa2~");
	canvas_blank(&c, 0, 1);
	canvas_cell(&c, 0, 0, 10, ROLE_PLAIN, "a\xe6\xbc\xa2");
	ok_str(row_of(&c), "a\\u6f22");
	canvas_blank(&c, 0, 1);
	canvas_text(&c, 0, 0, 10, ROLE_PLAIN, "a\xff\x1b");
	ok_str(row_of(&c), "a\\xff\\x1b");
	canvas_text(&c, 5, 50, 10, ROLE_PLAIN, "outside");
	canvas_text(&c, -1, -5, 10, ROLE_PLAIN, "outside");
	ok_str(row_of(&c), "a\\xff\\x1b");
	canvas_done(&c);
}

static void type(struct prompt *p, const char *text)
{
	for (; *text; text++)
		prompt_key(p, (unsigned char)*text);
}

static void test_prompt(void)
{
	struct prompt p;

	prompt_start(&p, "/", "ab");
	type(&p, "c d");
	ok_str(p.text, "abc d");
	prompt_key(&p, KEYC_CTRL('w'));
	ok_str(p.text, "abc ");
	prompt_key(&p, KEYC_HOME);
	prompt_key(&p, KEYC_DELETE);
	prompt_key(&p, 0x6f22);
	ok_str(p.text, "\xe6\xbc\xa2"
		       "bc ");
	prompt_key(&p, KEYC_BACKSPACE);
	ok_str(p.text, "bc ");
	ok(prompt_key(&p, KEYC_UP) == PROMPT_GOES_ON);
	prompt_key(&p, KEYC_END);
	prompt_key(&p, KEYC_CTRL('u'));
	ok_str(p.text, "");
	ok(prompt_key(&p, KEYC_BACKSPACE) == PROMPT_GIVEN_UP);
	ok(prompt_key(&p, KEYC_ESC) == PROMPT_GIVEN_UP);
	for (int i = 0; i < 2 * PROMPT_BYTES; i++)
		prompt_key(&p, 'x');
	ok(strlen(p.text) == PROMPT_BYTES - 1 && p.len == PROMPT_BYTES - 1);
	ok(prompt_key(&p, KEYC_ENTER) == PROMPT_DONE);
}

static void test_pager(void)
{
	struct canvas c = { .is_ascii = true };
	struct pager p = { 0 };

	canvas_resize(&c, 4, 2);
	pager_set(&p, "t", "abcdefg\nh\n");
	ok(pager_draw(&p, &c, 0, 0, 4, 2) == 3);
	ok_str(row_of(&c), "abcd");
	pager_move(&p, ACT_LAST, 2);
	canvas_blank(&c, 0, 2);
	pager_draw(&p, &c, 0, 0, 4, 2);
	ok_str(row_of(&c), "efg");
	ok(p.top == 1);
	pager_done(&p);
	canvas_done(&c);
}

static void test_keys(void)
{
	char name[16];
	int bad = 0;

	ok(keymap_parse("Ctrl-d") == 4 && keymap_parse("PgDn") == KEYC_PGDN);
	ok(keymap_parse("x") == 'x' && keymap_parse("nothing") == KEYC_NONE);
	ok_str(keymap_name(KEYC_CTRL('l'), name), "Ctrl-l");
	ok_str(keymap_name(' ', name), "Space");
	ok(keymap_action(VIEW_LIVE, 'j') == ACT_DOWN);
	ok(keymap_action(VIEW_SITES, 'w') == ACT_NONE);
	ok(keymap_action(VIEW_TEXT, '/') == ACT_NONE);
	/* no key means two things in a view, and every name is one */
	for (int view = VIEW_LIVE; view <= VIEW_TEXT; view <<= 1)
		for (int i = 0; keymap_binding(i); i++) {
			char keys[64], *rest = keys, *key;

			if (!(keymap_binding(i)->views & view))
				continue;
			strcpy(keys, keymap_binding(i)->keys);
			while ((key = strsep(&rest, " ")))
				bad += keymap_action(view, keymap_parse(key)) !=
				       keymap_binding(i)->action;
		}
	ok(bad == 0);
}

static void test_export(void)
{
	static const char *const names[] = { "a", "b" };
	static const char *const cells[] = { "=1+1,\"x\"", "|\\*" };
	enum export_form form;
	char *buf = NULL;
	size_t size;
	FILE *f = open_memstream(&buf, &size);

	ok(export_form_of("x.csv", &form) && form == EXPORT_CSV);
	ok(!export_form_of("x.txt", &form) && !export_form_of("csv", &form));
	export_row(f, EXPORT_CSV, names, cells, 2);
	export_row(f, EXPORT_MARKDOWN, names, cells, 2);
	export_row(f, EXPORT_YAML, names, cells, 2);
	export_row(f, EXPORT_NDJSON, names, cells, 2);
	fclose(f);
	ok_str(buf, "\"'=1+1,\"\"x\"\"\",|\\*\n"
		    "| =1+1,\"x\" | \\|\\\\\\* |\n"
		    "- a: \"=1+1,\\\"x\\\"\"\n  b: \"|\\\\*\"\n"
		    "{\"a\":\"=1+1,\\\"x\\\"\",\"b\":\"|\\\\*\"}\n");
	free(buf);
}

int main(void)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	test_list();
	test_tree();
	test_columns();
	test_canvas();
	test_prompt();
	test_pager();
	test_keys();
	test_export();
	return done();
}
