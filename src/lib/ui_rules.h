/* SPDX-License-Identifier: MIT */
#ifndef EF_LIB_UI_RULES_H
#define EF_LIB_UI_RULES_H

#include "audit/reader.h"

/* The rules of the policy that was in force last, used or not. */
struct ui_rules;

/* Texts are escaped and live as long as the rules. */
struct ui_rule {
	const char *text, *file;
	char reason[160], ports[40];
	unsigned int line;
};

/*
 * Tell of each rule, in file order. Returns what the texts belong to, for
 * ui_rules_done(); NULL when there is no policy, or none this version reads.
 * Blocks on the disk.
 */
struct ui_rules *ui_rules_of(struct reader *r, size_t session,
			     void (*fn)(void *arg, const struct ui_rule *rule),
			     void *arg);

/* Free it; NULL is fine. */
void ui_rules_done(struct ui_rules *rules);

#endif
