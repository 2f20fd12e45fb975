/* SPDX-License-Identifier: MIT */
/* Writing rows down in four forms. */
#include "export.h"

#include <string.h>

bool export_form_of(const char *path, enum export_form *ret)
{
	static const char *const ends[] = {
		[EXPORT_NDJSON] = ".ndjson",
		[EXPORT_CSV] = ".csv",
		[EXPORT_MARKDOWN] = ".md",
		[EXPORT_YAML] = ".yaml",
	};
	const char *end = strrchr(path, '.');

	for (int i = 0; end && i < 4; i++) {
		if (strcmp(end, ends[i]) != 0)
			continue;
		*ret = (enum export_form)i;
		return true;
	}
	return false;
}

/* In quotation marks; what the form escapes stands behind a backslash, or (0)
 * is doubled. */
static void quoted(FILE *f, const char *text, char escape)
{
	fputc('"', f);
	for (; *text; text++) {
		if (*text == '"')
			fputc(escape ? escape : '"', f);
		else if (*text == '\\' && escape)
			fputc(escape, f);
		fputc(*text, f);
	}
	fputc('"', f);
}

static void csv_cell(FILE *f, const char *text)
{
	char safe[1100];

	snprintf(safe, sizeof(safe), "%s%s",
		 *text && strchr("=+-@", *text) ? "'" : "", text);
	if (strpbrk(safe, ",\"") || *text == ' ')
		quoted(f, safe, 0);
	else
		fputs(safe, f);
}

static void markdown_cell(FILE *f, const char *text)
{
	for (; *text; text++) {
		if (strchr("|\\`*_<>[]&!", *text))
			fputc('\\', f);
		fputc(*text, f);
	}
}

void export_heading(FILE *f, enum export_form form, const char *const *names,
		    int n)
{
	if (form != EXPORT_CSV && form != EXPORT_MARKDOWN)
		return;
	export_row(f, form, names, names, n);
	for (int i = 0; form == EXPORT_MARKDOWN && i < n; i++)
		fputs(i ? "---|" : "|---|", f);
	if (form == EXPORT_MARKDOWN)
		fputc('\n', f);
}

static void cell(FILE *f, enum export_form form, int i, const char *name,
		 const char *text)
{
	switch (form) {
	case EXPORT_CSV:
		fputs(i ? "," : "", f);
		csv_cell(f, text);
		break;
	case EXPORT_MARKDOWN:
		fputs(i ? " " : "| ", f);
		markdown_cell(f, text);
		fputs(" |", f);
		break;
	case EXPORT_YAML:
		fprintf(f, "%s%s: ", i ? "  " : "- ", name);
		quoted(f, text, '\\');
		fputc('\n', f);
		break;
	case EXPORT_NDJSON:
	default:
		fprintf(f, "%s\"%s\":", i ? "," : "{", name);
		quoted(f, text, '\\');
	}
}

void export_row(FILE *f, enum export_form form, const char *const *names,
		const char *const *cells, int n)
{
	for (int i = 0; i < n; i++)
		cell(f, form, i, names[i], cells[i]);
	if (form == EXPORT_NDJSON)
		fputc('}', f);
	if (form != EXPORT_YAML)
		fputc('\n', f);
}
