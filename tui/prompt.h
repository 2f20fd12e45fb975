/* SPDX-License-Identifier: MIT */
#ifndef TUI_PROMPT_H
#define TUI_PROMPT_H

#include <stdbool.h>

/* A line that is being typed. Pure. */
#define PROMPT_BYTES 1024

struct prompt {
	char label[64];
	char text[PROMPT_BYTES];
	int len, at; /* bytes; where the cursor is */
};

enum prompt_result { PROMPT_GOES_ON, PROMPT_DONE, PROMPT_GIVEN_UP };

/* Begin with a text. */
void prompt_start(struct prompt *p, const char *label, const char *text);

/* Take a key: editing, Enter, Esc. Characters are taken as UTF-8. */
enum prompt_result prompt_key(struct prompt *p, int key);

#endif
