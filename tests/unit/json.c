// SPDX-License-Identifier: MIT
// JSON: what is taken, what is refused and where.
#include "tap.h"

#include "audit/json.h"

#include <stdlib.h>
#include <string.h>

/* A text between its brackets, written out again plainly. */
static void show(const struct json_value *v, char *out, size_t size);

static void show_members(struct json_member *list, int n, char *out, size_t size)
{
	for (int i = 0; i < n; i++) {
		size_t len = strlen(out);

		snprintf(out + len, size - len, "%s%.*s=", i ? " " : "",
			 (int)list[i].name_len, list[i].name);
		len = strlen(out);
		show(&list[i].value, out + len, size - len);
	}
}

static void show(const struct json_value *v, char *out, size_t size)
{
	struct json_member list[JSON_MEMBERS_MAX];
	struct json_value item;
	struct json j;
	int n = 0;

	*out = '\0';
	switch (v->kind) {
	case JSON_INT:
		snprintf(out, size, "%lld", (long long)v->n);
		break;
	case JSON_BOOL:
		snprintf(out, size, v->n ? "yes" : "no");
		break;
	case JSON_TEXT:
		snprintf(out, size, "<%.*s>", (int)v->len, v->p);
		break;
	case JSON_LIST:
		j = json_over(v);
		for (; json_next(&j, &item) > 0; n++) {
			char part[256];

			show(&item, part, sizeof(part));
			snprintf(out + strlen(out), size - strlen(out), "%s%s",
				 n ? "," : "[", part);
		}
		snprintf(out + strlen(out), size - strlen(out), n ? "]" : "[]");
		break;
	case JSON_OBJECT:
		j = json_over(v);
		n = json_members(&j, list);
		snprintf(out, size, "{");
		show_members(list, n, out, size);
		snprintf(out + strlen(out), size - strlen(out), "}");
		break;
	case JSON_NULL:
	case JSON_REAL:
	default:
		snprintf(out, size, v->kind == JSON_REAL ? "real" : "null");
	}
}

/* What a text holds, or "COLUMN: what is wrong". The bytes are given a block of
 * their own, so that a reader that goes too far is seen by a sanitizer. */
static const char *read_bytes(const char *text, size_t len)
{
	static char out[1024];
	struct json_member list[JSON_MEMBERS_MAX];
	char *copy = malloc(len ? len : 1);
	struct json j = json_over_text(copy, len);
	int n;

	memcpy(copy, text, len);
	n = json_object(&j, list);
	*out = '\0';
	if (n < 0)
		snprintf(out, sizeof(out), "%zu: %s", j.problem_at, j.problem);
	else
		show_members(list, n, out, sizeof(out));
	free(copy);
	return out;
}

static const char *read_text(const char *text)
{
	return read_bytes(text, strlen(text));
}

static void test_good(void)
{
	ok_str(read_text("{}"), "");
	ok_str(read_text(" {\t} \r"), "");
	ok_str(read_text("{\"a\":1,\"b\":-0, \"c\" : 9223372036854775807}"),
	       "a=1 b=0 c=9223372036854775807");
	ok_str(read_text("{\"a\":-9223372036854775808}"),
	       "a=-9223372036854775808");
	ok_str(read_text("{\"a\":true,\"b\":false,\"c\":null,\"d\":1.5e3,"
			 "\"e\":1E-2}"),
	       "a=yes b=no c=null d=real e=real");
	ok_str(read_text("{\"a\":\"\",\"b\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}"),
	       "a=<> b=<\"\\/\b\f\n\r\t>");
	ok_str(read_text("{\"a\":\"\\u0041\\u00e9\\u20ac\\ud83d\\ude00\"}"),
	       "a=<A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80>");
	ok_str(read_text("{\"a\":[],\"b\":[1,\"x\",[2],{\"y\":3}],\"c\":{}}"),
	       "a=[] b=[1,<x>,[2],{y=3}] c={}");
	ok_str(read_text("{\"\\u0061\":[ \"\\u0062\" , \"c\" ]}"),
	       "a=[<b>,<c>]");
}

