/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_SCRIPT_H
#define EF_LEARN_SCRIPT_H

#include <stdbool.h>

#include "wire/dname.h"

/*
 * International names that may be made to look like others. A name is shown
 * in its ASCII form everywhere; this tells when that form hides something.
 */
struct script_look {
	char label[64];	    /* the label in its ASCII form */
	const char *first;  /* a script it is written in ("Cyrillic") */
	const char *second; /* another one; NULL: only the first, in letters
			       that all look like Latin ones */
};

/*
 * True when a label mixes scripts that no language writes together (Unicode
 * UTS 39, highly restrictive: Latin beside the scripts of Chinese, Japanese
 * or Korean is fine), or is all of Cyrillic or Greek letters that look like
 * Latin ones. Fills *ret with the leftmost such label. Pure.
 */
bool script_is_odd(const struct dname *name, struct script_look *ret);

#endif
