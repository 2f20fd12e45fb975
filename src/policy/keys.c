/* SPDX-License-Identifier: MIT */
/* The table of policy file keys. */
#include "policy/keys.h"

#include <string.h>

#include "base/nearest.h"
#include "policy/policy.h"

#define FIELD(name)                                                            \
	.offset = offsetof(struct settings, name),                             \
	.size = sizeof(((struct settings *)0)->name)

#define WEEK_S 604800

/* The order is that of the enums and of false and true. */
static const char *const verdicts[] = { "deny", "allow", NULL };
static const char *const dns_modes[] = { "preserve", "system", NULL };
static const char *const dns_denials[] = { "nxdomain", "refused", NULL };
static const char *const listens[] = { "allow", "loopback", NULL };

_Static_assert(VERDICT_DENY == 0 && VERDICT_ALLOW == 1, "words of verdicts");
_Static_assert(DNS_PRESERVE == 0 && DNS_SYSTEM == 1, "words of dns.mode");
_Static_assert(DNS_DENIED_NXDOMAIN == 0 && DNS_DENIED_REFUSED == 1,
	       "words of dns.denied");

static const struct key keys[] = {
	{ .path = "version",
	  .type = KEY_NUMBER,
	  .min = 1,
	  .max = 1,
	  .fallback = "1",
	  .sentence = "version of this file format" },
	{ .path = "default_policy",
	  .type = KEY_WORD,
	  .words = verdicts,
	  .fallback = "deny",
	  .sentence = "what happens to a destination that no rule matches",
	  FIELD(default_policy) },
	{ .path = "domains",
	  .type = KEY_RULES,
	  .fallback = "[]",
	  .sentence = "rules on names" },
	{ .path = "domains[].pattern",
	  .type = KEY_PATTERN,
	  .is_required = true,
	  .sentence =
		  "a name, or \"*.\" and a name: one or more labels left of "
		  "it, never the name itself" },
	{ .path = "domains[].ports",
	  .type = KEY_PORTS,
	  .fallback = "null",
	  .sentence = "ports the rule allows, for TCP and UDP; null is every "
		      "port" },
	{ .path = "domains[].reason",
	  .type = KEY_TEXT,
	  .sentence = "why the rule is there; shown wherever the rule is" },
	{ .path = "domains[].allow_private",
	  .type = KEY_BOOL,
	  .fallback = "false",
	  .sentence = "whether a wildcard may lead to a private address" },
	{ .path = "ip_ranges",
	  .type = KEY_RULES,
	  .fallback = "[]",
	  .sentence = "rules on addresses" },
	{ .path = "ip_ranges[].cidr",
	  .type = KEY_CIDR,
	  .is_required = true,
	  .sentence = "a network in CIDR notation, or one address" },
	{ .path = "ip_ranges[].ports",
	  .type = KEY_PORTS,
	  .fallback = "null",
	  .sentence = "ports the rule allows, for TCP and UDP; null is every "
		      "port" },
	{ .path = "ip_ranges[].reason",
	  .type = KEY_TEXT,
	  .sentence = "why the rule is there; shown wherever the rule is" },
	{ .path = "dns", .type = KEY_MAP, .sentence = "how names are looked up" },
	{ .path = "dns.mode",
	  .type = KEY_WORD,
	  .words = dns_modes,
	  .fallback = "preserve",
	  .sentence = "preserve: the server the program asked answers if it is "
		      "trusted, else the first trusted one; system: the first "
		      "trusted server answers whatever was asked",
	  FIELD(dns_mode) },
	{ .path = "dns.servers",
	  .type = KEY_SERVERS,
	  .fallback = "[]",
	  .sentence = "resolvers to trust besides those of /etc/resolv.conf" },
	{ .path = "dns.strict_servers",
	  .type = KEY_BOOL,
	  .fallback = "false",
	  .sentence =
		  "whether questions to other resolvers are refused instead "
		  "of sent to a trusted one",
	  FIELD(strict_servers) },
	{ .path = "dns.placeholders",
	  .type = KEY_BOOL,
	  .fallback = "true",
	  .sentence = "whether a name no rule mentions is answered with a "
		      "placeholder address, so that the connection is seen and "
		      "denied with its port",
	  FIELD(placeholders) },
	{ .path = "dns.denied",
	  .type = KEY_WORD,
	  .words = dns_denials,
	  .fallback = "nxdomain",
	  .sentence = "the answer to a question that is denied",
	  FIELD(dns_denied) },
	{ .path = "dns.min_hold",
	  .type = KEY_NUMBER,
	  .min = 1,
	  .max = WEEK_S,
	  .fallback = "300",
	  .sentence = "seconds an address stays bound to its name at least",
	  FIELD(min_hold_s) },
	{ .path = "dns.max_hold",
	  .type = KEY_NUMBER,
	  .min = 1,
	  .max = WEEK_S,
	  .fallback = "3600",
	  .sentence = "seconds an address stays bound to its name at most",
	  FIELD(max_hold_s) },
	{ .path = "dns.allow_authoritative",
	  .type = KEY_RETIRED,
	  .sentence = "of an older program; has no effect" },
	{ .path = "unix_sockets",
	  .type = KEY_MAP,
	  .sentence = "rules on unix listeners outside the session" },
	{ .path = "unix_sockets.default",
	  .type = KEY_WORD,
	  .words = verdicts,
	  .fallback = "deny",
	  .sentence = "what happens to a listener that no rule names and that "
		      "is no known way out",
	  FIELD(unix_default) },
	{ .path = "unix_sockets.allow",
	  .type = KEY_LISTENERS,
	  .fallback = "[]",
	  .sentence = "listeners that may be used" },
	{ .path = "unix_sockets.deny",
	  .type = KEY_LISTENERS,
	  .fallback = "[]",
	  .sentence = "listeners that may not be used, whatever else holds" },
	{ .path = "listen",
	  .type = KEY_WORD,
	  .words = listens,
	  .fallback = "allow",
	  .sentence = "which internet listeners may be opened",
	  FIELD(listen_loopback_only) },
	{ .path = "doh", .type = KEY_MAP, .sentence = "names inside TLS" },
	{ .path = "doh.enabled",
	  .type = KEY_UNBUILT,
	  .fallback = "false",
	  .sentence = "must be false: this version has no proxy for DNS over "
		      "HTTPS" },
};

