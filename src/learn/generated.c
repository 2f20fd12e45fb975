/* SPDX-License-Identifier: MIT */
/* Labels that programs make up. */
#include "learn/generated.h"

#include <string.h>

#define HEX_MIN	   8
#define DIGITS_MAX 4
#define LABEL_MAX  63

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_hex(const char *p, size_t n)
{
	size_t letters = 0, digits = 0;

	for (size_t i = 0; i < n; i++) {
		if (is_digit(p[i]))
			digits++;
		else if (p[i] >= 'a' && p[i] <= 'f')
			letters++;
		else
			return false;
	}
	return n >= HEX_MIN && letters && digits;
}

/* 8-4-4-4-12 hexadecimal digits (RFC 9562). */
static bool is_uuid(const char *p, size_t n)
{
	if (n != 36)
		return false;
	for (size_t i = 0; i < n; i++) {
		bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
		bool is_ok = is_dash ? p[i] == '-'
				     : is_digit(p[i]) ||
					       (p[i] >= 'a' && p[i] <= 'f');

		if (!is_ok)
			return false;
	}
	return true;
}

/* "ip-10-0-0-1": a word and four numbers. */
static bool is_address(const char *p, size_t n)
{
	size_t i = 3, numbers = 0;

	if (n < 10 || memcmp(p, "ip-", 3) != 0)
		return false;
	while (i < n) {
		size_t from = i;

		while (i < n && is_digit(p[i]))
			i++;
		if (i == from || i - from > 3)
			return false;
		numbers++;
		if (i < n && p[i++] != '-')
			return false;
	}
	return numbers == 4 && is_digit(p[n - 1]);
}

/* Letters, perhaps a hyphen, and a few digits. */
static bool is_numbered(const char *p, size_t n)
{
	size_t letters = 0, digits = 0;

	while (letters < n && is_letter(p[letters]))
		letters++;
	while (digits < n && is_digit(p[n - 1 - digits]))
		digits++;
	if (!letters || !digits || digits > DIGITS_MAX)
		return false;
	return letters + digits == n ||
	       (letters + digits + 1 == n && p[letters] == '-');
}

/* Take one word of a list off the front; how many bytes that are. */
static size_t take_word(const char *p, size_t n, const char *const *list)
{
	size_t longest = 0;

	for (; *list; list++) {
		size_t len = strlen(*list);

		if (len <= n && len > longest && !memcmp(p, *list, len))
			longest = len;
	}
	return longest;
}

/* "eu-west-1", "europe-west4", "eastus2": where, which side, a number. */
static bool is_region(const char *p, size_t n)
{
	static const char *const places[] = {
		"us",		"eu",	  "ap",	  "sa",	       "ca",
		"me",		"af",	  "il",	  "mx",	       "cn",
		"us-gov",	"europe", "asia", "australia", "northamerica",
		"southamerica", "africa", NULL
	};
	static const char *const sides[] = {
		"north",     "south",	  "east",      "west",	    "central",
		"northeast", "northwest", "southeast", "southwest", NULL
	};
	size_t i = take_word(p, n, places), side;

	if (!i || i == n || p[i] != '-')
		return false;
	i++;
	side = take_word(p + i, n - i, sides);
	i += side;
	if (i < n && p[i] == '-')
		i++;
	return side && i < n && n - i <= 2 && is_digit(p[i]) &&
	       is_digit(p[n - 1]);
}

bool label_is_generated(const char *label, size_t len)
{
	return len && len <= LABEL_MAX &&
	       (is_hex(label, len) || is_uuid(label, len) ||
		is_address(label, len) || is_numbered(label, len) ||
		is_region(label, len));
}
