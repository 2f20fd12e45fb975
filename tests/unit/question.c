/* SPDX-License-Identifier: MIT */
/* Questions: which are forwarded, which get a placeholder, which nothing. */
#include "gate/question.h"

#include "fakes/policy.h"
#include "tap.h"
#include "wire/dns.h"

static struct policy *policy;
static struct dname search[2];
static struct question_context context;
static enum reason reason;
static const struct rule *rule;

static enum plan plan_type(const char *name, uint16_t qtype)
{
	struct dname n;

	if (dname_from_text(name, &n))
		return PLAN_FAIL;
	return question_plan(policy, &n, qtype, &context, &reason, &rule);
}

static enum plan plan(const char *name)
{
	return plan_type(name, DNS_A);
}

static void reset(void)
{
	policy = fake_policy_reset();
	fake_policy_name("api.example.com");
	fake_policy_name("*.pkg.test");
	fake_policy_name("db");
	fake_policy_name("printer.local");
	fake_policy_net("192.0.2.0", 24);
	dname_from_text("corp.example", &search[0]);
	dname_from_text("example.com", &search[1]);
	context = (struct question_context){ .mode = MODE_ENFORCE,
					     .search = search,
					     .n_search = 2,
					     .placeholders = true };
}

static void test_rules(void)
{
	reset();
	ok(plan("api.example.com") == PLAN_FORWARD && reason == REASON_RULE);
	ok(rule && !strcmp(rule->text, "api.example.com"));
	ok(plan("a.b.pkg.test") == PLAN_FORWARD);
	ok(plan("db") == PLAN_FORWARD);
	ok(plan("printer.local") == PLAN_FORWARD);
	ok(plan("pkg.test") == PLAN_PLACEHOLDER && reason == REASON_NO_RULE &&
	   !rule);
	ok(plan_type("other.test", DNS_AAAA) == PLAN_PLACEHOLDER);
}

static void test_types(void)
{
	reset();
	ok(plan_type("api.example.com", 65) == PLAN_FORWARD);
	ok(plan_type("api.example.com", 257) == PLAN_FORWARD);
	ok(plan_type("api.example.com", 255) == PLAN_NOT_IMPLEMENTED);
	ok(reason == REASON_QTYPE);
	ok(plan_type("api.example.com", 252) == PLAN_NOT_IMPLEMENTED);
	ok(plan_type("api.example.com", 10) == PLAN_NOT_IMPLEMENTED);
	ok(plan_type("api.example.com", 65280) == PLAN_NOT_IMPLEMENTED);
}

static void test_reserved(void)
{
	static const char *const names[] = { "web",	  "a.local",
					     "b.onion",	  "c.home.arpa",
					     "home.arpa", "x.localhost" };

	reset();
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		ok(plan(names[i]) == PLAN_NO_NAME &&
		   reason == REASON_RESERVED_NAME);
	ok(plan("local.test") == PLAN_PLACEHOLDER);
}

static void test_search(void)
{
	reset();
	/* "api.example.com" is what was meant; "web" may be a host here. */
	ok(plan("api.example.com.corp.example") == PLAN_NO_NAME);
	ok(reason == REASON_RESERVED_NAME);
	ok(plan("web.corp.example") == PLAN_NO_NAME);
	ok(plan("web.example.com") == PLAN_NO_NAME);
	ok(plan("a.web.corp.example") == PLAN_PLACEHOLDER);
	ok(plan("corp.example") == PLAN_PLACEHOLDER);
	context.n_search = 0;
	ok(plan("web.corp.example") == PLAN_PLACEHOLDER);
}

static void test_reverse(void)
{
	reset();
	ok(plan_type("7.2.0.192.in-addr.arpa", DNS_PTR) == PLAN_FORWARD);
	ok(plan_type("7.3.0.192.in-addr.arpa", DNS_PTR) == PLAN_NO_NAME);
	ok(plan_type("7.2.0.192.in-addr.arpa", DNS_A) == PLAN_PLACEHOLDER);
	ok(plan_type("api.example.com", DNS_PTR) == PLAN_FORWARD);
}

static void test_odd_names(void)
{
	struct dname n;

	reset();
	/* One label "a.b": below the wildcard by its labels, yet no match. */
	ok(!dname_from_wire("\3a.b\3pkg\4test", 14, &n));
	ok(question_plan(policy, &n, DNS_A, &context, &reason, &rule) ==
	   PLAN_NO_NAME);
	ok(reason == REASON_MALFORMED && !rule);
	ok(!dname_from_wire("\3a\0b\3pkg\4test", 14, &n));
	ok(question_plan(policy, &n, DNS_A, &context, &reason, &rule) ==
	   PLAN_NO_NAME);
	ok(!dname_from_wire("", 1, &n));
	ok(question_plan(policy, &n, 2, &context, &reason, &rule) == PLAN_NO_NAME);
	ok(reason == REASON_RESERVED_NAME);
}

static void test_modes(void)
{
	reset();
	context.mode = MODE_ASK;
	ok(plan("other.test") == PLAN_PLACEHOLDER);
	context.mode = MODE_AUDIT;
	ok(plan("other.test") == PLAN_FORWARD && reason == REASON_NO_RULE);
	ok(plan("web") == PLAN_FORWARD && reason == REASON_RESERVED_NAME);
	context.mode = MODE_LEARN;
	ok(plan("other.test") == PLAN_FORWARD);
	context.mode = MODE_ALLOW_ALL;
	ok(plan("other.test") == PLAN_FORWARD && reason == REASON_ALLOW_ALL);
	ok(plan("api.example.com") == PLAN_FORWARD && reason == REASON_RULE);
	context.mode = MODE_ENFORCE;
	context.placeholders = false;
	ok(plan("other.test") == PLAN_NO_NAME);
	context.placeholders = true;
	fake_policy_settings()->placeholders = false;
	ok(plan("other.test") == PLAN_NO_NAME && reason == REASON_NO_RULE);
	fake_policy_settings()->default_policy = VERDICT_ALLOW;
	ok(plan("other.test") == PLAN_FORWARD && reason == REASON_DEFAULT_ALLOW);
}

int main(void)
{
	test_rules();
	test_types();
	test_reserved();
	test_search();
	test_reverse();
	test_odd_names();
	test_modes();
	return done();
}
