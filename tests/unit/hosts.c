// SPDX-License-Identifier: MIT
// What is known of names without asking anybody: shared hosts, suffixes,
// labels that programs make up.
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "learn/generated.h"
#include "learn/notes.h"
#include "learn/shared.h"
#include "learn/suffix.h"

static struct dname name_of(const char *text)
{
	struct dname n;

	if (dname_from_text(text, &n) < 0)
		abort();
	return n;
}

static void test_generated(void)
{
	static const char *const yes[] = {
		"img7",
		"shard-12",
		"web0",
		"a1",
		"node1234",
		"deadbeef0",
		"0123456789abcdef",
		"ip-10-0-0-1",
		"123e4567-e89b-12d3-a456-426614174000",
		"us-east-1",
		"eu-west-3",
		"europe-west4",
		"ap-southeast-2",
		"us-gov-west-1",
	};
	static const char *const no[] = {
		"api",
		"registry",
		"deadbeef",
		"12345678",
		"f00d",
		"feed",
		"codeload",
		"node12345",
		"7img",
		"img-",
		"a-b-1",
		"ip-10-0-0",
		"ip-10-0-0-",
		"ip-10-0-0-1-2",
		"us-east",
		"",
		"123e4567-e89b-12d3-a456-42661417400",
		"xn--bcher-kva",
	};

	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		printf("# %s\n", yes[i]);
		ok(label_is_generated(yes[i], strlen(yes[i])));
	}
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
		printf("# %s\n", no[i]);
		ok(!label_is_generated(no[i], strlen(no[i])));
	}
}

static const struct {
	const char *name;
	enum shared_kind kind;
	bool has, is_above;
} shared[] = {
	{ "example.com", SHARED_NOT, false, false },
	{ "blob.core.windows.net", SHARED_TENANTS, true, false },
	{ "acme.blob.core.windows.net", SHARED_TENANTS, false, false },
	{ "core.windows.net", SHARED_TENANTS, false, true },
	{ "windows.net", SHARED_TENANTS, true, true },
	{ "net", SHARED_NOT, false, true },
	{ "s3.eu-west-1.amazonaws.com", SHARED_TENANTS, true, false },
	{ "x.execute-api.eu-west-1.amazonaws.com", SHARED_TENANTS, false, false },
	{ "eu-west-1.amazonaws.com", SHARED_TENANTS, false, true },
	{ "notwindows.net", SHARED_NOT, false, false },
	{ "pastebin.com", SHARED_PASTE, true, false },
	{ "a.b.ngrok.io", SHARED_TUNNEL, false, false },
	{ "hooks.slack.com", SHARED_HOOK, false, false },
};

static void test_shared(void)
{
	enum shared_kind kind;
	size_t n = 0;

	for (size_t i = 0; i < sizeof(shared) / sizeof(shared[0]); i++) {
		struct dname name = name_of(shared[i].name);

		printf("# %s\n", shared[i].name);
		ok(shared_kind_of(&name) == shared[i].kind);
		ok(shared_has(&name) == shared[i].has);
		ok(shared_is_above(&name) == shared[i].is_above);
	}
	/* Each entry is written as names are, and stands for itself alone. */
	for (const char *e; (e = shared_entry(n, &kind)); n++) {
		char text[128];
		struct dname name;
		size_t same = 0;

		snprintf(text, sizeof(text), "%s", e);
		for (char *p = text; *p; p++)
			if (*p == '*')
				*p = 'x';
		for (const char *o, *at = e; (o = shared_entry(same, &kind));)
			if (o != at && !strcmp(o, e))
				break;
			else
				same++;
		ok(dname_from_text(text, &name) == 0 && shared_has(&name) &&
		   !shared_entry(same, &kind));
	}
	ok(n >= 60);
}

static void test_suffixes(void)
{
	char path[] = "/tmp/ef-psl-XXXXXX";
	struct suffixes *s = NULL;
	struct ef_err err = { 0 };
	struct dname a = name_of("a.b.github.io"), site, want;
	int fd = mkstemp(path);

	if (suffixes_open("builtin", &s, &err) < 0) {
		skip(err.msg);
		return;
	}
	want = name_of("b.github.io");
	ok(suffixes_site(s, &a, &site) && dname_equal(&site, &want));
	a = name_of("github.io");
	ok(suffixes_has(s, &a) && !suffixes_site(s, &a, &site));
	a = name_of("example.co.uk");
	ok(!suffixes_has(s, &a) && suffixes_site(s, &a, &site));
	ok(strlen(suffixes_date(s)) >= 10);
	suffixes_free(s);
	s = NULL;

	/* A list of one's own. */
	if (fd < 0 || write(fd, "com\nexample.com\n", 16) != 16)
		abort();
	close(fd);
	ok(suffixes_open(path, &s, &err) == 0);
	a = name_of("example.com");
	ok(s && suffixes_has(s, &a));
	suffixes_free(s);
	unlink(path);
	ok(suffixes_open(path, &s, &err) < 0);
	ok(strstr(err.msg, "--psl") != NULL);
}

static void test_notes(void)
{
	unsigned int set = NOTE_RAW | NOTE_MAIL;
	struct dname n = name_of("metadata.google.internal");
	struct addr a;

	ok(note_next(&set) == NOTE_RAW);
	ok(note_next(&set) == NOTE_MAIL);
	ok(note_next(&set) == 0);
	ok(danger_of_name(&n) != NULL);
	n = name_of("x.metadata.google.internal");
	ok(danger_of_name(&n) == NULL);
	ok(note_is_reserved(&n));
	n = name_of("test.example.com");
	ok(!note_is_reserved(&n));
	ok(notes_of_port(25) == NOTE_MAIL && notes_of_port(443) == 0);
	ok(notes_of_port(49151) == 0 && notes_of_port(49152) == NOTE_NEW_PORT);
	ok(addr_parse("169.254.1.1", &a) == 0 && danger_of_addr(&a) != NULL);
	ok(addr_parse("fd00:ec2::254", &a) == 0 && danger_of_addr(&a) != NULL);
	ok(addr_parse("100.100.100.200", &a) == 0 && danger_of_addr(&a) != NULL);
	ok(addr_parse("168.63.129.16", &a) == 0 && danger_of_addr(&a) != NULL);
	ok(addr_parse("fe80::1", &a) == 0 && danger_of_addr(&a) != NULL);
	ok(addr_parse("192.0.2.1", &a) == 0 && danger_of_addr(&a) == NULL);
}

int main(void)
{
	test_generated();
	test_shared();
	test_suffixes();
	test_notes();
	return done();
}
