/* SPDX-License-Identifier: MIT */
/* wire/control: messages of a control socket. */
#include "wire/control.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

#define DIGEST                                                                 \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define UUID "7f3a0000-0000-4000-8000-000000000001"

static uint8_t buf[8192];
static struct control_msg got;

static const struct control_msg samples[] = {
	{ .type = CONTROL_HELLO, .number = 1 },
	{ .type = CONTROL_ASK_POLICY },
	{ .type = CONTROL_RELOAD, .digest = DIGEST, .text = "a: b\n", .text_len = 5 },
	{ .type = CONTROL_RELOAD, .digest = DIGEST, .text = "", .text_len = 0 },
	{ .type = CONTROL_ANNOUNCE, .digest = DIGEST, .path = "/x", .path_len = 2 },
	{ .type = CONTROL_STOP },
	{ .type = CONTROL_WELCOME, .number = 1, .uuid = UUID },
	{ .type = CONTROL_POLICY,
	  .path = "/p.yaml",
	  .path_len = 7,
	  .text = "version: 1\n",
	  .text_len = 11 },
	{ .type = CONTROL_DONE, .number = EAGAIN, .text = "no", .text_len = 2 },
};

#define N_SAMPLES (sizeof(samples) / sizeof(*samples))

static bool same(const char *a, size_t a_len, const char *b, size_t b_len)
{
	return a_len == b_len && (!a_len || !memcmp(a, b, a_len));
}

static bool is_same(const struct control_msg *a, const struct control_msg *b)
{
	return a->type == b->type && a->number == b->number &&
	       same(a->path, a->path_len, b->path, b->path_len) &&
	       same(a->text, a->text_len, b->text, b->text_len) &&
	       !a->digest == !b->digest && !a->uuid == !b->uuid &&
	       (!a->digest || !memcmp(a->digest, b->digest, CONTROL_DIGEST)) &&
	       (!a->uuid || !memcmp(a->uuid, b->uuid, CONTROL_UUID));
}

/* Whole, cut at every byte, and with one more byte than it says. */
static void test_sample(const struct control_msg *m)
{
	size_t n = control_encode(m, buf, sizeof(buf));
	bool whole, cut = true;

	whole = n == control_size(m) &&
		control_decode(buf, n, &got) == (long)n && is_same(m, &got);
	for (size_t i = 0; i < n; i++)
		cut &= control_decode(buf, i, &got) == 0;
	ok(whole && cut);
	ok(control_decode(buf, n + 1, &got) == (long)n && is_same(m, &got));
	ok(control_encode(m, buf, n - 1) == 0);
	/* One byte more in the body than its parts have. */
	control_encode(m, buf, sizeof(buf));
	buf[3]++;
	buf[n] = 0;
	ok(m->text ? control_decode(buf, n + 1, &got) == (long)n + 1
		   : control_decode(buf, n + 1, &got) == -EBADMSG);
	/* The two bytes that are zero. */
	control_encode(m, buf, sizeof(buf));
	buf[7] = 1;
	ok(control_decode(buf, n, &got) == -EBADMSG);
}

static long decode_raw(const char *bytes, size_t n)
{
	return control_decode(bytes, n, &got);
}

static void test_refused(void)
{
	struct control_msg m = samples[4];
	static char path[CONTROL_PATH_MAX];

	memset(path, 'x', sizeof(path));
	ok(decode_raw("\0\0\0\0\0\0\0\0", 8) == -EBADMSG);	   /* type 0 */
	ok(decode_raw("\0\0\0\0\0\6\0\0", 8) == -EBADMSG);	   /* 6 */
	ok(decode_raw("\0\0\0\0\0\x7f\0\0", 8) == -EBADMSG);	   /* 127 */
	ok(decode_raw("\0\0\0\0\0\x83\0\0", 8) == -EBADMSG);	   /* 131 */
	ok(decode_raw("\xff\xff\xff\xff\0\3\0\0", 8) == -EBADMSG); /* 4 GiB */
	ok(decode_raw("\0\0\0\5\0\1\0\0", 8) == -EBADMSG); /* told early */
	ok(decode_raw("\0\0\0\3\0\1\0\0\0\0\0", 11) == -EBADMSG);
	m.path = path;
	m.path_len = CONTROL_PATH_MAX - 1;
	ok(control_encode(&m, buf, sizeof(buf)) > CONTROL_PATH_MAX);
	m.path_len = CONTROL_PATH_MAX;
	ok(control_encode(&m, buf, sizeof(buf)) == 0);
	m.path_len = 0;
	ok(control_encode(&m, buf, sizeof(buf)) == 0);
	path[1] = '\0';
	m.path_len = 3;
	ok(control_encode(&m, buf, sizeof(buf)) == 0);
	m = samples[4];
	m.digest = "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789a"
		   "bcdef";
	ok(control_encode(&m, buf, sizeof(buf)) == 0);
	m = samples[6];
	m.uuid = "7f3a0000-0000-4000-8000_000000000001";
	ok(control_encode(&m, buf, sizeof(buf)) == 0);
	m.type = (enum control_type)200;
	ok(control_encode(&m, buf, sizeof(buf)) == 0 && !control_size(&m));
}

/* The largest policy file is a message, one byte more is none. */
static void test_large(void)
{
	size_t size = CONTROL_HEADER + CONTROL_BODY_MAX;
	char *text = calloc(1, size), *whole = malloc(size);
	struct control_msg m = { .type = CONTROL_RELOAD,
				 .digest = DIGEST,
				 .text = text,
				 .text_len = CONTROL_POLICY_MAX };
	size_t n = control_encode(&m, whole, size);

	ok(n == control_size(&m) && control_decode(whole, n, &got) == (long)n);
	m.text_len++;
	ok(control_encode(&m, whole, size) == 0);
	free(text);
	free(whole);
}

int main(void)
{
	for (size_t i = 0; i < N_SAMPLES; i++)
		test_sample(&samples[i]);
	test_refused();
	test_large();
	return done();
}
