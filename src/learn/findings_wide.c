/* SPDX-License-Identifier: MIT */
/* Rules that allow more than they seem to. */
#include <string.h>

#include "learn/findings_impl.h"
#include "learn/notes.h"
#include "learn/script.h"
#include "learn/shared.h"
#include "policy/door.h"
#include "policy/glob.h"
#include "policy/placeholder.h"
#include "wire/cidr.h"

#define IP4_BITS_MIN 16 /* wider than this is broad */
#define IP6_BITS_MIN 32

/* A wildcard is fine where all names below belong to one party. */
static void look_at_wildcard(struct looking *l, const struct rule *r)
{
	char name[DNAME_TEXT_MAX], q[FINDING_QUOTE_MAX];

	dname_text(&r->name, name);
	if (dname_labels(&r->name) == 1)
		return; /* the loader says it */
	if (suffixes_has(l->suffixes, &r->name))
		findings_add(l->found, FINDING_PUBLIC_SUFFIX, r,
			     "anybody can have a name below the public suffix "
			     "%s: write the names that are needed, one by one",
			     finding_quote(name, q));
	else if (shared_has(&r->name) || shared_is_above(&r->name))
		findings_add(l->found, FINDING_SHARED_HOST, r,
			     "names below %s belong to many parties: write the "
			     "names that are needed, one by one",
			     finding_quote(name, q));
}

static void look_at_name_ports(struct looking *l, const struct rule *r)
{
	if (findings_has_all_ports(r))
		findings_add(l->found, FINDING_NO_PORTS, r,
			     "every port is allowed: write those that are "
			     "needed, such as ports: [443]");
}

static void look_at_script(struct looking *l, const struct rule *r)
{
	struct script_look look;
	char q[FINDING_QUOTE_MAX];

	if (!script_is_odd(&r->name, &look))
		return;
	if (look.second)
		findings_add(l->found, FINDING_MIXED_SCRIPT, r,
			     "the label %s is written in mixed scripts (%s and "
			     "%s) and may look like another name: make sure "
			     "that it is the one that is meant",
			     finding_quote(look.label, q), look.first,
			     look.second);
	else
		findings_add(l->found, FINDING_MIXED_SCRIPT, r,
			     "the label %s is written in %s letters that look "
			     "like Latin ones: make sure that it is the name "
			     "that is meant",
			     finding_quote(look.label, q), look.first);
}

void findings_of_name(struct looking *l, const struct rule *r)
{
	const char *danger = danger_of_name(&r->name);
	unsigned int notes = notes_of_name(&r->name) &
			     (NOTE_PASTE | NOTE_TUNNEL | NOTE_HOOK);

	if (danger)
		findings_add(l->found, FINDING_DANGER, r,
			     "%s: remove it, or give the program credentials "
			     "of its own",
			     danger);
	if (notes)
		findings_add(l->found, FINDING_OPEN_HOST, r,
			     "this host %s: whatever is sent there can be read "
			     "by others; remove it unless that is the purpose",
			     note_text(note_next(&notes)));
	if (r->is_wildcard)
		look_at_wildcard(l, r);
	look_at_name_ports(l, r);
	look_at_script(l, r);
}

/* Addresses that stand for the networks that no rule should contain. */
static const char *const dangers[] = { "169.254.169.254", "100.100.100.200",
				       "168.63.129.16", "fe80::1",
				       "fd00:ec2::254" };

static bool holds_danger(const struct rule *r, struct addr *ret)
{
	for (size_t i = 0; i < sizeof(dangers) / sizeof(dangers[0]); i++)
		if (addr_parse(dangers[i], ret) == 0 &&
		    cidr_contains(&r->net, r->prefix, ret))
			return true;
	*ret = r->net;
	return danger_of_addr(ret) != NULL;
}

static bool is_broad(const struct rule *r)
{
	if (r->net.family == ADDR_IP4)
		return r->prefix < IP4_BITS_MIN;
	return r->prefix < IP6_BITS_MIN;
}

