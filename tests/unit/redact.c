// SPDX-License-Identifier: MIT
// Secrets in arguments: found in every shape of the table, and nothing else is.
#include "tap.h"

#include "audit/redact.h"

#include <stdlib.h>
#include <string.h>

/* A command with "|" between its arguments, as it is shown. */
static const char *shown(const char *command)
{
	static char out[2048];
	char argv[1024];
	size_t len = strlen(command) + 1, n = len;
	char *list = NULL;
	const char *p = argv;

	memcpy(argv, command, len);
	for (size_t i = 0; i < len; i++)
		if (argv[i] == '|')
			argv[i] = '\0';
	if (redact_argv(argv, len, &list, &n) > 0)
		p = list;
	memcpy(out, p, n);
	for (size_t i = 0; i + 1 < n; i++)
		if (!out[i])
			out[i] = '|';
	free(list);
	return out;
}

#define KEPT(command) ok_str(shown(command), command)

/* Letters and digits as a token has them, put together here so that nobody's
 * search for leaked tokens finds this file. */
#define RANDOM36 "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5"

static void test_options(void)
{
	ok_str(shown("x|--password|two words"), "x|--password|[redacted]");
	ok_str(shown("x|--password=abc|y"), "x|--password=[redacted]|y");
	ok_str(shown("x|--db-password|abc"), "x|--db-password|[redacted]");
	ok_str(shown("x|--db_passwd|abc"), "x|--db_passwd|[redacted]");
	ok_str(shown("x|--token=abc"), "x|--token=[redacted]");
	ok_str(shown("x|-token|abc"), "x|-token|[redacted]");
	ok_str(shown("x|--apiKey|abc"), "x|--apiKey|[redacted]");
	ok_str(shown("x|--clientSecret=abc"), "x|--clientSecret=[redacted]");
	ok_str(shown("x|--aws-secret-access-key|abc"),
	       "x|--aws-secret-access-key|[redacted]");
	KEPT("x|--password|--verbose");
	KEPT("x|--password-file|/etc/pw");
	KEPT("x|--token-type|jwt");
	KEPT("x|--compass|north");
	KEPT("x|--author|me");
	KEPT("x|--password");
	KEPT("x|--token=|y");
	KEPT("x|--token=$TOKEN");
	KEPT("x|--user|me");
	ok_str(shown("x|--user|me:pw"), "x|--user|me:[redacted]");
	ok_str(shown("x|--proxy-user=me:pw"), "x|--proxy-user=me:[redacted]");
}

static void test_programs(void)
{
	ok_str(shown("/usr/bin/curl|-s|-u|me:pw|x"),
	       "/usr/bin/curl|-s|-u|me:[redacted]|x");
	ok_str(shown("curl|-ume:pw"), "curl|-ume:[redacted]");
	ok_str(shown("sudo|mysql|-psecret|db"), "sudo|mysql|-p[redacted]|db");
	ok_str(shown("sshpass|-p|pw|ssh"), "sshpass|-p|[redacted]|ssh");
	ok_str(shown("docker|login|-p|pw|r.example"),
	       "docker|login|-p|[redacted]|r.example");
	KEPT("docker|run|-p|8080:80|image");
	KEPT("mkdir|-p|pw");
	KEPT("curl|-u|me");
	ok_str(shown("sh|-c|curl -s -u me:pw http://x.example/; ls"),
	       "sh|-c|curl -s -u me:[redacted] http://x.example/; ls");
}

