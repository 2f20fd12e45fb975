/* SPDX-License-Identifier: MIT */
#ifndef EF_BASE_BUF_H
#define EF_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * Bounded reading and writing of bytes with a sticky failure flag: the only
 * way this program touches a packet. After the first access out of bounds
 * every read gives 0 and every write does nothing, so a decoder may read a
 * whole structure and look at .failed once. Numbers are in network order.
 */
struct reader {
	const uint8_t *data;
	size_t len, pos;
	bool failed;
};

struct writer {
	uint8_t *data;
	size_t cap, len;
	bool failed;
};

/* A reader over len bytes at data, which must outlive it. */
static inline struct reader reader_over(const void *data, size_t len)
{
	return (struct reader){ .data = data, .len = len };
}

/* A writer into cap bytes at data, which must outlive it. */
static inline struct writer writer_into(void *data, size_t cap)
{
	return (struct writer){ .data = data, .cap = cap };
}

/* Take n bytes: a pointer to them, or NULL and the flag set. */
static inline const uint8_t *read_bytes(struct reader *r, size_t n)
{
	if (r->failed || n > r->len - r->pos) {
		r->failed = true;
		return NULL;
	}
	r->pos += n;
	return r->data + r->pos - n;
}

/* Take one byte, or 0 and the flag set. */
static inline uint8_t read_u8(struct reader *r)
{
	const uint8_t *p = read_bytes(r, 1);

	return p ? p[0] : 0;
}

/* Take two bytes, most significant first, or 0 and the flag set. */
static inline uint16_t read_u16(struct reader *r)
{
	const uint8_t *p = read_bytes(r, 2);

	return p ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

/* Take four bytes, most significant first, or 0 and the flag set. */
static inline uint32_t read_u32(struct reader *r)
{
	const uint8_t *p = read_bytes(r, 4);

	return p ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
			       (uint32_t)p[2] << 8 | p[3]
		 : 0;
}

/* Append n bytes, or set the flag and append nothing. */
static inline void write_bytes(struct writer *w, const void *p, size_t n)
{
	if (w->failed || n > w->cap - w->len) {
		w->failed = true;
		return;
	}
	if (n)
		memcpy(w->data + w->len, p, n);
	w->len += n;
}

/* Append one byte. */
static inline void write_u8(struct writer *w, uint8_t v)
{
	write_bytes(w, &v, 1);
}

/* Append two bytes, most significant first. */
static inline void write_u16(struct writer *w, uint16_t v)
{
	write_bytes(w, (uint8_t[]){ (uint8_t)(v >> 8), (uint8_t)v }, 2);
}

/* Append four bytes, most significant first. */
static inline void write_u32(struct writer *w, uint32_t v)
{
	write_u16(w, (uint16_t)(v >> 16));
	write_u16(w, (uint16_t)v);
}

#endif
