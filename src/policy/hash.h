/* SPDX-License-Identifier: MIT */
#ifndef EF_POLICY_HASH_H
#define EF_POLICY_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <sys/random.h>

/*
 * A keyed hash for tables whose keys an adversary chooses: the bytes are the
 * coefficients of a polynomial over the integers modulo 2^61 - 1, evaluated
 * at a secret point. Two different keys of n bytes collide for at most n of
 * the 2^61 points, so no file and no answer can be built that makes a chain
 * long. Bytes may be added one at a time.
 */
#define HASH_PRIME ((UINT64_C(1) << 61) - 1)

/* A secret point. Does not block: early in boot it falls back to addresses. */
static inline uint64_t hash_new_key(void)
{
	uint64_t key;

	if (getrandom(&key, sizeof(key), GRND_NONBLOCK) != (ssize_t)sizeof(key))
		key = (uintptr_t)&key * UINT64_C(0x9e3779b97f4a7c15);
	return key % (HASH_PRIME - 2) + 2;
}

/* Add a value below 2^32 to a hash; the hash of nothing is 0. */
static inline uint64_t hash_add(uint64_t key, uint64_t hash, uint32_t value)
{
	unsigned __int128 x = (unsigned __int128)hash * key + value + 1;
	uint64_t folded = (uint64_t)(x & HASH_PRIME) + (uint64_t)(x >> 61);

	return folded >= HASH_PRIME ? folded - HASH_PRIME : folded;
}

/* The hash of n bytes. */
static inline uint64_t hash_bytes(uint64_t key, const void *p, size_t n)
{
	const uint8_t *b = (const uint8_t *)p;
	uint64_t hash = 0;

	for (size_t i = 0; i < n; i++)
		hash = hash_add(key, hash, b[i]);
	return hash;
}

/*
 * A hash as a place in an open-addressed table. Keys that differ in what was
 * added last have hashes that differ as little, and a block of addresses would
 * fill one long run; here each bit moves half of the others (the rounds of
 * splitmix64, which lose nothing).
 */
static inline uint64_t hash_spread(uint64_t hash)
{
	hash = (hash ^ hash >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	hash = (hash ^ hash >> 27) * UINT64_C(0x94d049bb133111eb);
	return hash ^ hash >> 31;
}

#endif
