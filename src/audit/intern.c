// SPDX-License-Identifier: MIT
// Text to row number, direct-mapped. The whole text is compared: a target
// chooses the texts, so a hash alone could be made to collide.
#include "audit/intern.h"

#include <stdlib.h>
#include <string.h>

struct slot {
	int64_t row; /* 0: empty */
	int kind;
	uint32_t len;
	unsigned char text[INTERN_TEXT_MAX];
};

struct intern {
	struct slot slots[INTERN_SLOTS];
};

struct intern *intern_new(void)
{
	return calloc(1, sizeof(struct intern));
}

void intern_free(struct intern *in)
{
	free(in);
}

void intern_clear(struct intern *in)
{
	for (size_t i = 0; i < INTERN_SLOTS; i++)
		in->slots[i].row = 0;
}

/* FNV-1a, 32 bits. */
static size_t slot_of(int kind, const unsigned char *text, size_t len)
{
	uint32_t h = 2166136261u ^ (uint32_t)kind;

	for (size_t i = 0; i < len; i++)
		h = (h ^ text[i]) * 16777619u;
	return (h ^ h >> 16) % INTERN_SLOTS;
}

int64_t intern_find(const struct intern *in, int kind, const void *text,
		    size_t len)
{
	const struct slot *s;

	if (len > INTERN_TEXT_MAX)
		return 0;
	s = &in->slots[slot_of(kind, text, len)];
	if (!s->row || s->kind != kind || s->len != len ||
	    memcmp(s->text, text, len) != 0)
		return 0;
	return s->row;
}

void intern_keep(struct intern *in, int kind, const void *text, size_t len,
		 int64_t row)
{
	struct slot *s;

	if (len > INTERN_TEXT_MAX)
		return;
	s = &in->slots[slot_of(kind, text, len)];
	s->row = row;
	s->kind = kind;
	s->len = (uint32_t)len;
	memcpy(s->text, text, len);
}
