/* SPDX-License-Identifier: MIT */
/* A diff is what patch(1) takes: applied to the one text it gives the other. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "learn/diff.h"
#include "tap.h"

struct row {
	const char *a, *b, *want;
};

static const struct row rows[] = {
	{ "", "", "" },
	{ "a\n", "a\n", "" },
	{ "", "a\n", "--- x\n+++ y\n@@ -0,0 +1 @@\n+a\n" },
	{ "a\nb\n", "", "--- x\n+++ y\n@@ -1,2 +0,0 @@\n-a\n-b\n" },
	{ "a\n", "b\n", "--- x\n+++ y\n@@ -1 +1 @@\n-a\n+b\n" },
	{ "a", "a\n",
	  "--- x\n+++ y\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n" },
	{ "a\nb", "a\nb\nc",
	  "--- x\n+++ y\n@@ -1,2 +1,3 @@\n a\n-b\n"
	  "\\ No newline at end of file\n+b\n+c\n"
	  "\\ No newline at end of file\n" },
	{ "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\n5\n6\n7\n8\nx\n9\n",
	  "--- x\n+++ y\n@@ -6,4 +6,5 @@\n 6\n 7\n 8\n+x\n 9\n" },
	{ "1\n2\n3\n4\n5\n6\n7\n8\n", "x\n1\n2\n3\n4\n5\n6\ny\n7\n8\n",
	  "--- x\n+++ y\n@@ -1,8 +1,10 @@\n+x\n 1\n 2\n 3\n 4\n 5\n 6\n+y\n"
	  " 7\n 8\n" },
	{ "1\n2\n3\n4\n5\n6\n7\n8\n", "x\n1\n2\n3\n4\n5\n6\n7\ny\n8\n",
	  "--- x\n+++ y\n@@ -1,3 +1,4 @@\n+x\n 1\n 2\n 3\n"
	  "@@ -5,4 +6,5 @@\n 5\n 6\n 7\n+y\n 8\n" },
	{ "a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n",
	  "--- x\n+++ y\n@@ -1,7 +1,6 @@\n-a\n-b\n c\n+b\n a\n b\n-b\n a\n"
	  "+c\n" },
	{ "a\r\nb\r\n", "a\r\nb\n",
	  "--- x\n+++ y\n@@ -1,2 +1,2 @@\n a\r\n-b\r\n+b\n" },
};

static char *diff(const char *a, size_t a_len, const char *b, size_t b_len)
{
	char *out = NULL;
	size_t len = 0;

	if (diff_texts("x", a, a_len, "y", b, b_len, &out, &len) < 0 ||
	    strlen(out) != len)
		return NULL;
	return out;
}

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *out = diff(rows[i].a, strlen(rows[i].a), rows[i].b,
				 strlen(rows[i].b));

		ok_str(out ? out : "nothing", rows[i].want);
		free(out);
	}
}

/* A line of a text or a diff, with its end. */
static size_t line_len(const char *p)
{
	size_t n = strcspn(p, "\n");

	return n + (p[n] == '\n');
}

/* One line of a hunk; what it adds goes to out. False: it does not fit. */
static bool apply_line(const char **d, const char **a, char **out)
{
	size_t n = line_len(*d) - 1;
	const char *text = *d + 1;
	char mark = **d;

	*d = text + n;
	if (**d == '\\') {
		n--;
		*d += line_len(*d);
	}
	if (mark != '+') {
		if (strncmp(*a, text, n) || (n < line_len(*a)))
			return false;
		*a += n;
	}
	if (mark != '-') {
		memcpy(*out, text, n);
		*out += n;
	}
	return mark == '+' || mark == '-' || mark == ' ';
}

/* Apply a diff to a; true when that gives b. */
static bool leads_to(const char *a, const char *d, const char *b)
{
	char *out = calloc(1, strlen(a) + strlen(d) + 1), *end = out;
	unsigned long line = 1;
	bool fits = true;

	if (*d)
		d += line_len(d), d += line_len(d);
	while (fits && *d) {
		unsigned long from = strtoul(d + 4, NULL, 10);

		/* Behind line "from" when the hunk takes nothing out. */
		from += strstr(d, ",0 +") && strstr(d, ",0 +") < d + line_len(d);
		for (d += line_len(d); line < from && *a; line++) {
			memcpy(end, a, line_len(a));
			end += line_len(a);
			a += line_len(a);
		}
		while (fits && *d && *d != '@') {
			line += *d != '+';
			fits = apply_line(&d, &a, &end);
		}
	}
	strcpy(end, a);
	fits = fits && !strcmp(out, b);
	free(out);
	return fits;
}

static uint32_t next_random(void)
{
	static uint32_t state = 1;

	state ^= state << 13;
	state ^= state >> 17;
	return state ^= state << 5;
}

static void make_text(char *buf, unsigned int lines, unsigned int letters)
{
	char *p = buf;

	for (unsigned int i = 0; i < lines; i++) {
		*p++ = (char)('a' + next_random() % letters);
		*p++ = '\n';
	}
	if (p > buf && next_random() % 4 == 0)
		p--;
	*p = '\0';
}

static void test_random(void)
{
	char a[200], b[200];
	unsigned int bad = 0;

	for (int i = 0; i < 20000; i++) {
		unsigned int letters = 1 + next_random() % 6;
		char *d;

		make_text(a, next_random() % 40, letters);
		make_text(b, next_random() % 40, letters);
		d = diff(a, strlen(a), b, strlen(b));
		if (!d || !leads_to(a, d, b)) {
			bad++;
			printf("# from:\n%s\n# to:\n%s\n# diff:\n%s\n", a, b,
			       d ? d : "none");
		}
		free(d);
		if (bad > 3)
			break;
	}
	ok(bad == 0);
}

/* Beyond the bound the diff is longer than it need be, and right. */
static void test_large(void)
{
	const size_t lines = 3 * DIFF_EDITS_MAX;
	char *a = malloc(lines * 2 + 1), *b = malloc(lines * 2 + 1), *d;

	for (size_t i = 0; i < lines; i++) {
		memcpy(a + 2 * i, i % 3 ? "a\n" : "x\n", 3);
		memcpy(b + 2 * i, i % 3 ? "a\n" : "y\n", 3);
	}
	d = diff(a, strlen(a), b, strlen(b));
	ok(d && leads_to(a, d, b));
	free(d);
	free(a);
	free(b);
}

int main(void)
{
	test_rows();
	test_random();
	test_large();
	return done();
}
