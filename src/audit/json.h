/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_JSON_H
#define EF_AUDIT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reading JSON (RFC 8259) that nobody vouches for, strictly: well-formed UTF-8
 * alone, no member twice, no lone surrogate, no number that an int64_t or a
 * double does not hold, and no more than JSON_DEPTH_MAX within each other.
 * Nothing is allocated: texts are decoded where they stand, so the bytes that
 * were read are not what they were before, and every value points into them.
 */
#define JSON_DEPTH_MAX	 16
#define JSON_MEMBERS_MAX 96

enum json_kind {
	JSON_NULL,
	JSON_BOOL,
	JSON_INT,
	JSON_REAL, /* a number with a fraction or an exponent; its value is lost */
	JSON_TEXT,
	JSON_LIST,
	JSON_OBJECT
};

/* A value. Of a text .p are its .len bytes, decoded; of a list or an object
 * they are what stands between its brackets, for json_over(). */
struct json_value {
	enum json_kind kind;
	int64_t n; /* of JSON_INT; of JSON_BOOL 0 or 1 */
	char *p;
	size_t len;
	size_t at; /* bytes before it in the whole text */
};

struct json_member {
	const char *name;
	size_t name_len;
	struct json_value value;
};

/* Where reading stands, and what was wrong. */
struct json {
	char *text;
	size_t len, at;
	size_t before;	     /* bytes of the whole text before this part */
	const char *problem; /* NULL: none yet; a sentence, no full stop */
	size_t problem_at;   /* bytes before it in the whole text */
};

/* Reading of len bytes, which are written to and must stay. */
struct json json_over_text(char *text, size_t len);

/* Reading of what a list or an object holds. */
struct json json_over(const struct json_value *v);

/*
 * Read one object with nothing but blanks around it. Returns its members'
 * number, at most JSON_MEMBERS_MAX, or -1 with .problem told.
 */
int json_object(struct json *j, struct json_member list[JSON_MEMBERS_MAX]);

/* The members of an object that was read as a value, in the same way. */
int json_members(struct json *j, struct json_member list[JSON_MEMBERS_MAX]);

/* The next value of a list: 1, 0 after the last one, -1 with .problem told. */
int json_next(struct json *j, struct json_value *ret);

/* True when all of it is well-formed UTF-8 (RFC 3629). */
bool json_is_utf8(const char *p, size_t len);

/* The member of this name, or NULL. */
struct json_value *json_find(struct json_member *list, int n, const char *name);

#endif
