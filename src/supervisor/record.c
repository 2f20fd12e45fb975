/* SPDX-License-Identifier: MIT */
/* The first row of a record. */
#include "supervisor/record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "audit/digest.h"
#include "base/cleanup.h"
#include "base/clock.h"

#ifndef VERSION
#define VERSION PACKAGE_VERSION
#endif

#define ARGV_RECORD_MAX 65536

void record_new_id(char ret[37])
{
	uint8_t b[16];

	if (getrandom(b, sizeof(b), 0) != sizeof(b))
		abort(); /* cannot happen after boot: getrandom(2) */
	b[6] = (uint8_t)((b[6] & 0x0f) | 0x40); /* version 4, RFC 9562 */
	b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
	for (size_t i = 0, at = 0; i < sizeof(b); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			ret[at++] = '-';
		at += (size_t)snprintf(ret + at, 3, "%02x", b[i]);
	}
}

/* The machine's id is not shown around: its digest tells machines apart. */
static void make_host_id(char ret[65])
{
	char text[64] = "";
	FILE *f = fopen("/etc/machine-id", "re");

	ret[0] = '\0';
	if (!f)
		return;
	if (fgets(text, sizeof(text), f))
		digest_bytes(text, strcspn(text, "\n"), ret);
	fclose(f);
}

static char *join_argv(char *const *argv, size_t *ret_len)
{
	char *text = malloc(ARGV_RECORD_MAX);
	size_t at = 0;

	for (size_t i = 0; text && argv[i]; i++) {
		size_t n = strlen(argv[i]) + 1;

		if (n > ARGV_RECORD_MAX - at)
			break;
		memcpy(text + at, argv[i], n);
		at += n;
	}
	*ret_len = at;
	return text;
}

int record_open(const struct run_options *o, const char *uuid,
		struct store **ret, struct ef_err *err)
{
	auto_free char *argv = NULL, *cwd = getcwd(NULL, 0);
	struct session_start start = { .name = o->name ? o->name : "",
				       .tags = o->tags ? o->tags : "",
				       .cwd = cwd ? cwd : "",
				       .version = VERSION,
				       .mode = o->mode };
	struct store_options so = { .path = o->db_path,
				    .state_dir = o->state_dir };

	argv = join_argv(o->argv, &start.argv_len);
	if (!argv)
		return err_set(err, ENOMEM, "out of memory");
	start.argv = argv;
	start.started_ms = clock_wall_ms();
	memcpy(start.uuid, uuid, sizeof(start.uuid));
	make_host_id(start.host_id);
	return store_open(&so, &start, ret, err);
}