#define N_KEYS (sizeof(keys) / sizeof(keys[0]))
_Static_assert(N_KEYS <= KEYS_MAX, "a set of keys fits into 64 bits");

const struct key *keys_row(size_t i)
{
	return i < N_KEYS ? &keys[i] : NULL;
}

size_t keys_place(const struct key *k)
{
	return (size_t)(k - keys);
}

const char *keys_name(const struct key *k)
{
	const char *dot = strrchr(k->path, '.');

	return dot ? dot + 1 : k->path;
}

const struct key *keys_next(const char *map, size_t *at)
{
	size_t n = strlen(map);

	while (*at < N_KEYS) {
		const struct key *k = &keys[(*at)++];
		size_t above = (size_t)(keys_name(k) - k->path);

		if (n ? above == n + 1 && !strncmp(k->path, map, n) : !above)
			return k;
	}
	return NULL;
}

const struct key *keys_find(const char *map, const char *name)
{
	const struct key *k;
	size_t at = 0;

	while ((k = keys_next(map, &at)))
		if (!strcmp(keys_name(k), name))
			return k;
	return NULL;
}

const char *keys_nearest(const char *map, const char *typed)
{
	unsigned int best = NEAREST_FAR;
	const struct key *k, *found = NULL;
	size_t at = 0;

	while ((k = keys_next(map, &at))) {
		unsigned int d = nearest_distance(typed, keys_name(k));

		if (k->type != KEY_RETIRED && d < best) {
			best = d;
			found = k;
		}
	}
	return found && nearest_is_close(typed, best) ? keys_name(found) : NULL;
}
