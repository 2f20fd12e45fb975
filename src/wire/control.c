/* SPDX-License-Identifier: MIT */
/* Control messages: one table of what each type consists of. */
#include "wire/control.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"

/* What a body consists of, in this order. A path has its length before it; a
 * text takes the rest. */
enum part {
	NUMBER = 1,
	DIGEST = 2,
	UUID = 4,
	PATH = 8,
	TEXT = 16,
};

struct shape {
	uint8_t parts;
	size_t text_max;
};

static const struct shape *shape_of(uint32_t type)
{
	static const struct shape of_client[] = {
		[CONTROL_HELLO] = { NUMBER, 0 },
		[CONTROL_ASK_POLICY] = { 0, 0 },
		[CONTROL_RELOAD] = { DIGEST | TEXT, CONTROL_POLICY_MAX },
		[CONTROL_ANNOUNCE] = { DIGEST | PATH, 0 },
		[CONTROL_STOP] = { 0, 0 },
	};
	static const struct shape of_session[] = {
		{ NUMBER | UUID, 0 },
		{ PATH | TEXT, CONTROL_POLICY_MAX },
		{ NUMBER | TEXT, CONTROL_TEXT_MAX },
	};

	if (type >= CONTROL_HELLO && type <= CONTROL_STOP)
		return of_client + type;
	if (type >= CONTROL_WELCOME && type <= CONTROL_DONE)
		return of_session + (type - CONTROL_WELCOME);
	return NULL;
}

static bool is_hex(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!s[i] || !strchr("0123456789abcdef", s[i]))
			return false;
	return true;
}

static bool is_path(const char *s, size_t n)
{
	return n > 0 && n < CONTROL_PATH_MAX && !memchr(s, '\0', n);
}

static bool is_uuid(const char *s)
{
	for (size_t i = 0; i < CONTROL_UUID; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s[i] != '-' : !is_hex(s + i, 1))
			return false;
	}
	return true;
}

static bool decode_body(struct reader *r, const struct shape *s,
			struct control_msg *ret)
{
	bool good = true;

	if (s->parts & NUMBER)
		ret->number = read_u32(r);
	if (s->parts & DIGEST) {
		ret->digest = (const char *)read_bytes(r, CONTROL_DIGEST);
		good = ret->digest && is_hex(ret->digest, CONTROL_DIGEST);
	}
	if (good && s->parts & UUID) {
		ret->uuid = (const char *)read_bytes(r, CONTROL_UUID);
		good = ret->uuid && is_uuid(ret->uuid);
	}
	if (good && s->parts & PATH) {
		ret->path_len = read_u16(r);
		ret->path = (const char *)read_bytes(r, ret->path_len);
		good = ret->path && is_path(ret->path, ret->path_len);
	}
	if (good && s->parts & TEXT) {
		ret->text_len = r->len - r->pos;
		ret->text = (const char *)read_bytes(r, ret->text_len);
		good = ret->text_len <= s->text_max;
	}
	return good && !r->failed && r->pos == r->len;
}

/* The length is checked before the body is waited for: nobody makes us keep
 * more than a message of that type can have. */
static size_t longest(const struct shape *s)
{
	return (s->parts & NUMBER ? 4 : 0) +
	       (s->parts & DIGEST ? CONTROL_DIGEST : 0) +
	       (s->parts & UUID ? CONTROL_UUID : 0) +
	       (s->parts & PATH ? 2 + CONTROL_PATH_MAX : 0) + s->text_max;
}

long control_decode(const void *bytes, size_t len, struct control_msg *ret)
{
	struct reader r = reader_over(bytes, len);
	uint32_t body = read_u32(&r);
	uint16_t type = read_u16(&r), zero = read_u16(&r);
	const struct shape *s = shape_of(type);

	if (r.failed)
		return 0;
	if (!s || zero || body > longest(s))
		return -EBADMSG;
	if (len - CONTROL_HEADER < body)
		return 0;
	*ret = (struct control_msg){ .type = (enum control_type)type };
	r = reader_over((const uint8_t *)bytes + CONTROL_HEADER, body);
	return decode_body(&r, s, ret) ? (long)(CONTROL_HEADER + body) : -EBADMSG;
}

size_t control_size(const struct control_msg *m)
{
	const struct shape *s = shape_of(m->type);

	if (!s)
		return 0;
	return CONTROL_HEADER + (s->parts & NUMBER ? 4 : 0) +
	       (s->parts & DIGEST ? CONTROL_DIGEST : 0) +
	       (s->parts & UUID ? CONTROL_UUID : 0) +
	       (s->parts & PATH ? 2 + m->path_len : 0) +
	       (s->parts & TEXT ? m->text_len : 0);
}

size_t control_encode(const struct control_msg *m, void *buf, size_t size)
{
	const struct shape *s = shape_of(m->type);
	struct writer w = writer_into(buf, size);
	struct control_msg again;

	if (!s || m->path_len >= CONTROL_PATH_MAX || m->text_len > s->text_max)
		return 0;
	write_u32(&w, (uint32_t)(control_size(m) - CONTROL_HEADER));
	write_u16(&w, (uint16_t)m->type);
	write_u16(&w, 0);
	if (s->parts & NUMBER)
		write_u32(&w, m->number);
	if (s->parts & DIGEST)
		write_bytes(&w, m->digest, CONTROL_DIGEST);
	if (s->parts & UUID)
		write_bytes(&w, m->uuid, CONTROL_UUID);
	if (s->parts & PATH) {
		write_u16(&w, (uint16_t)m->path_len);
		write_bytes(&w, m->path, m->path_len);
	}
	if (s->parts & TEXT)
		write_bytes(&w, m->text, m->text_len);
	return !w.failed && control_decode(buf, w.len, &again) > 0 ? w.len : 0;
}
