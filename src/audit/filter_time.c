/* SPDX-License-Identifier: MIT */
/* Times as a person writes them. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "audit/filter.h"

#define AGE_MAX_MS (1000LL * 86400 * 365 * 100)

/* "10m" and the like: how long, or -1. */
static int64_t age_ms(const char *text)
{
	static const struct {
		char unit;
		int64_t ms;
	} units[] = { { 's', 1000 },
		      { 'm', 60 * 1000 },
		      { 'h', 3600 * 1000 },
		      { 'd', 86400LL * 1000 },
		      { 'w', 7 * 86400LL * 1000 } };
	char *end;
	long long n;

	if (!isdigit((unsigned char)*text) || strlen(text) > 12)
		return -1;
	n = strtoll(text, &end, 10);
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (*end == units[i].unit && !end[1] &&
		    n <= AGE_MAX_MS / units[i].ms)
			return n * units[i].ms;
	return -1;
}

/* Exactly n digits; the place after them, or NULL. */
static const char *digits(const char *p, int n, int *ret)
{
	*ret = 0;
	for (int i = 0; i < n; i++, p++) {
		if (!isdigit((unsigned char)*p))
			return NULL;
		*ret = *ret * 10 + (*p - '0');
	}
	return p;
}

/* "14:02" or "14:02:30" into tm; what follows, or NULL. */
static const char *clock_part(const char *p, struct tm *tm, int64_t *ret_span)
{
	p = digits(p, 2, &tm->tm_hour);
	if (!p || *p != ':')
		return NULL;
	p = digits(p + 1, 2, &tm->tm_min);
	*ret_span = 60 * 1000;
	if (p && *p == ':') {
		p = digits(p + 1, 2, &tm->tm_sec);
		*ret_span = 1000;
	}
	if (tm->tm_hour > 23 || tm->tm_min > 59 || tm->tm_sec > 60)
		return NULL;
	return p;
}

static const char *date_part(const char *p, struct tm *tm)
{
	p = digits(p, 4, &tm->tm_year);
	if (!p || *p != '-')
		return NULL;
	p = digits(p + 1, 2, &tm->tm_mon);
	if (!p || *p != '-')
		return NULL;
	p = digits(p + 1, 2, &tm->tm_mday);
	if (tm->tm_mon < 1 || tm->tm_mon > 12 || tm->tm_mday < 1 ||
	    tm->tm_mday > 31)
		return NULL;
	tm->tm_year -= 1900;
	tm->tm_mon -= 1;
	return p;
}

int filter_time(const char *text, int64_t now_ms, int64_t *ret_from,
		int64_t *ret_to)
{
	time_t now = (time_t)(now_ms / 1000), t;
	int64_t age = age_ms(*text == '-' ? text + 1 : text), span;
	struct tm tm = { 0 }, next;
	const char *p;
	bool is_utc, is_day = false;

	if (age >= 0) {
		*ret_from = *ret_to = now_ms - age;
		return 0;
	}
	localtime_r(&now, &tm);
	tm.tm_sec = 0;
	p = clock_part(text, &tm, &span);
	if (!p) {
		tm = (struct tm){ 0 };
		p = date_part(text, &tm);
		is_day = p && !*p;
		if (p && *p)
			p = toupper(*p) == 'T' ? clock_part(p + 1, &tm, &span)
					       : NULL;
	}
	if (!p)
		return -EINVAL;
	is_utc = toupper(*p) == 'Z' && !is_day;
	if (p[is_utc])
		return -EINVAL;
	tm.tm_isdst = -1;
	next = tm;
	next.tm_mday++;
	t = is_utc ? timegm(&tm) : mktime(&tm);
	*ret_from = (int64_t)t * 1000;
	*ret_to = is_day ? (int64_t)mktime(&next) * 1000 : *ret_from + span;
	return 0;
}
