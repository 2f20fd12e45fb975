/* SPDX-License-Identifier: MIT */
/* Resolvers, hosts and routes as they are when the session starts. */
#include "supervisor/surroundings.h"

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "notify/peer.h"
#include "notify/uapi.h"
#include "policy/decide.h"
#include "policy/placeholder.h"

#define TEXT_MAX (1u << 20)
/* /etc/hosts does not run out: ten years, far from any overflow. */
#define HOSTS_HOLD_S (10ll * 365 * 86400)
/* Some lists of names to be blocked are longer than the table of names, which
 * is there for what resolvers say. */
#define HOSTS_BOUND_MAX 1024

/* Read a small text file; NULL when it cannot be read. */
static char *read_text(const char *path)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text = malloc(TEXT_MAX);
	size_t n = 0;
	ssize_t r = 0;

	while (fd >= 0 && text && n < TEXT_MAX - 1 &&
	       (r = read(fd, text + n, TEXT_MAX - 1 - n)) > 0)
		n += (size_t)r;
	if (fd < 0 || !text || r < 0) {
		free(text);
		return NULL;
	}
	text[n] = '\0';
	return text;
}

static void add_resolver(struct surroundings *s, const struct addr *a)
{
	for (size_t i = 0; i < s->n_resolvers; i++)
		if (addr_same_ip(&s->resolvers[i], a) &&
		    s->resolvers[i].port == a->port)
			return;
	if (s->n_resolvers < REDIRECT_SERVERS_MAX)
		s->resolvers[s->n_resolvers++] = *a;
}

/* A rule for one address that lists port 53 makes a resolver of it (D11). */
static bool names_a_resolver(const struct rule *r)
{
	bool lists_it = false;

	if (r->kind != RULE_ADDRESS || !r->ports ||
	    r->prefix != (r->net.family == ADDR_IP4 ? 32 : 128))
		return false;
	for (size_t i = 0; i < r->n_ports; i++)
		lists_it |= r->ports[i].first == 53 && r->ports[i].last == 53;
	return lists_it;
}

void surroundings_find_resolvers(struct surroundings *s, const struct policy *p)
{
	const struct settings *set = policy_settings(p);

	s->n_resolvers = 0;
	for (size_t i = 0; i < s->resolvconf.n_servers; i++)
		add_resolver(s, &s->resolvconf.servers[i]);
	for (size_t i = 0; i < set->n_servers; i++)
		add_resolver(s, &set->servers[i]);
	for (size_t i = 0; i < policy_n_rules(p); i++) {
		const struct rule *r = policy_rule(p, i);
		struct addr a = r->net;

		a.port = 53;
		if (names_a_resolver(r))
			add_resolver(s, &a);
	}
}

static void read_resolvconf(struct surroundings *s)
{
	auto_free char *text = read_text("/etc/resolv.conf");

	resolvconf_parse(text ? text : "", &s->resolvconf);
}

static uint64_t own_netns_cookie(void)
{
	auto_close int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);

	if (fd < 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &len) < 0)
		return 0;
	return cookie;
}

static bool interface_uses_placeholders(void)
{
	struct ifaddrs *list = NULL, *i;
	bool used = false;

	if (getifaddrs(&list) < 0)
		return false;
	for (i = list; i && !used; i = i->ifa_next) {
		struct sockaddr_storage ss = { 0 };
		struct addr a;

		if (!i->ifa_addr || i->ifa_addr->sa_family != AF_INET)
			continue;
		memcpy(&ss, i->ifa_addr, sizeof(struct sockaddr_in));
		addr_from_sockaddr(&ss, &a);
		used = placeholders_contain(&a);
	}
	freeifaddrs(list);
	return used;
}

/* A route that is more than a default and overlaps 198.18.0.0/15. */
static bool route_uses_placeholders(void)
{
	auto_free char *text = read_text("/proc/net/route");
	char *save = NULL, *line = text ? strtok_r(text, "\n", &save) : NULL;
	uint32_t block = 0xc6120000, block_mask = 0xfffe0000;

	for (; line; line = strtok_r(NULL, "\n", &save)) {
		unsigned int dest, mask, common;

		if (sscanf(line, "%*s %x %*x %*x %*d %*d %*d %x", &dest,
			   &mask) != 2)
			continue;
		dest = ntohl(dest);
		mask = ntohl(mask);
		common = mask & block_mask;
		if (mask >= 0xff000000 && (dest & common) == (block & common))
			return true;
	}
	return false;
}

static bool rule_uses_placeholders(const struct policy *p)
{
	struct addr first = { .family = ADDR_IP4, .ip = { 198, 18 } };
	struct rule_walk walk = { { 0 } };

	if (policy_next_by_addr(p, &first, &walk))
		return true;
	for (size_t i = 0; i < policy_n_rules(p); i++)
		if (policy_rule(p, i)->kind == RULE_ADDRESS &&
		    placeholders_contain(&policy_rule(p, i)->net))
			return true;
	return false;
}

