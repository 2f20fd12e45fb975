/* SPDX-License-Identifier: MIT */
/* The verdict on unix sockets, by who listens there. */
#include "policy/door.h"
#include "policy/glob.h"
#include "policy/judge_impl.h"

/* The first rule of a kind whose pattern has the listener's name. */
static const struct rule *by_listener(struct hearing *h, enum rule_kind kind,
				      enum heard heard)
{
	const struct rule *r;
	size_t i = 0;

	while ((r = policy_next_unix(h->policy, &i))) {
		if (r->kind != kind)
			continue;
		if (glob_matches(r->text, h->seen->peer.name)) {
			hearing_tell(h, r, heard, NULL);
			return r;
		}
		hearing_tell(h, r, HEARD_NO_MATCH, NULL);
	}
	return NULL;
}

/*
 * What the session has listened to itself is its own, whatever it is called;
 * a datagram socket is not accepted from, so no record says whose it is.
 */
static bool is_own_listener(const struct observation *seen)
{
	return seen->peer.in_tree && seen->proto == PROTO_UNIX_STREAM;
}

static void judge_unnamed_listener(struct hearing *h)
{
	const char *sentence = NULL;
	enum door_kind door = door_find(h->seen->peer.name, &sentence);

	if (door == DOOR_NAME_SERVICE) {
		hearing_deny(h, REASON_NAME_SERVICE);
		h->said.door = sentence;
	} else if (door == DOOR_OPENS) {
		hearing_deny(h, REASON_UNIX_DOOR);
		h->said.door = sentence;
	} else if (policy_settings(h->policy)->unix_default == VERDICT_ALLOW) {
		hearing_allow(h, REASON_DEFAULT_ALLOW, NULL);
	} else {
		hearing_deny(h, REASON_UNIX_OUTSIDE);
	}
}

void judge_listener(struct hearing *h)
{
	const struct observation *seen = h->seen;
	const struct unix_peer *peer = &seen->peer;
	const struct rule *r;

	if (peer->is_ours) {
		hearing_deny(h, REASON_OWN_SOCKET);
	} else if (peer->is_nobody) {
		/* There is nobody to keep it from, and nobody is reached. */
		hearing_allow(h, REASON_UNIX_NOBODY, NULL);
	} else if (!peer->is_known) {
		hearing_deny(h, REASON_UNIX_OUTSIDE);
	} else if (seen->foreign_netns && peer->name[0] == '@') {
		hearing_deny(h, REASON_NETNS);
	} else if ((r = by_listener(h, RULE_UNIX_DENY, HEARD_DENIES))) {
		hearing_deny(h, REASON_UNIX_DENY);
		h->said.rule = r;
	} else if (is_own_listener(seen)) {
		hearing_allow(h, REASON_UNIX_IN_TREE, NULL);
	} else if ((r = by_listener(h, RULE_UNIX_ALLOW, HEARD_ALLOWS))) {
		hearing_allow(h, REASON_UNIX_RULE, r);
	} else if (peer->is_builtin) {
		hearing_allow(h, REASON_UNIX_RULE, NULL);
	} else {
		judge_unnamed_listener(h);
	}
}
