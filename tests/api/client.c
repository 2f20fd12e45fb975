/* SPDX-License-Identifier: MIT */
/*
 * A client of the installed library, in the part of C that is also C++: it
 * includes nothing of this tree. Prints TAP.
 */
#include <egressfilter.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int n, failed;

static void check(int good, const char *what)
{
	failed += !good;
	printf("%sok %d - %s\n", good ? "" : "not ", ++n, what);
}

static const char good[] = "version: 1\n"
			   "domains:\n"
			   "  - pattern: \"api.example.com\"\n"
			   "    ports: [443]\n";
static const char bad[] = "version: 1\n"
			  "domian: []\n"
			  "domains:\n"
			  "  - pattern: \"https://api.example.com/\"\n";

struct told {
	int errors, lines;
};

static void tell(const struct ef_problem *problem, void *arg)
{
	struct told *told = (struct told *)arg;

	told->errors += problem->is_error;
	told->lines += problem->line > 0 && problem->text[0] != '\0' &&
		       strcmp(problem->path, "here") == 0;
}

static void check_policy(void)
{
	struct ef_policy *p = NULL;
	struct ef_error err = { 0, "" };
	struct told told = { 0, 0 };

	check(ef_policy_parse(good, strlen(good), "", NULL, NULL, &p, &err) == 0,
	      "a good policy");
	ef_policy_free(p);
	check(ef_policy_parse(bad, strlen(bad), "here", tell, &told, &p, &err) ==
		      -EINVAL,
	      "a bad policy");
	check(p == NULL && err.code == EINVAL && err.text[0] != '\0',
	      "... gives an error");
	check(told.errors == 2 && told.lines == 2, "... and all its problems");
	check(ef_policy_load("/nonexistent/policy", tell, &told, &p, NULL) ==
		      -ENOENT,
	      "a missing policy");
	ef_policy_free(NULL);
}

static void check_settings(void)
{
	struct ef_session *s = ef_session_new();
	struct ef_error err = { 0, "" };

	check(s != NULL, "a session");
	check(ef_session_set(s, EF_MODE, "audit", &err) == 0, "a setting");
	check(ef_session_set(s, EF_MODE, "loud", &err) == -EINVAL &&
		      strstr(err.text, "audit, learn or allow-all") != NULL,
	      "a wrong word says which are right");
	check(ef_session_set(s, EF_DNS_PORT, "65536", &err) == -EINVAL,
	      "a port out of range");
	check(ef_session_set(s, EF_TAG, "novalue", NULL) == -EINVAL,
	      "a tag without a value");
	check(ef_session_set(s, (enum ef_setting)999, "1", &err) == -EINVAL,
	      "an unknown setting");
	ef_session_free(s);
	ef_session_free(NULL);
}

/* Run a command; the exit code, or -1 when it is not what is reported. */
static int run(const char *record, const char *name, const char *arg)
{
	struct ef_policy *p = ef_policy_fixed(0);
	struct ef_session *s = ef_session_new();
	struct ef_error err = { 0, "" };
	char words[3][64];
	char *argv[4] = { words[0], words[1], words[2], NULL };
	int r, code;

	snprintf(words[0], sizeof(words[0]), "%s", name);
	snprintf(words[1], sizeof(words[1]), "-c");
	snprintf(words[2], sizeof(words[2]), "%s", arg);
	ef_session_set(s, EF_RECORD, record, NULL);
	ef_session_set(s, EF_WEAK, "1", NULL);
	r = ef_session_run(s, p, argv, &err);
	code = ef_session_exit_code(s);
	if (r < 0)
		printf("# %s\n", err.text);
	if (r == 0 && ef_session_number(s, EF_STARTED) != 1)
		code = -1;
	if (r == 0 && ef_session_run(s, p, argv, NULL) != -EBUSY)
		code = -1;
	ef_session_free(s);
	ef_policy_free(p);
	return code;
}

static void check_decision(void)
{
	struct ef_policy *p = NULL;
	struct ef_decision *d = NULL;
	struct ef_error err = { 0, "" };
	unsigned int line = 0;

	ef_policy_parse(good, strlen(good), "", NULL, NULL, &p, NULL);
	check(ef_decide(p, "api.example.com:443", &d, &err) == 0 &&
		      ef_decision_is_allowed(d) == 1,
	      "an allowed destination");
	check(ef_decision_rule(d, &line) != NULL && line == 3, "... its rule");
	ef_decision_free(d);
	check(ef_decide(p, "api.example.com:80", &d, &err) == 0 &&
		      ef_decision_is_allowed(d) == 0,
	      "a denied port");
	ef_policy_free(p); /* the decision holds what it needs */
	check(strcmp(ef_decision_rule(d, NULL), "api.example.com") == 0,
	      "... the nearest miss");
	check(ef_decision_reason(d)[0] != '\0' &&
		      strstr(ef_decision_explain(d), "line 3") != NULL,
	      "... and why");
	ef_decision_free(d);
	ef_decision_free(NULL);
	p = ef_policy_fixed(0);
	check(ef_decide(p, "https://api.example.com/", &d, &err) == -EINVAL &&
		      d == NULL && strstr(err.text, "URL") != NULL,
	      "not a destination");
	ef_policy_free(p);
}

/* After run(): what was recorded, from its start to its end. */
static void check_feed(const char *record)
{
	struct ef_feed *f = NULL;
	struct ef_error err = { 0, "" };
	const char *row;
	int rows = 0, started = 0, ended = 0, r;

	check(ef_feed_open(record, NULL, &f, &err) == 0, "a feed");
	while (f && (r = ef_feed_next(f, &row, &err)) == 1) {
		rows++;
		started += strstr(row, "\"session_start\"") != NULL;
		ended += strstr(row, "\"session_end\"") != NULL;
	}
	check(rows >= 2 && started == 1 && ended == 1,
	      "... has the start and the end of a session");
	check(f != NULL && ef_feed_next(f, &row, NULL) == -ENODATA,
	      "... and is over then");
	ef_feed_close(f);
	check(ef_feed_open(record, "ffffffff-ffff", &f, &err) == -ENOENT &&
		      f == NULL,
	      "no such session");
	check(ef_feed_open("/nonexistent/record", NULL, &f, &err) == -ENOENT,
	      "no such record");
	ef_feed_close(NULL);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	check(strchr(ef_version(), '.') != NULL, "a version");
	check_policy();
	check_decision();
	check_settings();
	check(run(argv[1], "sh", "exit 9") == 9, "the command's exit code");
	check(run(argv[1], "sh", "kill -9 $$") == 137, "its signal");
	check(run(argv[1], "no-such-program", "") == 127, "no such program");
	check(run(argv[1], "/dev/null", "") == 126, "not executable");
	check_feed(argv[1]);
	printf("1..%d\n", n);
	return failed != 0;
}