/* A datagram socket that drops whatever comes. */
static void open_sink(struct surroundings *s)
{
	struct sock_filter drop = { BPF_RET | BPF_K, 0, 0, 0 };
	struct sock_fprog prog = { 1, &drop };
	struct sockaddr_in6 any = { .sin6_family = AF_INET6 };
	struct sockaddr_in any4 = { .sin_family = AF_INET };
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);
	struct addr a;

	s->sink = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (s->sink >= 0 &&
	    bind(s->sink, (struct sockaddr *)&any, sizeof(any)) < 0) {
		close(s->sink);
		s->sink = -1;
	}
	if (s->sink < 0) {
		s->sink = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		if (s->sink < 0 ||
		    bind(s->sink, (struct sockaddr *)&any4, sizeof(any4)) < 0)
			return;
	}
	if (setsockopt(s->sink, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
		       sizeof(prog)) < 0 ||
	    getsockname(s->sink, (struct sockaddr *)&ss, &len) < 0)
		return; /* port 0: probes are denied instead */
	addr_from_sockaddr(&ss, &a);
	s->sink_port = a.port;
}

static bool same_first_label(const struct dname *a, const struct dname *b)
{
	return a->len && b->len && !memcmp(a->wire, b->wire, a->wire[0] + 1u);
}

/*
 * The machine's own name gives no rights (D18): every entry for it goes, and
 * on loopback also that with its domain, which gethostname(2) does not tell.
 */
static void drop_own_name(struct surroundings *s)
{
	char text[256] = "";
	struct dname own;
	size_t kept = 0;

	if (gethostname(text, sizeof(text) - 1) < 0 ||
	    dname_from_text(text, &own) < 0)
		return;
	for (size_t i = 0; i < s->n_hosts; i++) {
		const struct host_entry *h = &s->hosts[i];

		if (!dname_equal(&h->name, &own) &&
		    !(addr_is_loopback(&h->addr) &&
		      same_first_label(&h->name, &own)))
			s->hosts[kept++] = *h;
	}
	s->n_hosts = kept;
}

static void read_hosts(struct surroundings *s)
{
	auto_free char *text = read_text("/etc/hosts");

	s->hosts = calloc(HOSTS_MAX, sizeof(*s->hosts));
	if (text && s->hosts)
		s->n_hosts = hosts_parse(text, s->hosts, HOSTS_MAX);
	drop_own_name(s);
}

void surroundings_read(const struct policy *p, struct surroundings *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->sink = -1;
	read_resolvconf(ret);
	surroundings_find_resolvers(ret, p);
	read_hosts(ret);
	ret->netns_cookie = own_netns_cookie();
	ret->placeholders = !rule_uses_placeholders(p) &&
			    !interface_uses_placeholders() &&
			    !route_uses_placeholders();
	open_sink(ret);
}

void surroundings_done(struct surroundings *s)
{
	if (s->sink >= 0)
		close(s->sink);
	s->sink = -1;
	free(s->hosts);
	s->hosts = NULL;
}

/* Bind the names that rules mention, or the others, as long as there is room. */
static int bind_some(const struct surroundings *s, struct gate *gate,
		     const struct policy *p, bool mentioned, size_t *room)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && *room && i < s->n_hosts; i++) {
		const struct host_entry *h = &s->hosts[i];

		if (policy_mentions_name(p, &h->name) != mentioned)
			continue;
		r = gate_bind(gate, 0, &h->name, &h->addr, NAME_HOSTS,
			      HOSTS_HOLD_S);
		--*room;
	}
	return r == -ENOSPC ? 0 : r;
}

int surroundings_bind_hosts(const struct surroundings *s, struct gate *gate)
{
	struct policy *p = gate_policy(gate);
	size_t room = HOSTS_BOUND_MAX;
	int r = bind_some(s, gate, p, true, &room);

	if (r >= 0)
		r = bind_some(s, gate, p, false, &room);
	policy_unref(p);
	return r < 0 ? r : 0;
}

/* GPG_AGENT_INFO is "path:pid:protocol"; GNUPGHOME is where the socket is. */
static const char *gpg_agent(char *buf, size_t size)
{
	const char *info = getenv("GPG_AGENT_INFO"),
		   *home = getenv("GNUPGHOME");
	int n = -1;

	if (info)
		n = snprintf(buf, size, "%.*s", (int)strcspn(info, ":"), info);
	else if (home)
		n = snprintf(buf, size, "%s/S.gpg-agent", home);
	return n > 0 && (size_t)n < size ? buf : NULL;
}

void surroundings_name_agents(void)
{
	char gpg[UNIXADDR_TEXT_MAX];
	struct peer_agents a = { .ssh = getenv("SSH_AUTH_SOCK"),
				 .gpg = gpg_agent(gpg, sizeof(gpg)) };

	peer_set_agents(&a);
}
