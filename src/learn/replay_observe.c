/* SPDX-License-Identifier: MIT */
/* From a row back to what was seen. */
#include "learn/replay_observe.h"

#include <stdio.h>
#include <string.h>

#include "audit/event.h"
#include "policy/decide.h"

static enum proto proto_of(const char *word)
{
	for (int p = PROTO_NONE; p < N_PROTOS; p++)
		if (!strcmp(proto_word((enum proto)p), word))
			return (enum proto)p;
	return PROTO_NONE;
}

static enum stage stage_of(const char *word)
{
	int s = 0;

	while (s < N_STAGES && strcmp(stage_word((enum stage)s), word))
		s++;
	return (enum stage)s;
}

void replay_observe_name(const struct dname *name, const struct policy *p,
			 struct observation *seen)
{
	bool denies = policy_settings(p)->default_policy == VERDICT_DENY;
	uint16_t port = seen->addr.port;

	addr_parse(denies ? "198.18.0.1" : "192.0.2.1", &seen->addr);
	seen->addr.port = port;
	seen->candidates[0].name = *name;
	seen->candidates[0].source = denies ? NAME_PLACEHOLDER : NAME_DNS;
	seen->n_candidates = 1;
}

static bool has_name(const struct observation *seen, const struct dname *name)
{
	for (size_t i = 0; i < seen->n_candidates; i++)
		if (dname_equal(&seen->candidates[i].name, name))
			return true;
	return false;
}

static void add_name(struct observation *seen, const struct dname *name,
		     enum name_source source)
{
	if (seen->n_candidates == CANDIDATES_MAX || has_name(seen, name))
		return;
	seen->candidates[seen->n_candidates++] =
		(struct candidate){ .name = *name, .source = source };
}

static enum name_source source_of(const struct row *row, const char *name,
				  const struct replay_hosts *hosts,
				  const struct addr *a)
{
	struct dname n;

	if (!strcmp(row->name, name))
		return !strcmp(row->name_source, "hosts") ? NAME_HOSTS : NAME_DNS;
	for (size_t i = 0;
	     hosts && dname_from_text(name, &n) == 0 && i < hosts->n; i++)
		if (addr_same_ip(&hosts->list[i].addr, a) &&
		    dname_equal(&hosts->list[i].name, &n))
			return NAME_HOSTS;
	return NAME_DNS;
}

/* The names the row has, in its order, and those of /etc/hosts. */
static void add_names(const struct row *row, const struct replay_hosts *hosts,
		      struct observation *seen)
{
	char text[DNAME_TEXT_MAX];
	struct dname name;

	for (const char *p = row->candidates; *p; p += *p == ' ') {
		size_t n = strcspn(p, " ");

		snprintf(text, sizeof(text), "%.*s", (int)n, p);
		if (dname_from_text(text, &name) == 0)
			add_name(seen, &name,
				 source_of(row, text, hosts, &seen->addr));
		p += n;
	}
	if (dname_from_text(row->name, &name) == 0)
		add_name(seen, &name,
			 source_of(row, row->name, hosts, &seen->addr));
	for (size_t i = 0; hosts && i < hosts->n; i++)
		if (addr_same_ip(&hosts->list[i].addr, &seen->addr))
			add_name(seen, &hosts->list[i].name, NAME_HOSTS);
}

/*
 * Of the names an address had, those that it would have under p: a name is
 * looked up when a rule mentions it or all are allowed, and a name of
 * /etc/hosts counts when a rule mentions it. Where a server gave the address
 * for names alone that p does not mention, the program would have got a
 * placeholder in its place.
 */
static void keep_names(const struct policy *p, struct observation *seen)
{
	bool looks_up_all = policy_settings(p)->default_policy == VERDICT_ALLOW;
	struct dname first = { 0 };
	bool by_hosts = false;
	size_t kept = 0;

	for (size_t i = 0; i < seen->n_candidates; i++) {
		struct candidate *c = &seen->candidates[i];

		by_hosts |= c->source == NAME_HOSTS;
		if (!first.len && c->source == NAME_DNS)
			first = c->name;
		if ((looks_up_all && c->source == NAME_DNS) ||
		    policy_mentions_name(p, &c->name))
			seen->candidates[kept++] = *c;
	}
	seen->n_candidates = kept;
	if (!kept && first.len && !by_hosts && !looks_up_all)
		replay_observe_name(&first, p, seen);
}

static bool observe_destination(const struct row *row,
				const struct replay_hosts *hosts,
				const struct policy *p, struct observation *ret)
{
	bool has_ip = addr_parse(row->ip, &ret->addr) == 0;
	struct dname name;

	if (row->port < 0 || row->port > UINT16_MAX)
		return false;
	ret->addr.port = (uint16_t)row->port;
	if (has_ip && strcmp(row->name_source, "placeholder") != 0) {
		if (ret->stage != STAGE_LISTEN) {
			add_names(row, hosts, ret);
			keep_names(p, ret);
		}
		return true;
	}
	if (ret->stage == STAGE_LISTEN || dname_from_text(row->name, &name) < 0)
		return false;
	replay_observe_name(&name, p, ret);
	return true;
}

/* What the record does not say of a listener follows from what was judged. */
static bool observe_listener(const struct row *row, struct observation *ret)
{
	struct unix_peer *peer = &ret->peer;

	if (strlen(row->name) >= sizeof(peer->name))
		return false;
	strcpy(peer->name, row->name);
	peer->is_nobody = !strcmp(row->reason, "unix-nobody");
	peer->is_ours = !strcmp(row->reason, "own-socket");
	peer->in_tree = !strcmp(row->reason, "unix-in-tree");
	peer->is_builtin = !strcmp(row->reason, "unix-rule") && !*row->rule;
	peer->is_known = *row->name && !peer->is_nobody;
	return *row->name || peer->is_nobody || peer->is_ours || peer->in_tree;
}

static bool is_unix(const struct observation *seen)
{
	return seen->proto == PROTO_UNIX_STREAM ||
	       seen->proto == PROTO_UNIX_DGRAM;
}

bool replay_observe(const struct row *row, const struct replay_hosts *hosts,
		    const struct policy *p, struct observation *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->stage = stage_of(row->stage);
	ret->proto = proto_of(row->proto);
	ret->foreign_netns = row->is_foreign_netns;
	ret->is_probe = row->is_probe;
	ret->detail = (int)row->detail;
	ret->qtype = (uint16_t)row->qtype;
	switch (ret->stage) {
	case STAGE_DNS:
		return dname_from_text(row->name, &ret->name) == 0;
	case STAGE_CONNECT:
	case STAGE_SEND:
	case STAGE_JOIN:
	case STAGE_LISTEN:
		if (is_unix(ret))
			return observe_listener(row, ret);
		return ret->proto == PROTO_NETLINK ||
		       observe_destination(row, hosts, p, ret);
	case STAGE_SOCKET:
	case STAGE_SYSCALL:
		return true;
	case N_STAGES:
	default:
		return false;
	}
}
