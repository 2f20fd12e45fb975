/* SPDX-License-Identifier: MIT */
/*
 * What to write to get something allowed. Everything here may be pasted into
 * a file, so only what is plain is ever written: names of letters, digits,
 * '-' and '_', addresses as we print them, listeners escaped twice.
 */
#include "policy/explain_change.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "policy/load_value.h"
#include "wire/cidr.h"

static void add(struct explanation *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct explanation *e, const char *fmt, ...)
{
	size_t len = strlen(e->change), room = sizeof(e->change) - len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(e->change + len, room, fmt, ap);
	va_end(ap);
	/* Half a change would be another one. */
	if (n < 0 || (size_t)n >= room)
		e->change[0] = '\0';
}

static void advise(struct explanation *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void advise(struct explanation *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(e->advice, sizeof(e->advice), fmt, ap);
	va_end(ap);
}

/* The port of the call alone; none where a rule with ports cannot match. */
static void add_ports(struct explanation *e, const struct observation *seen)
{
	if (seen->proto != PROTO_ICMP && seen->stage != STAGE_JOIN &&
	    seen->addr.port)
		add(e, "    ports: [%u]\n", seen->addr.port);
}

static void add_network(struct explanation *e, const struct observation *seen,
			const struct addr *a)
{
	char text[CIDR_TEXT_MAX];

	add(e, "  - cidr: \"%s\"\n",
	    cidr_text(a, a->family == ADDR_IP4 ? 32 : 128, text));
	add_ports(e, seen);
}

static void by_address(struct explanation *e, const struct observation *seen)
{
	add(e, "ip_ranges:\n");
	add_network(e, seen, &seen->addr);
}

static void by_name(struct explanation *e, const struct observation *seen)
{
	char text[DNAME_TEXT_MAX];

	add(e, "domains:\n  - pattern: \"%s\"\n",
	    dname_text(&e->said.name, text));
	if (seen->stage != STAGE_DNS)
		add_ports(e, seen);
}

/* Does a rule on this name, whatever its pattern, allow this address? */
static bool name_can_allow(const struct explanation *e,
			   const struct observation *seen)
{
	char text[DNAME_TEXT_MAX];

	if (!dname_is_plain(&e->said.name) ||
	    value_looks_like_address(dname_text(&e->said.name, text)))
		return false;
	if (seen->stage == STAGE_DNS || judge_is_placeholder(seen))
		return true;
	if (seen->foreign_netns)
		return false;
	for (size_t i = 0; i < seen->n_candidates && i < CANDIDATES_MAX; i++)
		if (dname_equal(&seen->candidates[i].name, &e->said.name))
			return seen->candidates[i].source == NAME_HOSTS ||
			       (seen->candidates[i].source == NAME_DNS &&
				!addr_never_binds(&seen->addr));
	return false;
}

static void change_destination(struct explanation *e,
			       const struct observation *seen)
{
	const struct rule *r = e->said.rule;

	if (name_can_allow(e, seen))
		by_name(e, seen);
	else if (seen->stage != STAGE_DNS && !judge_is_placeholder(seen))
		by_address(e, seen);
	else
		advise(e, "no pattern can stand for this name");
	if (r && e->said.reason == REASON_PORT && *e->change)
		advise(e,
		       seen->proto == PROTO_ICMP
			       ? "ICMP has no ports: a rule without any "
				 "allows it (line %u lists some)"
			       : "or add the port to the rule of line %u",
		       r->line);
}

static void change_embedded(struct explanation *e, const struct observation *seen)
{
	struct addr inner;

	if (!addr_embedded4(&seen->addr, &inner)) {
		by_address(e, seen);
		return;
	}
	add(e, "ip_ranges:\n");
	add_network(e, seen, &seen->addr);
	add_network(e, seen, &inner);
}

bool explain_quote_listener(const char *name, char *buf, size_t size)
{
	size_t n = 0;

	*buf = '\0';
	if (size < 3)
		return false;
	buf[n++] = '"';
	for (; *name; name++) {
		/* As a pattern, then as YAML: four bytes for a backslash. */
		if (*name < ' ' || *name > '~' || n + 6 > size) {
			*buf = '\0';
			return false;
		}
		if (*name == '*' || *name == '?' || *name == '\\') {
			buf[n++] = '\\';
			buf[n++] = '\\';
		}
		if (*name == '"' || *name == '\\')
			buf[n++] = '\\';
		buf[n++] = *name;
	}
	buf[n++] = '"';
	buf[n] = '\0';
	return true;
}

static void change_listener(struct explanation *e, const struct observation *seen)
{
	char quoted[4 * sizeof(seen->peer.name) + 8];

	if (!seen->peer.is_known || !seen->peer.name[0])
		advise(e, "nobody is known to listen there");
	else if (!explain_quote_listener(seen->peer.name, quoted, sizeof(quoted)))
		advise(e, "its name holds bytes that no pattern may hold");
	else
		add(e, "unix_sockets:\n  allow:\n    - %s\n", quoted);
}

void explain_change(const struct observation *seen, struct explanation *e)
{
	switch (e->said.reason) {
	case REASON_NO_RULE:
	case REASON_PORT:
	case REASON_REBIND:
	case REASON_RESERVED_NAME:
		change_destination(e, seen);
		break;
	case REASON_METADATA:
		change_embedded(e, seen);
		advise(e, "such addresses give away credentials of the "
			  "machine; no name may lead to them");
		break;
	case REASON_BUDGET:
		advise(e, "a rule for the name itself has no budget");
		break;
	case REASON_EMBEDDED:
		change_embedded(e, seen);
		break;
	case REASON_UNIX_OUTSIDE:
	case REASON_UNIX_DOOR:
	case REASON_NAME_SERVICE:
		change_listener(e, seen);
		break;
	case REASON_UNIX_DENY:
		if (e->said.rule)
			advise(e, "remove it from unix_sockets.deny (line %u)",
			       e->said.rule->line);
		break;
	case REASON_LISTEN:
		add(e, "listen: allow\n");
		advise(e, "in place of listen: loopback");
		break;
	case REASON_RULE:
	case REASON_DEFAULT_ALLOW:
	case REASON_NETNS:
	case REASON_UNREADABLE:
	case REASON_OWN_SOCKET:
	case REASON_UNIX_RULE:
	case REASON_UNIX_IN_TREE:
	case REASON_RESOLVER:
	case REASON_QTYPE:
	case REASON_MALFORMED:
	case REASON_FAMILY:
	case REASON_FOREIGN_ABI:
	case REASON_SYSCALL:
	case REASON_SIGNAL:
	case REASON_LIMIT:
	case REASON_LOOKUP:
	case REASON_ALLOW_ALL:
	case REASON_LOCAL:
	case REASON_UNIX_NOBODY:
	case N_REASONS:
	default:
		advise(e, "no rule of a policy allows this");
	}
}
