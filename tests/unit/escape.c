// SPDX-License-Identifier: MIT
// Outside text, made printable: each character there is, and hand-made lines.
#include "audit/escape.h"
#include "tap.h"

#include <stdint.h>
#include <stdlib.h>

static char buf[4096];

#define text(s)	 escape_text(s, sizeof(s) - 1, buf, sizeof(buf))
#define argv(s)	 escape_argv(s, sizeof(s) - 1, buf, sizeof(buf))
#define shell(s) escape_shell(s, sizeof(s) - 1, buf, sizeof(buf))

static const char *json(const char *s, size_t len)
{
	size_t n;

	return escape_json(s, len, buf, sizeof(buf), &n) && n == strlen(buf)
		       ? buf
		       : "(no)";
}

static size_t put_utf8(uint32_t c, char *out)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* Every code point either comes out as it was or as one escape that names it,
 * and no two of them come out alike. */
static void test_all(void)
{
	unsigned int bad = 0, shown = 0;

	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		char in[4], want[16];
		size_t n = put_utf8(c, in);

		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		escape_text(in, n, buf, sizeof(buf));
		if (strlen(buf) == n && !memcmp(buf, in, n)) {
			shown++;
			bad += c < 0x20 || c == '\\' || (c >= 0x7f && c < 0xa0) ||
			       (c >= 0x200b && c <= 0x200f) ||
			       (c >= 0x202a && c <= 0x202e) ||
			       (c >= 0x2066 && c <= 0x2069) || c == 0xfeff ||
			       (c >= 0xe0000 && c <= 0xe007f);
			continue;
		}
		if (c == '\\')
			snprintf(want, sizeof(want), "\\\\");
		else
			snprintf(want, sizeof(want),
				 c < 0x80     ? "\\x%02x"
				 : c > 0xffff ? "\\U%08x"
					      : "\\u%04x",
				 c);
		bad += strcmp(buf, want) != 0;
	}
	ok(bad == 0);
	ok(shown > 1000000);
	bad = 0;
	for (unsigned int c = 0x80; c < 0x100; c++) {
		char in = (char)c, want[8];

		snprintf(want, sizeof(want), "\\x%02x", c);
		bad += strcmp(escape_text(&in, 1, buf, sizeof(buf)), want) != 0;
	}
	ok(bad == 0);
}

static void test_text(void)
{
	ok_str(text("api.example.com"), "api.example.com");
	ok_str(text("a\x1b[31mb\n\r\t\x7f"), "a\\x1b[31mb\\x0a\\x0d\\x09\\x7f");
	ok_str(text("C:\\x1b"), "C:\\\\x1b");
	ok_str(text("\xc2\x9b"
		    "31m"),
	       "\\u009b31m");
	ok_str(text("a\xe2\x80\xae"
		    "b"),
	       "a\\u202eb");
	ok_str(text("b\xc3\xbc"
		    "cher"),
	       "b\xc3\xbc"
	       "cher");
	ok_str(text("\xed\xa0\x80"), "\\xed\\xa0\\x80"); /* a surrogate */
	ok_str(text("\xc0\xaf"), "\\xc0\\xaf");		 /* too long a form */
	ok_str(text("\xe2\x80"), "\\xe2\\x80");
	ok_str(text("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
	ok_str(text("\xf3\xa0\x81\x81"), "\\U000e0041");
	ok_str(text("a\0b"), "a\\x00b");
}

static void test_cut(void)
{
	char small[8];
	unsigned int bad = 0;

	ok_str(escape_text("1234567", 7, small, sizeof(small)), "1234567");
	ok_str(escape_text("12345678", 8, small, sizeof(small)), "1234...");
	ok_str(escape_text("123\x1b"
			   "5678",
			   8, small, sizeof(small)),
	       "123...");
	ok_str(escape_text("123\xc3\xbc\xc3\xbc\xc3\xbc", 9, small, sizeof(small)),
	       "123...");
	for (size_t size = 1; size < 12; size++) {
		memset(buf, 'X', sizeof(buf));
		escape_text("abc\x1b\xc3\xbc\xe2\x80\xae"
			    "def",
			    12, buf, size);
		bad += strlen(buf) >= size || buf[size] != 'X';
	}
	ok(bad == 0);
	escape_text("abc", 3, NULL, 0);
}

static void test_argv(void)
{
	ok_str(argv("npm\0ci\0"), "npm ci");
	ok_str(argv("sh\0-c\0echo it's\0\0"), "sh -c 'echo it\\'s' ''");
	ok_str(argv("a\nb\0\x1b"), "a\\x0ab \\x1b");
	ok_str(argv(""), "");
}

static void test_json(void)
{
	ok_str(json("a\"b\\c", 5), "a\\\"b\\\\c");
	ok_str(json("\n\t\0\x1b", 4), "\\n\\t\\u0000\\u001b");
	ok_str(json("\xff"
		    "a",
		    2),
	       "\xef\xbf\xbd"
	       "a");
	ok_str(json("\xe2\x80\xae", 3), "\\u202e");
	ok_str(json("\xf3\xa0\x81\x81", 4), "\\udb40\\udc41");
	ok_str(json("\xf0\x9f\x98\x80", 4), "\xf0\x9f\x98\x80");
	size_t n;
	ok(!escape_json("abc", 3, buf, 3, &n));
	ok(escape_json("abc", 3, buf, 4, &n) && n == 3);
}

/* What a shell makes of the word is what went in. */
static void test_shell(void)
{
	static const char *const words[] = {
		"plain",       "",	 "a b",	    "it's",	"$(id)",
		"`id`",	       "a\nb",	 "\x1b[2J", "\\",	"a\\'\x01",
		"~root",       "=ls",	 "*",	    "\xff\xfe", "\xe2\x80\xae",
		"b\xc3\xbc c", "!x\x02", "-n;rm",
	};

	ok_str(shell("api.example.com:443"), "api.example.com:443");
	ok_str(shell("a b"), "'a b'");
	ok_str(shell("it's"), "'it'\\''s'");
	ok_str(shell("\x1b'\\"), "$'\\033\\'\\\\'");
	ok_str(shell("a\0b"), "");
	ok_str(escape_shell("a b", 3, buf, 5), "");
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		char cmd[512], got[64] = "", quoted[256], *p = cmd;
		FILE *f;
		size_t n;

		escape_shell(words[i], strlen(words[i]), buf, sizeof(buf));
		for (char *q = buf; *q; q++) /* for the outer shell */
			p += sprintf(p, *q == '\'' ? "'\\''" : "%c", *q);
		snprintf(quoted, sizeof(quoted), "%.*s", (int)(p - cmd), cmd);
		snprintf(cmd, sizeof(cmd), "bash -c 'printf %%s %s'", quoted);
		f = popen(cmd, "re");
		n = f ? fread(got, 1, sizeof(got) - 1, f) : 0;
		if (f)
			pclose(f);
		got[n] = '\0';
		ok_str(got, words[i]);
	}
}

int main(void)
{
	test_all();
	test_text();
	test_cut();
	test_argv();
	test_json();
	test_shell();
	return done();
}
