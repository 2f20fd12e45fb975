/* SPDX-License-Identifier: MIT */
/*
 * The table of keys, the manual and the JSON schema say the same. With
 * --write the schema is printed as the table has it:
 *
 *	tests/unit/keys.t --write >share/schema/policy.schema.json
 */
#include "policy/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

#define PORTS                                                                  \
	"\"anyOf\": [{\"type\": \"null\"}, {\"type\": \"array\", "             \
	"\"minItems\": 1, \"items\": {\"anyOf\": [{\"type\": \"integer\", "    \
	"\"minimum\": 1, \"maximum\": 65535}, {\"type\": \"string\", "         \
	"\"pattern\": \"^[0-9]{1,5}(-[0-9]{1,5})?$\"}]}}]"

/* What a value may be, for each type; maps and rules have their own way. */
static const char *const types[] = {
	[KEY_BOOL] = "\"type\": \"boolean\"",
	[KEY_TEXT] = "\"type\": [\"string\", \"null\"]",
	[KEY_PATTERN] = "\"type\": \"string\", \"pattern\": "
			"\"^(\\\\*\\\\.)?[^*:/\\\\s]+$\"",
	[KEY_CIDR] = "\"type\": \"string\", \"pattern\": "
		     "\"^[0-9a-fA-F:.]+(/[0-9]{1,3})?$\"",
	[KEY_PORTS] = PORTS,
	[KEY_SERVERS] = "\"type\": [\"array\", \"null\"], \"items\": "
			"{\"type\": \"string\"}",
	[KEY_LISTENERS] = "\"type\": [\"array\", \"null\"], \"items\": "
			  "{\"type\": \"string\", \"pattern\": \"^[/@].\"}",
	[KEY_UNBUILT] = "\"const\": false",
	[KEY_RETIRED] = "\"deprecated\": true",
};

/* As the inside of a JSON string; the table holds ASCII only. */
static void put_text(FILE *f, const char *text)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', f);
		fputc(*text, f);
	}
}

static void put_indent(FILE *f, int depth)
{
	fprintf(f, "%*s", depth * 2, "");
}

static void put_map(FILE *f, const char *map, int depth);

static void put_words(FILE *f, const struct key *k)
{
	fprintf(f, "\"enum\": [");
	for (size_t i = 0; k->words[i]; i++)
		fprintf(f, "%s\"%s\"", i ? ", " : "", k->words[i]);
	fprintf(f, "]");
}

static void put_default(FILE *f, const struct key *k)
{
	bool is_bare = k->type != KEY_WORD;

	if (k->fallback)
		fprintf(f, ", \"default\": %s%s%s", is_bare ? "" : "\"",
			k->fallback, is_bare ? "" : "\"");
}

static void put_value(FILE *f, const struct key *k, int depth)
{
	char map[64];

	if (k->type == KEY_NUMBER) {
		fprintf(f,
			"\"type\": \"integer\", \"minimum\": %u, "
			"\"maximum\": %u",
			k->min, k->max);
	} else if (k->type == KEY_WORD) {
		put_words(f, k);
	} else if (k->type == KEY_MAP) {
		put_map(f, k->path, depth);
	} else if (k->type == KEY_RULES) {
		snprintf(map, sizeof(map), "%s[]", k->path);
		fprintf(f, "\"type\": [\"array\", \"null\"], \"items\": {");
		put_map(f, map, depth);
		fprintf(f, "}");
	} else {
		fprintf(f, "%s", types[k->type]);
	}
	put_default(f, k);
}

static void put_required(FILE *f, const char *map)
{
	const struct key *k;
	size_t at = 0;

	while ((k = keys_next(map, &at)))
		if (k->is_required)
			fprintf(f, ", \"required\": [\"%s\"]", keys_name(k));
}

/* The members that describe a map, without its braces. */
static void put_map(FILE *f, const char *map, int depth)
{
	const struct key *k;
	const char *gap = "";
	size_t at = 0;

	fprintf(f, "\"type\": [\"object\"%s], \"additionalProperties\": false",
		strchr(map, '[') || !*map ? "" : ", \"null\"");
	put_required(f, map);
	fprintf(f, ", \"properties\": {");
	while ((k = keys_next(map, &at))) {
		fprintf(f, "%s\n", gap);
		put_indent(f, depth + 1);
		fprintf(f, "\"%s\": {\"description\": \"", keys_name(k));
		put_text(f, k->sentence);
		fprintf(f, "\", ");
		put_value(f, k, depth + 1);
		fprintf(f, "}");
		gap = ",";
	}
	fprintf(f, "\n");
	put_indent(f, depth);
	fprintf(f, "}");
}

static void put_schema(FILE *f)
{
	fprintf(f, "{\n  \"$schema\": "
		   "\"https://json-schema.org/draft/2020-12/schema\",\n"
		   "  \"title\": \"egress-filter policy, version 1\",\n  ");
	put_map(f, "", 1);
	fprintf(f, "\n}\n");
}

/* A file of the source tree, whole; "" when it cannot be read. */
static char *read_source(const char *path)
{
	const char *top = getenv("srcdir");
	char full[4096], *text = calloc(1, 1 << 18);
	FILE *f;

	snprintf(full, sizeof(full), "%s/%s", top ? top : ".", path);
	f = fopen(full, "r");
	if (f && fread(text, 1, (1 << 18) - 1, f) == 0)
		*text = '\0';
	if (f)
		fclose(f);
	return text;
}

static void test_schema(void)
{
	char *have = read_source("share/schema/policy.schema.json");
	char *want = NULL;
	size_t len;
	FILE *f = open_memstream(&want, &len);

	put_schema(f);
	fclose(f);
	ok(!strcmp(have, want));
	free(have);
	free(want);
}

/* The manual lists a key as ".It Ic path", and what holds without it. */
static void test_manual(void)
{
	char *man = read_source("share/man/egress-allowlist.yaml.5");
	const struct key *k;
	size_t listed = 0, rows = 0;

	for (size_t i = 0; (k = keys_row(i)); i++) {
		char item[160];
		const char *at;

		snprintf(item, sizeof(item), "\n.It Ic %s%s%s\n", k->path,
			 k->fallback ? " Pq default " : "",
			 k->fallback ? k->fallback : "");
		at = strstr(man, item);
		ok(at != NULL);
		if (!at)
			printf("# missing: %s", item + 1);
		rows++;
	}
	for (const char *at = man; (at = strstr(at, "\n.It Ic ")); at++)
		listed++;
	ok(listed == rows);
	free(man);
}

static void test_table(void)
{
	const struct key *k;

	for (size_t i = 0; (k = keys_row(i)); i++) {
		bool has_field = k->type == KEY_BOOL || k->type == KEY_WORD;

		ok(keys_place(k) == i && k->sentence && *k->sentence);
		ok(k->type != KEY_NUMBER || k->min <= k->max);
		ok(!has_field || k->size || strchr(k->path, '['));
		ok(!k->is_required || !k->fallback);
	}
	ok(keys_find("dns", "mode") && !keys_find("dns", "moder"));
	ok(!keys_find("", "mode") && keys_find("domains[]", "ports"));
	ok_str(keys_nearest("", "domian"), "domains");
	ok_str(keys_nearest("dns", "place_holders"), "placeholders");
	ok(!keys_nearest("", "something"));
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "--write")) {
		put_schema(stdout);
		return 0;
	}
	test_table();
	test_schema();
	test_manual();
	return done();
}
