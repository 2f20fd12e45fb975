/* SPDX-License-Identifier: MIT */
/* Numbers for keys: an open hash of numbers into a list of keys. */
#include "audit/numbering.h"

#include <stdlib.h>
#include <string.h>

struct numbered {
	uint64_t hash;
	size_t len;
	void *bytes;
};

static uint64_t hash_of(const void *key, size_t len)
{
	const unsigned char *p = key;
	uint64_t h = 14695981039346656037u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * 1099511628211u;
	return h ^ h >> 32;
}

/* Where a key is, or the empty slot (0) that it would take. */
static uint32_t *slot_of(const struct numbering *t, uint64_t hash,
			 const void *key, size_t len)
{
	for (uint64_t i = hash;; i++) {
		uint32_t *slot = &t->slots[i % t->n_slots];
		const struct numbered *k = &t->keys[*slot - 1];

		if (!*slot || (k->hash == hash && k->len == len &&
			       !memcmp(k->bytes, key, len)))
			return slot;
	}
}

/* Room for one more, with half of the slots free. */
static bool make_room(struct numbering *t)
{
	uint32_t size = t->n_slots ? t->n_slots * 2 : 64;
	struct numbered *keys;
	uint32_t *slots;

	if (t->n < t->n_slots / 2)
		return true;
	keys = reallocarray(t->keys, size / 2, sizeof(*keys));
	if (!keys)
		return false;
	t->keys = keys;
	slots = calloc(size, sizeof(*slots));
	if (!slots)
		return false;
	free(t->slots);
	t->slots = slots;
	t->n_slots = size;
	for (uint32_t i = 0; i < t->n; i++)
		*slot_of(t, keys[i].hash, keys[i].bytes, keys[i].len) = i + 1;
	return true;
}

uint32_t numbering_of(struct numbering *t, const void *key, size_t len,
		      bool *ret_new)
{
	uint64_t hash = hash_of(key, len);
	uint32_t *slot = t->n_slots ? slot_of(t, hash, key, len) : NULL;
	void *bytes;

	if (ret_new)
		*ret_new = !slot || !*slot;
	if (slot && *slot)
		return *slot - 1;
	bytes = t->n < t->max && make_room(t) ? malloc(len ? len : 1) : NULL;
	if (!bytes)
		return NUMBERING_NONE;
	if (len)
		memcpy(bytes, key, len);
	t->keys[t->n] = (struct numbered){ hash, len, bytes };
	*slot_of(t, hash, key, len) = t->n + 1;
	return t->n++;
}

uint32_t numbering_find(const struct numbering *t, const void *key, size_t len)
{
	/* the slot of what is not there is 0, and one less is none */
	return t->n_slots ? *slot_of(t, hash_of(key, len), key, len) - 1
			  : NUMBERING_NONE;
}

void numbering_done(struct numbering *t)
{
	for (uint32_t i = 0; i < t->n; i++)
		free(t->keys[i].bytes);
	free(t->keys);
	free(t->slots);
	*t = (struct numbering){ .max = t->max };
}
