/* SPDX-License-Identifier: MIT */
/* The fields of the filter language, and what their values mean. */
#include <ctype.h>
#include <errno.h>
#include <libpsl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "audit/filter_impl.h"

static const struct {
	const char *name;
	enum field_kind kind;
	const char *choices;
} fields[N_FIELDS] = {
	[FIELD_WORD] = { "", KIND_TEXT, "" },
	[FIELD_VERDICT] = { "verdict", KIND_CHOICE, "allow deny held would" },
	[FIELD_HOST] = { "host", KIND_TEXT, "" },
	[FIELD_SITE] = { "site", KIND_SITE, "" },
	[FIELD_IP] = { "ip", KIND_IP, "" },
	[FIELD_PORT] = { "port", KIND_NUMBER, "" },
	[FIELD_PROTO] = { "proto", KIND_CHOICE,
			  "tcp udp icmp unix unix-dgram netlink none" },
	[FIELD_NAME] = { "name", KIND_CHOICE, "dns hosts sni none placeholder" },
	[FIELD_PID] = { "pid", KIND_NUMBER, "" },
	[FIELD_PPID] = { "ppid", KIND_NUMBER, "" },
	[FIELD_EXE] = { "exe", KIND_TEXT, "" },
	[FIELD_COMM] = { "comm", KIND_TEXT, "" },
	[FIELD_CMD] = { "cmd", KIND_TEXT, "" },
	[FIELD_CWD] = { "cwd", KIND_TEXT, "" },
	[FIELD_USER] = { "user", KIND_USER, "" },
	[FIELD_RULE] = { "rule", KIND_TEXT, "" },
	[FIELD_LINE] = { "line", KIND_NUMBER, "" },
	[FIELD_REASON] = { "reason", KIND_TEXT, "" },
	[FIELD_RISK] = { "risk", KIND_CHOICE,
			 "danger raw private mail high-port none" },
	[FIELD_SESSION] = { "session", KIND_TEXT, "" },
	[FIELD_MODE] = { "mode", KIND_CHOICE,
			 "enforce audit learn ask allow-all" },
	[FIELD_STAGE] = { "stage", KIND_CHOICE,
			  "dns connect send listen join socket syscall" },
	[FIELD_TIME] = { "time", KIND_TIME, "" },
	[FIELD_N] = { "n", KIND_NUMBER, "" },
	[FIELD_MARKED] = { "marked", KIND_YES_NO, "yes no" },
};

const char *filter_field(unsigned int i)
{
	return i + 1 < N_FIELDS ? fields[i + 1].name : NULL;
}

enum field_kind filter_kind(enum field field)
{
	return fields[field].kind;
}

const char *filter_choices(enum field field)
{
	return fields[field].choices;
}

enum field filter_find_field(const char *name, size_t len)
{
	int f = FIELD_VERDICT;

	while (f < N_FIELDS && (strlen(fields[f].name) != len ||
				strncasecmp(fields[f].name, name, len) != 0))
		f++;
	return (enum field)f;
}

static bool read_number(const char *p, const char **ret_end, int64_t *ret)
{
	char *end;

	if (!isdigit((unsigned char)*p))
		return false;
	errno = 0;
	*ret = strtoll(p, &end, 10);
	*ret_end = end;
	return !errno;
}

static const char *number_value(struct value *v)
{
	const char *p;

	if (!read_number(v->text, &p, &v->from))
		return "this field takes a number, a range such as 1000-2000, "
		       "or a list";
	v->to = v->from;
	if (*p == '-' && (!read_number(p + 1, &p, &v->to) || v->to < v->from))
		return "a range goes from the smaller number to the larger";
	return *p ? "a number is expected here" : NULL;
}

static const char *choice_value(enum field field, const struct value *v)
{
	const char *p = fields[field].choices;
	size_t n = strlen(v->text);

	for (; *p; p += strcspn(p, " "), p += *p == ' ')
		if (strcspn(p, " ") == n && !strncmp(p, v->text, n))
			return NULL;
	return "no such word here";
}

