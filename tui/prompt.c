/* SPDX-License-Identifier: MIT */
/* Editing a line. */
#include "prompt.h"

#include <stdio.h>
#include <string.h>

#include "keymap.h"

void prompt_start(struct prompt *p, const char *label, const char *text)
{
	snprintf(p->label, sizeof(p->label), "%s", label);
	snprintf(p->text, sizeof(p->text), "%s", text);
	p->len = p->at = (int)strlen(p->text);
}

static int encode(int ch, char buf[4])
{
	if (ch < 0x80) {
		buf[0] = (char)ch;
		return 1;
	}
	if (ch < 0x800) {
		buf[0] = (char)(0xc0 | ch >> 6);
		buf[1] = (char)(0x80 | (ch & 0x3f));
		return 2;
	}
	if (ch < 0x10000) {
		buf[0] = (char)(0xe0 | ch >> 12);
		buf[1] = (char)(0x80 | (ch >> 6 & 0x3f));
		buf[2] = (char)(0x80 | (ch & 0x3f));
		return 3;
	}
	buf[0] = (char)(0xf0 | ch >> 18);
	buf[1] = (char)(0x80 | (ch >> 12 & 0x3f));
	buf[2] = (char)(0x80 | (ch >> 6 & 0x3f));
	buf[3] = (char)(0x80 | (ch & 0x3f));
	return 4;
}

/* Take n bytes before the cursor away. */
static void cut(struct prompt *p, int n)
{
	memmove(p->text + p->at - n, p->text + p->at,
		(size_t)(p->len - p->at + 1));
	p->at -= n;
	p->len -= n;
}

static int is_inside(const struct prompt *p, int at)
{
	return (p->text[at] & 0xc0) == 0x80;
}

static int before(const struct prompt *p)
{
	int at = p->at;

	while (at > 0 && is_inside(p, --at))
		;
	return at;
}

static int behind(const struct prompt *p)
{
	int at = p->at < p->len ? p->at + 1 : p->at;

	while (at < p->len && is_inside(p, at))
		at++;
	return at;
}

static void insert(struct prompt *p, int ch)
{
	char bytes[4];
	int n = encode(ch, bytes);

	if (p->len + n >= PROMPT_BYTES)
		return;
	memmove(p->text + p->at + n, p->text + p->at,
		(size_t)(p->len - p->at + 1));
	memcpy(p->text + p->at, bytes, (size_t)n);
	p->at += n;
	p->len += n;
}

static void cut_word(struct prompt *p)
{
	int at = p->at;

	while (at > 0 && p->text[at - 1] == ' ')
		at--;
	while (at > 0 && p->text[at - 1] != ' ')
		at--;
	cut(p, p->at - at);
}

enum prompt_result prompt_key(struct prompt *p, int key)
{
	switch (key) {
	case KEYC_ENTER:
		return PROMPT_DONE;
	case KEYC_ESC:
	case KEYC_CTRL('c'):
		return PROMPT_GIVEN_UP;
	case KEYC_LEFT:
	case KEYC_CTRL('b'):
		p->at = before(p);
		break;
	case KEYC_RIGHT:
	case KEYC_CTRL('f'):
		p->at = behind(p);
		break;
	case KEYC_HOME:
	case KEYC_CTRL('a'):
		p->at = 0;
		break;
	case KEYC_END:
	case KEYC_CTRL('e'):
		p->at = p->len;
		break;
	case KEYC_BACKSPACE:
	case KEYC_CTRL('h'):
		if (!p->len)
			return PROMPT_GIVEN_UP;
		cut(p, p->at - before(p));
		break;
	case KEYC_DELETE:
	case KEYC_CTRL('d'): {
		int old = p->at;

		p->at = behind(p);
		cut(p, p->at - old);
		break;
	}
	case KEYC_CTRL('u'):
		cut(p, p->at);
		break;
	case KEYC_CTRL('w'):
		cut_word(p);
		break;
	default:
		if (key >= ' ' && key != 127 && key < 0x110000)
			insert(p, key);
	}
	return PROMPT_GOES_ON;
}