static void test_bad(void)
{
	ok_str(read_text(""), "0: it ends too early");
	ok_str(read_text("x"), "0: here a JSON object has to begin");
	ok_str(read_text("[1]"), "0: here a JSON object has to begin");
	ok_str(read_text("{"), "1: it ends too early");
	ok_str(read_text("{\"a\":1"), "6: it ends too early");
	ok_str(read_text("{\"a\""), "4: it ends too early");
	ok_str(read_text("{\"a\":"), "5: it ends too early");
	ok_str(read_text("{\"a\":tru"), "5: no value JSON knows");
	ok_str(read_text("{\"a\":\"x"), "5: a text that does not end");
	ok_str(read_text("{\"a\":\"\\"), "6: no such escape");
	ok_str(read_text("{\"a\":1}{"), "7: something follows the object");
	ok_str(read_text("{\"a\":1,}"),
	       "7: here a name in quotation marks has to stand");
	ok_str(read_text("{,}"),
	       "1: here a name in quotation marks has to stand");
	ok_str(read_text("{\"a\" 1}"), "5: here a colon has to stand");
	ok_str(read_text("{\"a\":1 \"b\":2}"),
	       "7: here a comma or the end has to stand");
	ok_str(read_text("{\"a\":[1 2]}"),
	       "8: here a comma or the end has to stand");
	ok_str(read_text("{\"a\":[1,]}"), "8: no value JSON knows");
	ok_str(read_text("{\"a\":[1}"),
	       "7: here a comma or the end has to stand");
	ok_str(read_text("{\"a\":{\"b\":1]}"),
	       "11: here a comma or the end has to stand");
	ok_str(read_text("{\"a\":1,\"a\":2}"),
	       "7: this name was there already");
	ok_str(read_text("{\"a\":01}"), "5: no value JSON knows");
	ok_str(read_text("{\"a\":+1}"), "5: no value JSON knows");
	ok_str(read_text("{\"a\":-}"), "5: no value JSON knows");
	ok_str(read_text("{\"a\":1.}"), "5: a number that does not end");
	ok_str(read_text("{\"a\":1e}"), "5: a number that does not end");
	ok_str(read_text("{\"a\":9223372036854775808}"),
	       "5: a number that is too large");
	ok_str(read_text("{\"a\":11111111111111111111111111111111111111}"),
	       "5: a number that is too large");
	ok_str(read_text("{\"a\":\"\x1b\"}"),
	       "6: a control character in a text");
	ok_str(read_text("{\"a\":\"\xc3\"}"), "6: no valid UTF-8");
	ok_str(read_text("{\"a\":\"\xed\xa0\x80\"}"), "6: no valid UTF-8");
	ok_str(read_text("{\"a\":\"\xc0\x80\"}"), "6: no valid UTF-8");
	ok_str(read_text("{\"a\":\"\\ud83d\"}"),
	       "6: half a pair of surrogates");
	ok_str(read_text("{\"a\":\"\\ud83d\\u0041\"}"),
	       "6: half a pair of surrogates");
	ok_str(read_text("{\"a\":\"\\ude00\"}"),
	       "6: half a pair of surrogates");
	ok_str(read_text("{\"a\":\"\\u12g4\"}"), "6: \\u needs four digits");
	ok_str(read_bytes("{\"a\":\0}", 7), "5: no value JSON knows");
	ok_str(read_bytes("\0{}", 3), "0: here a JSON object has to begin");
}

static void test_limits(void)
{
	char text[4096] = "{\"a\":";
	size_t len = strlen(text);

	for (int i = 0; i < JSON_DEPTH_MAX; i++)
		text[len++] = '[';
	for (int i = 0; i < JSON_DEPTH_MAX; i++)
		text[len++] = ']';
	strcpy(text + len, "}");
	ok(strstr(read_text(text), "too much") == NULL);
	memmove(text + 6, text + 5, strlen(text + 5) + 1);
	text[5] = '[';
	ok_str(read_text(text), "21: too much within each other");
	len = 0;
	for (int i = 0; i <= JSON_MEMBERS_MAX; i++)
		len += (size_t)sprintf(text + len, "%s\"%d\":0", i ? "," : "{",
				       i);
	strcpy(text + len, "}");
	ok(strstr(read_text(text), "too many members") != NULL);
}

/* Each beginning of a good line is refused, and none reads too far. */
static void test_cut(void)
{
	static const char line[] = "{\"a\":[\"x\",{\"b\":\"\\ud83d\\ude00\"}],"
				   "\"c\":-12.5e3,\"d\":true,\"e\":\"\xe2\x82"
				   "\xac\"}";
	size_t taken = 0;

	for (size_t n = 0; n < sizeof(line) - 1; n++) {
		const char *out = read_bytes(line, n);

		taken += !strchr(out, ':');
	}
	ok(taken == 0);
	ok(json_is_utf8("\xe2\x82\xac", 3) && !json_is_utf8("\xe2\x82", 2));
}

int main(void)
{
	test_good();
	test_bad();
	test_limits();
	test_cut();
	return done();
}
