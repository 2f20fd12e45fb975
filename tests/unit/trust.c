/* SPDX-License-Identifier: MIT */
/* Accepted files: exactly these bytes at this place, and only while ours. */
#include "policy/trust.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	fputs(text, f);
	fclose(f);
}

static bool is_accepted(const char *path, const char *text)
{
	return trust_is_accepted("state", path, text, strlen(text));
}

static int accept_text(const char *path, const char *text)
{
	return trust_accept("state", path, text, strlen(text), NULL);
}

static void test_digest(void)
{
	char digest[TRUST_DIGEST_TEXT];

	/* FIPS 180-2, appendix B.1 */
	ok(trust_digest("abc", 3, digest) == 0);
	ok_str(digest, "ba7816bf8f01cfea414140de5dae2223"
		       "b00361a396177a9cb410ff61f20015ad");
}

static void test_accept(void)
{
	struct stat st;

	ok(!is_accepted("a.yaml", "one"));
	ok(accept_text("a.yaml", "one") == 0);
	ok(is_accepted("a.yaml", "one"));
	ok(is_accepted("./sub/../a.yaml", "one"));
	ok(is_accepted("link.yaml", "one"));
	ok(!is_accepted("a.yaml", "two"));
	ok(!is_accepted("b.yaml", "one"));
	ok(!is_accepted("none.yaml", "one"));
	ok(stat("state/trusted", &st) == 0 && (st.st_mode & 0777) == 0600);
	/* new content takes the old one back */
	ok(accept_text("a.yaml", "two") == 0);
	ok(is_accepted("a.yaml", "two") && !is_accepted("a.yaml", "one"));
	ok(accept_text("b.yaml", "") == 0 && is_accepted("b.yaml", ""));
	ok(accept_text("none.yaml", "x") == -ENOENT);
	ok(trust_accept("none", "a.yaml", "x", 1, NULL) == -ENOENT);
}

static void test_list(void)
{
	struct trust_list *l = NULL, *before = NULL;
	struct ef_err err = { 0 };

	ok(trust_read("state", &l, &err) == 0 && trust_list_n(l) == 2);
	ok(strstr(trust_list_entry(l, 0)->path, "/a.yaml") != NULL);
	trust_list_free(l);
	ok(trust_remove("state", "a.yaml", &err) == 1);
	ok(trust_remove("state", "a.yaml", &err) == 0);
	ok(!is_accepted("a.yaml", "two") && is_accepted("b.yaml", ""));
	ok(trust_read("state", &before, &err) == 0);
	ok(accept_text("a.yaml", "one") == 0);
	ok(accept_text("b.yaml", "other") == 0);
	ok(trust_strike_new("state", before, &err) == 2);
	ok(!is_accepted("a.yaml", "one") && !is_accepted("b.yaml", "other"));
	ok(trust_strike_new("state", before, &err) == 0);
	trust_list_free(before);
	trust_list_free(NULL);
}

/* Nothing that was done to the list or its folder keeps what is new. */
static void test_strike(void)
{
	struct trust_list *before = NULL;
	struct ef_err err = { 0 };

	/* There was no list, and perhaps no folder. */
	ok(accept_text("a.yaml", "one") == 0);
	ok(trust_strike_new("state", NULL, &err) == 1);
	ok(!is_accepted("a.yaml", "one"));
	ok(trust_strike_new("none", NULL, &err) == 0);
	ok(accept_text("a.yaml", "one") == 0);
	ok(trust_read("state", &before, &err) == 0 && trust_list_n(before) == 1);
	ok(accept_text("b.yaml", "two") == 0 && chmod("state/trusted", 0620) == 0);
	ok(trust_strike_new("state", before, &err) == -EBADMSG);
	ok(is_accepted("a.yaml", "one") && !is_accepted("b.yaml", "two"));
	ok(accept_text("b.yaml", "two") == 0 && chmod("state", 0500) == 0);
	ok(trust_strike_new("state", before, &err) == 1);
	ok(is_accepted("a.yaml", "one") && !is_accepted("b.yaml", "two"));
	/* A name that cannot be written over: the list goes. */
	ok(accept_text("b.yaml", "two") == 0);
	ok(mkdir("state/trusted.new", 0700) == 0);
	ok(trust_strike_new("state", before, &err) == -EEXIST);
	ok(strstr(err.msg, "removed") != NULL);
	ok(access("state/trusted", F_OK) < 0);
	rmdir("state/trusted.new");
	trust_list_free(before);
}

static void test_damage(void)
{
	struct trust_list *l = NULL;
	struct ef_err err = { 0 };

	ok(accept_text("a.yaml", "one") == 0);
	ok(chmod("state/trusted", 0620) == 0);
	ok(!is_accepted("a.yaml", "one"));
	ok(trust_read("state", &l, &err) == -EPERM);
	ok(chmod("state/trusted", 0600) == 0);
	ok(is_accepted("a.yaml", "one"));
	write_file("state/trusted", "zz /a\n");
	ok(trust_read("state", &l, &err) == -EBADMSG);
	ok(accept_text("a.yaml", "one") == -EBADMSG);
	unlink("state/trusted");
	ok(symlink("../a.yaml", "state/trusted") == 0);
	ok(trust_read("state", &l, &err) == -ELOOP);
	unlink("state/trusted");
	ok(accept_text("a.yaml", "one") == 0);
}

int main(void)
{
	char dir[] = "/tmp/trust-test-XXXXXX";

	if (!mkdtemp(dir) || chdir(dir) < 0 || mkdir("state", 0700) < 0 ||
	    mkdir("sub", 0700) < 0 || symlink("a.yaml", "link.yaml") < 0) {
		printf("Bail out! no folder to work in\n");
		return 1;
	}
	write_file("a.yaml", "");
	write_file("b.yaml", "");
	test_digest();
	test_accept();
	test_list();
	test_strike();
	test_damage();
	unlink("state/trusted");
	unlink("link.yaml");
	unlink("a.yaml");
	unlink("b.yaml");
	rmdir("state");
	rmdir("sub");
	if (chdir("/") == 0)
		rmdir(dir);
	return done();
}
