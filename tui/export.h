/* SPDX-License-Identifier: MIT */
#ifndef TUI_EXPORT_H
#define TUI_EXPORT_H

#include <stdbool.h>
#include <stdio.h>

/* Rows as text of other programs. */
enum export_form { EXPORT_NDJSON, EXPORT_CSV, EXPORT_MARKDOWN, EXPORT_YAML };

/* The form that the end of a path asks for; false when it is none of them. */
bool export_form_of(const char *path, enum export_form *ret);

/* Write the heading, when the form has one. */
void export_heading(FILE *f, enum export_form form, const char *const *names,
		    int n);

/*
 * Write a row of n cells. Texts are printable already; what has a meaning in
 * the form is quoted. A cell of a spreadsheet never begins with what makes it
 * a formula.
 */
void export_row(FILE *f, enum export_form form, const char *const *names,
		const char *const *cells, int n);

#endif