static const char *ip_value(struct value *v)
{
	char text[ADDR_TEXT_MAX];
	const char *slash = strchr(v->text, '/');
	size_t n = slash ? (size_t)(slash - v->text) : strlen(v->text);
	const char *end;
	int64_t bits;

	v->net.family = ADDR_NONE;
	if (n >= sizeof(text))
		return "no address";
	memcpy(text, v->text, n);
	text[n] = '\0';
	if (addr_parse(text, &v->net) < 0 || v->net.port) {
		v->net.family = ADDR_NONE;
		return slash ? "this is no address before the '/'" : NULL;
	}
	v->bits = v->net.family == ADDR_IP4 ? 32 : 128;
	if (!slash)
		return NULL;
	if (!read_number(slash + 1, &end, &bits) || *end || bits > v->bits)
		return "the prefix length is a number up to 32 or 128";
	v->bits = (unsigned int)bits;
	return NULL;
}

static const char *user_value(struct value *v)
{
	const char *p;
	const struct passwd *pw;

	if (read_number(v->text, &p, &v->from) && !*p) {
		v->to = v->from;
		return NULL;
	}
	pw = getpwnam(v->text);
	if (!pw)
		return "there is no such user here; a number works for any";
	v->from = v->to = (int64_t)pw->pw_uid;
	return NULL;
}

/*
 * A site is a registrable domain and all below it: a name stands for the one
 * it belongs to. A public suffix belongs to none and stands for itself and all
 * below. The list is the one built into the library: the same everywhere, and
 * nothing is read.
 */
static void site_value(struct value *v)
{
	const psl_ctx_t *list = psl_builtin();
	const char *site = list ? psl_registrable_domain(list, v->text) : NULL;

	if (site)
		v->text = site;
}

const char *filter_value(enum field field, enum op op, int64_t now_ms,
			 struct value *v)
{
	bool is_order = op >= OP_GT;

	switch (filter_kind(field)) {
	case KIND_NUMBER:
		if (is_order && strchr(v->text, '-'))
			return "a range cannot be compared";
		return number_value(v);
	case KIND_CHOICE:
	case KIND_YES_NO:
		return choice_value(field, v);
	case KIND_IP:
		return ip_value(v);
	case KIND_USER:
		return user_value(v);
	case KIND_TIME:
		if (filter_time(v->text, now_ms, &v->from, &v->to) < 0)
			return "a time is 14:02, 2026-11-23, "
			       "2026-11-23T14:02 or -10m";
		if (v->to > v->from)
			v->to--;
		return NULL;
	case KIND_SITE:
		site_value(v);
		return NULL;
	case KIND_TEXT:
	default:
		return NULL;
	}
}

/*
 * glibc compiles repetitions by copying, and matches back-references by
 * trying: both are bounded here, since an expression may come from anywhere.
 */
const char *filter_regex_problem(const char *text)
{
	bool is_repeated = false;
	int64_t copies = 1;

	if (strlen(text) > FILTER_REGEX_MAX)
		return "the expression is too long";
	for (const char *p = text; *p; p++) {
		int64_t n;

		if (*p == '\\') {
			p++;
			if (isdigit((unsigned char)*p))
				return "back-references are not taken";
			if (!*p)
				break;
			is_repeated = false;
			continue;
		}
		/* A repeated repetition doubles with each sign. */
		if (strchr("+*?{", *p) && is_repeated)
			return "a repetition of a repetition is not taken";
		is_repeated = strchr("+*?{", *p) != NULL;
		if (*p == '+' && p > text && p[-1] == ')')
			copies *= 2;
		if (copies > 1024)
			return "repetitions of more than 1024 in all are not "
			       "taken";
		if (*p != '{')
			continue;
		for (p++; isdigit((unsigned char)*p) || *p == ',';) {
			if (*p == ',') {
				p++;
				continue;
			}
			if (!read_number(p, &p, &n) || n > 64)
				return "a repetition of more than 64 is not "
				       "taken";
			copies *= n ? n : 1;
			if (copies > 1024)
				return "repetitions of more than 1024 in all "
				       "are not taken";
		}
		if (!*p)
			break;
	}
	return NULL;
}
