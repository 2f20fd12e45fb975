/* SPDX-License-Identifier: MIT */
/* The words of verdicts: one for the record, a few for a person. */
#include "policy/verdict.h"

#include <stddef.h>

struct reason_row {
	const char *word; /* stable: written to the record */
	const char *text; /* for a person */
	bool relaxes;	  /* audit and learn let it go on */
};

static const struct reason_row reasons[] = {
	[REASON_RULE] = { "rule", "a rule allows it", false },
	[REASON_DEFAULT_ALLOW] = { "default-allow",
				   "no rule, and the default is to allow", false },
	[REASON_NO_RULE] = { "no-rule", "no rule", true },
	[REASON_PORT] = { "port", "a rule matches, but for its ports", true },
	[REASON_METADATA] = { "metadata",
			      "link-local or cloud metadata address", false },
	[REASON_REBIND] = { "rebind",
			    "the name leads to a private address, which its "
			    "rule does not cover",
			    true },
	[REASON_EMBEDDED] = { "embedded",
			      "NAT64 or 6to4 needs a rule for itself and one "
			      "for the IPv4 address inside",
			      true },
	[REASON_NETNS] = { "netns",
			   "in another network namespace only loopback is open",
			   false },
	[REASON_UNREADABLE] = { "unreadable", "cannot inspect the process",
				false },
	[REASON_OWN_SOCKET] = { "own-socket",
				"a socket of an egress-filter session", false },
	[REASON_UNIX_RULE] = { "unix-rule",
			       "unix_sockets.allow or the built-in list has it",
			       false },
	[REASON_UNIX_IN_TREE] = { "unix-in-tree",
				  "the listener belongs to the session", false },
	[REASON_UNIX_DENY] = { "unix-deny", "unix_sockets.deny has it", false },
	[REASON_UNIX_DOOR] = { "unix-door", "a known way out", false },
	[REASON_UNIX_OUTSIDE] = { "unix-outside",
				  "a listener outside the session", true },
	[REASON_NAME_SERVICE] = { "name-service",
				  "a name service; names are asked for by DNS",
				  false },
	[REASON_RESOLVER] = { "resolver", "a resolver that is not trusted",
			      false },
	[REASON_QTYPE] = { "qtype", "a type of question that is not answered",
			   false },
	[REASON_MALFORMED] = { "malformed",
			       "not a well-formed message, name or address",
			       false },
	[REASON_RESERVED_NAME] = { "reserved-name",
				   "no rule, and the name is local or reserved",
				   true },
	[REASON_FAMILY] = { "family", "a kind of socket that is refused", false },
	[REASON_FOREIGN_ABI] = { "foreign-abi",
				 "a system call of another architecture", false },
	[REASON_SYSCALL] = { "syscall", "a system call that is always refused",
			     false },
	[REASON_LISTEN] = { "listen", "the listen setting decides", false },
	[REASON_LIMIT] = { "limit", "a table or the record is full", false },
	[REASON_LOOKUP] = { "lookup", "the name could not be resolved", false },
	[REASON_BUDGET] = { "budget",
			    "too many questions, or names, below a wildcard",
			    false },
	[REASON_ALLOW_ALL] = { "allow-all", "everything is allowed", false },
	[REASON_SIGNAL] = { "signal",
			    "a signal to, or a limit of, a process outside the "
			    "session",
			    false },
	[REASON_LOCAL] = { "local", "it stays in the kernel of this machine",
			   false },
	[REASON_UNIX_NOBODY] = { "unix-nobody",
				 "nobody is known to listen there", false },
};

static const char *const modes[] = {
	[MODE_ENFORCE] = "enforce",	[MODE_AUDIT] = "audit",
	[MODE_LEARN] = "learn",		[MODE_ASK] = "ask",
	[MODE_ALLOW_ALL] = "allow-all",
};

_Static_assert(sizeof(reasons) / sizeof(reasons[0]) == N_REASONS,
	       "one row for each reason");
_Static_assert(sizeof(modes) / sizeof(modes[0]) == N_MODES,
	       "one word for each mode");

static bool is_reason(enum reason reason)
{
	return (unsigned int)reason < N_REASONS;
}

const char *reason_word(enum reason reason)
{
	return is_reason(reason) ? reasons[reason].word : "unknown";
}

const char *reason_text(enum reason reason)
{
	return is_reason(reason) ? reasons[reason].text : "unknown";
}

const char *mode_word(enum mode mode)
{
	return (unsigned int)mode < N_MODES ? modes[mode] : "unknown";
}

bool reason_relaxes(enum reason reason)
{
	return is_reason(reason) && reasons[reason].relaxes;
}