/* All of a private or loopback network: wide, yet one's own. */
static bool is_own(const struct rule *r)
{
	static const char *const nets[] = { "10.0.0.0/8", "172.16.0.0/12",
					    "100.64.0.0/10", "127.0.0.0/8",
					    "fc00::/7" };

	for (size_t i = 0; i < sizeof(nets) / sizeof(nets[0]); i++) {
		struct addr net;
		uint8_t prefix;
		bool bits;

		if (cidr_parse(nets[i], &net, &prefix, &bits) == 0 &&
		    r->prefix >= prefix && cidr_contains(&net, prefix, &r->net))
			return true;
	}
	return false;
}

void findings_of_range(struct looking *l, const struct rule *r)
{
	bool is_loopback = addr_is_loopback(&r->net) &&
			   (r->net.family == ADDR_IP6 || r->prefix >= 8);
	char text[CIDR_TEXT_MAX];
	struct addr a;

	if (holds_danger(r, &a))
		findings_add(l->found, FINDING_DANGER, r,
			     "%s is in it, which gives away credentials of the "
			     "machine: write networks without it",
			     addr_text(&a, text));
	if (is_broad(r) && !is_own(r))
		findings_add(l->found, FINDING_BROAD, r,
			     "a network of a %u-bit prefix is more than one "
			     "party's: write the networks that are needed, "
			     "/%u or narrower, or names",
			     r->prefix,
			     r->net.family == ADDR_IP4 ? IP4_BITS_MIN
						       : IP6_BITS_MIN);
	if (findings_has_all_ports(r) && is_loopback)
		findings_add(l->found, FINDING_LOOPBACK_PORTS, r,
			     "every service of this machine is allowed: write "
			     "the ports that are needed");
	else if (findings_has_all_ports(r))
		findings_add(l->found, FINDING_NO_PORTS, r,
			     "every port is allowed: write those that are "
			     "needed, such as ports: [443] (ICMP alone needs a "
			     "rule without)");
	addr_parse("198.18.0.0", &a);
	if (placeholders_contain(&r->net) ||
	    cidr_contains(&r->net, r->prefix, &a))
		findings_add(l->found, FINDING_PLACEHOLDERS, r,
			     "a rule on 198.18.0.0/15 turns placeholder "
			     "addresses off, and with them the ports of names "
			     "that are denied: write networks without it");
}

/* Listeners to try a pattern on, one for each kind of door. */
static const char *const doors[] = {
	"/run/docker.sock",
	"/var/run/docker.sock",
	"/run/podman/podman.sock",
	"/run/containerd/containerd.sock",
	"/run/dbus/system_bus_socket",
	"/run/user/1000/bus",
	"/run/systemd/private",
	"/run/user/1000/systemd/private",
	"/tmp/.X11-unix/X0",
	"@/tmp/.X11-unix/X0",
	"/run/user/1000/wayland-0",
	"/tmp/tmux-1000/default",
	"/run/nscd/socket",
	"/run/systemd/resolve/io.systemd.Resolve",
};

static bool is_denied(const struct policy *p, const char *listener)
{
	const struct rule *r;
	size_t at = 0;

	while ((r = policy_next_unix(p, &at)))
		if (r->kind == RULE_UNIX_DENY && glob_matches(r->text, listener))
			return true;
	return false;
}

/* What the loader says of a listener that is a door by its own name, this
 * says of patterns that have one among others. */
void findings_of_listener(struct looking *l, const struct rule *r)
{
	const char *sentence = NULL;
	char q[FINDING_QUOTE_MAX];

	if (r->kind != RULE_UNIX_ALLOW || !glob_is_pattern(r->text) ||
	    door_find(r->text, &sentence) != DOOR_NONE)
		return;
	for (size_t i = 0; i < sizeof(doors) / sizeof(doors[0]); i++) {
		if (!glob_matches(r->text, doors[i]) ||
		    is_denied(l->policy, doors[i]) ||
		    door_find(doors[i], &sentence) == DOOR_NONE)
			continue;
		findings_add(l->found, FINDING_DANGER, r,
			     "it allows %s: %s; name the listeners that are "
			     "needed, or put that one under unix_sockets.deny",
			     finding_quote(doors[i], q), sentence);
		return;
	}
}
