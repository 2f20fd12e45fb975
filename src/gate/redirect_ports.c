/* SPDX-License-Identifier: MIT */
/* Addresses and ports that are ours, or that a target has taken. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "gate/redirect_impl.h"

/*
 * Is it an address of this machine? Only asked about the few ports that are
 * claimed: whoever talks to the same port elsewhere is to be left alone. What
 * cannot be told counts as local.
 */
bool redirect_is_local(const struct addr *a)
{
	struct addr any_port = *a;
	struct sockaddr_storage ss;
	int domain = a->family == ADDR_IP4 ? AF_INET : AF_INET6;
	auto_close int fd = -1;
	socklen_t len;

	if (addr_is_loopback(a))
		return true;
	any_port.port = 0;
	len = addr_encode(&any_port, domain, &ss);
	fd = socket(domain, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return fd < 0 || !len || !bind(fd, (struct sockaddr *)&ss, len) ||
	       errno != EADDRNOTAVAIL;
}

static bool is_any_address(const struct addr *a)
{
	static const uint8_t zero[16];

	return !memcmp(a->ip, zero, sizeof(zero));
}

void redirect_distrust(struct redirect *r, const struct addr *a)
{
	size_t n = redirect_n_servers(r);

	for (size_t i = 0; a->port && i < n; i++) {
		const struct addr *server = &r->servers[i].server;

		if (server->port != a->port ||
		    !(addr_same_ip(server, a) ||
		      (is_any_address(a) && redirect_is_local(server))))
			continue;
		pthread_mutex_lock(&r->lock);
		r->taken[i] = true;
		pthread_mutex_unlock(&r->lock);
	}
}

bool redirect_is_taken(struct redirect *r, size_t i)
{
	bool taken;

	pthread_mutex_lock(&r->lock);
	taken = r->taken[i];
	pthread_mutex_unlock(&r->lock);
	return taken;
}

static bool is_server_socket(const struct redirect *r, const struct addr *a,
			     bool is_tcp)
{
	size_t n = redirect_n_servers(r);

	for (size_t i = 0; i < n; i++) {
		const struct redirect_server *s = &r->servers[i];

		if (same_endpoint(is_tcp ? &s->tcp4 : &s->udp4, a) ||
		    same_endpoint(is_tcp ? &s->tcp6 : &s->udp6, a))
			return true;
	}
	return false;
}

bool redirect_is_ours(struct redirect *r, const struct addr *a, bool is_tcp)
{
	bool claimed;

	if (a->family == ADDR_NONE)
		return false;
	if (is_server_socket(r, a, is_tcp))
		return true;
	pthread_mutex_lock(&r->lock);
	claimed = r->claims[is_tcp][a->port] > 0;
	pthread_mutex_unlock(&r->lock);
	return claimed && redirect_is_local(a);
}

void redirect_claim_port(struct redirect *r, uint16_t port, bool is_tcp)
{
	pthread_mutex_lock(&r->lock);
	/* A count that is full stays so: the port is never given back. */
	if (r->claims[is_tcp][port] < UINT16_MAX)
		r->claims[is_tcp][port]++;
	pthread_mutex_unlock(&r->lock);
}

void redirect_release_port(struct redirect *r, uint16_t port, bool is_tcp)
{
	uint16_t *count = &r->claims[is_tcp][port];

	pthread_mutex_lock(&r->lock);
	if (*count > 0 && *count < UINT16_MAX)
		--*count;
	pthread_mutex_unlock(&r->lock);
}

void redirect_approach(struct redirect *r, uint16_t port)
{
	pthread_mutex_lock(&r->lock);
	r->approaches[port]++;
	pthread_mutex_unlock(&r->lock);
}

void redirect_arrived(struct redirect *r, uint16_t port)
{
	pthread_mutex_lock(&r->lock);
	r->approaches[port]--;
	pthread_mutex_unlock(&r->lock);
}

bool redirect_is_approached(struct redirect *r, uint16_t port)
{
	bool is_approached;

	pthread_mutex_lock(&r->lock);
	is_approached = r->approaches[port] > 0;
	pthread_mutex_unlock(&r->lock);
	return is_approached;
}