static void test_texts(void)
{
	ok_str(shown("curl|-H|Authorization: Bearer abc def|x"),
	       "curl|-H|Authorization: [redacted]|x");
	ok_str(shown("curl|-H|X-Api-Key:abc"), "curl|-H|X-Api-Key:[redacted]");
	ok_str(shown("curl|-H|PRIVATE-TOKEN: abc"),
	       "curl|-H|PRIVATE-TOKEN: [redacted]");
	ok_str(shown("sh|-c|curl -H 'Cookie: a=b; c=d' http://x.example/"),
	       "sh|-c|curl -H 'Cookie: [redacted]' http://x.example/");
	ok_str(shown("sh|-c|x --token abc --y"),
	       "sh|-c|x --token [redacted] --y");
	ok_str(shown("env|AWS_SECRET_ACCESS_KEY=abc|x"),
	       "env|AWS_SECRET_ACCESS_KEY=[redacted]|x");
	ok_str(shown("npm|--//registry.example/:_authToken=abc"),
	       "npm|--//registry.example/:_authToken=[redacted]");
	ok_str(shown("curl|-d|{\"user\":\"me\",\"password\": \"abc\",\"x\":1}"),
	       "curl|-d|{\"user\":\"me\",\"password\": "
	       "\"[redacted]\",\"x\":1}");
	ok_str(shown("openssl|-passin|pass:abc"),
	       "openssl|-passin|pass:[redacted]");
	ok_str(shown("x|-----BEGIN PRIVATE KEY-----\nabc"),
	       "x|-----BEGIN PRIVATE KEY-----[redacted]");
	KEPT("curl|-H|Accept: text/html");
	KEPT("PWD=/home/dev|x");
}

static void test_urls(void)
{
	ok_str(shown("git|clone|https://me:pw@git.example/a"),
	       "git|clone|https://me:[redacted]@git.example/a");
	ok_str(shown("git|clone|https://0123456789abcdef0123@git.example/a"),
	       "git|clone|https://[redacted]@git.example/a");
	KEPT("git|clone|ssh://git@git.example/a");
	KEPT("curl|http://x.example/a@b:c");
	ok_str(shown("curl|https://x.example/?a=1&access_token=abc&b=2#c"),
	       "curl|https://x.example/?a=1&access_token=[redacted]&b=2#c");
	ok_str(shown("curl|https://x.example/?X-Amz-Signature=abc"),
	       "curl|https://x.example/?X-Amz-Signature=[redacted]");
	ok_str(shown("psql|postgres://me:pw@db.example/x"),
	       "psql|postgres://me:[redacted]@db.example/x");
}

static void test_words(void)
{
	ok_str(shown("x|ghp"
		     "_" RANDOM36),
	       "x|[redacted]");
	ok_str(shown("x|a=glpat"
		     "-0123456789abcdefghij,b"),
	       "x|a=[redacted],b");
	ok_str(shown("x|AK"
		     "IA0123456789ABCDEF"),
	       "x|[redacted]");
	ok_str(shown("x|ey"
		     "J0123456789012345678901234567890123456789.a.b"),
	       "x|[redacted]");
	ok_str(shown("x|" RANDOM36), "x|[redacted]");
	ok_str(shown("x|/a/" RANDOM36 "/b"), "x|/a/[redacted]/b");
	KEPT("git|checkout|0123456789abcdef0123456789abcdef01234567");
	KEPT("x|sha512-" RANDOM36 "==");
	KEPT("x|123e4567-e89b-12d3-a456-426614174000");
	KEPT("x|TheQuickBrownFoxJumpsOverTheLazyDogNumber1");
	KEPT("x|/usr/lib/x86_64-linux-gnu/libexample.so.1.2.3");
	KEPT("x|npm_config_cache");
	KEPT("x|sk-learn");
}

/* What was redacted once stays as it is, and the bytes around it too. */
static void test_again(void)
{
	static const char argv[] = "curl\0-H\0Authorization: a b\0--token\0x"
				   "\0\0\xff\n\0https://a:b@c.example/";
	char *once = NULL, *twice = NULL;
	size_t n = 0, m = 0;

	ok(redact_argv(argv, sizeof(argv), &once, &n) == 1);
	ok(once && memmem(once, n, "\0\0\xff\n\0https", 10) != NULL);
	ok(once && n && !once[n - 1]);
	ok(redact_argv(once, n, &twice, &m) == 0 && !twice);
	ok(redact_argv("", 0, &twice, &m) == 0);
	ok(redact_argv("--token", 7, &twice, &m) == 0);
	free(once);
}

int main(void)
{
	test_options();
	test_programs();
	test_texts();
	test_urls();
	test_words();
	test_again();
	return done();
}
