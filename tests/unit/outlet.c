/* SPDX-License-Identifier: MIT */
/*
 * Our sockets to a resolver on this machine, and those of targets that asked
 * us, among others that have their addresses; in a network namespace of few
 * ports.
 */
#include "dns/outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dns/asker.h"
#include "tap.h"

#define FIRST	 40000
#define N_PORTS	 8
#define FREE	 (FIRST + N_PORTS - 1) /* the only one that nobody watches */
#define ATTEMPTS 100

static struct redirect *redirect;
static struct inetdiag sockets;
static bool is_repaired; /* streams are connected to whatever they name */

static struct addr at(const char *text)
{
	struct addr a;

	addr_parse(text, &a);
	return a;
}

static bool enter_namespace(void)
{
	static const char range[] = "40000 40007";
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd, s;

	if (unshare(geteuid() ? CLONE_NEWUSER | CLONE_NEWNET : CLONE_NEWNET) < 0)
		return false;
	s = socket(AF_INET, SOCK_DGRAM, 0);
	fd = open("/proc/sys/net/ipv4/ip_local_port_range", O_WRONLY);
	return ioctl(s, SIOCSIFFLAGS, &lo) == 0 &&
	       write(fd, range, sizeof(range) - 1) == sizeof(range) - 1 &&
	       !close(fd) && !close(s);
}

/* A socket of this end; connected, if there is another. */
static int open_pair(int domain, int type, const char *own, const char *peer,
		     int port)
{
	int s = socket(domain, type, 0);
	struct sockaddr_storage ss;
	struct addr a = at(own);
	socklen_t len = addr_encode(&a, domain, &ss);

	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
	if (bind(s, (struct sockaddr *)&ss, len) < 0)
		return -1;
	if (!peer)
		return s;
	/* As if it had found the other end: nobody is there to answer. */
	if (type == SOCK_STREAM && is_repaired &&
	    setsockopt(s, IPPROTO_TCP, TCP_REPAIR, &(int){ 1 }, sizeof(int)) < 0)
		return -1;
	a = at(peer);
	a.port = (uint16_t)port;
	len = addr_encode(&a, domain, &ss);
	if (connect(s, (struct sockaddr *)&ss, len) < 0 && errno != EINPROGRESS)
		return -1;
	return s;
}

/* Opens and closes one: its port; 0: every port is watched for. */
static int port_of_outlet(const char *server, bool is_tcp)
{
	struct addr to = at(server);
	struct outlets stock = { 0 };
	struct outlet o;
	int r = outlet_open(redirect, &sockets, &to, is_tcp, &stock, &o), port;

	if (r == -EADDRINUSE)
		return 0;
	if (r < 0)
		return r;
	port = o.port;
	outlet_close(redirect, &o);
	outlets_close(redirect, &stock);
	return port;
}

/* True when each one that opens has that port, and one does. */
static bool only_free(const char *server, bool is_tcp)
{
	bool found = false;

	for (int i = 0; i < ATTEMPTS; i++) {
		int port = port_of_outlet(server, is_tcp);

		if (port && port != FREE)
			return false;
		found |= port == FREE;
	}
	return found;
}

static bool none_opens(const char *server, bool is_tcp)
{
	for (int i = 0; i < ATTEMPTS; i++)
		if (port_of_outlet(server, is_tcp))
			return false;
	return true;
}

static void watch_all_but_one(int domain, int type, const char *own,
			      const char *peer, int *ret)
{
	for (int port = FIRST; port < FREE; port++)
		ret[port - FIRST] = open_pair(domain, type, own, peer, port);
}

static void close_all(const int *fds)
{
	for (int i = 0; i < N_PORTS - 1; i++)
		close(fds[i]);
}

static void test_watched(void)
{
	int fds[N_PORTS - 1];

	watch_all_but_one(AF_INET, SOCK_DGRAM, "127.0.0.53:53", "127.0.0.1", fds);
	ok(fds[0] >= 0 && only_free("127.0.0.53:53", false));
	ok(port_of_outlet("127.0.0.54:54", false) > 0); /* another port: none of it */
	redirect_approach(redirect, FREE);
	ok(none_opens("127.0.0.53:53", false));
	redirect_arrived(redirect, FREE);
	ok(only_free("127.0.0.53:53", false));
	close_all(fds);
	/* By an IPv6 socket, and with a source that is chosen with the message. */
	watch_all_but_one(AF_INET6, SOCK_DGRAM, "[::ffff:127.0.0.53]:53",
			  "127.0.0.1", fds);
	ok(fds[0] >= 0 && only_free("127.0.0.53:53", false));
	close_all(fds);
	watch_all_but_one(AF_INET, SOCK_DGRAM, "0.0.0.0:53", "127.0.0.1", fds);
	ok(fds[0] >= 0 && only_free("127.0.0.53:53", false));
	close_all(fds);
	watch_all_but_one(AF_INET6, SOCK_DGRAM, "[::1]:53", "::1", fds);
	ok(fds[0] >= 0 && only_free("[::1]:53", false));
	close_all(fds);
	ok(!none_opens("127.0.0.53:53", false));
	/* A kernel that does not list its sockets. */
	sockets.has_udp = false;
	ok(port_of_outlet("127.0.0.53:53", false) == -EOPNOTSUPP);
	sockets.has_udp = true;
}

/* Two that connect to each other are connected, without a listener. */
static void test_watched_streams(void)
{
	int fds[N_PORTS - 1], server;

	is_repaired = true;
	watch_all_but_one(AF_INET, SOCK_STREAM, "127.0.0.53:53", "127.0.0.1",
			  fds);
	is_repaired = false;
	if (fds[0] < 0) {
		skip("no connection can be made up");
		return;
	}
	server = open_pair(AF_INET, SOCK_STREAM, "127.0.0.53:53", NULL, 0);
	ok(listen(server, ATTEMPTS) == 0);
	ok(only_free("127.0.0.53:53", true));
	redirect_approach(redirect, FREE);
	ok(none_opens("127.0.0.53:53", true));
	redirect_arrived(redirect, FREE);
	sockets.has_tcp = false;
	ok(port_of_outlet("127.0.0.53:53", true) == -EOPNOTSUPP);
	sockets.has_tcp = true;
	close_all(fds);
	close(server);
}

/* Register a socket as one that was led to our own. */
static void lead(int s, bool is_tcp)
{
	struct redirect_peer p = { .is_tcp = is_tcp, .meant = at("8.8.8.8:53") };
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss), cookie_len = sizeof(p.cookie);

	getsockname(s, (struct sockaddr *)&ss, &len);
	addr_from_sockaddr(&ss, &p.source);
	getsockopt(s, SOL_SOCKET, SO_COOKIE, &p.cookie, &cookie_len);
	redirect_register(redirect, &p);
}

static bool is_known(const char *source, bool is_tcp)
{
	struct asker a = { redirect, &sockets };
	struct addr from = at(source);
	struct redirect_peer got;

	return asker_find(&a, 0, &from, is_tcp, &got);
}

static void test_askers(void)
{
	struct redirect_server server = { .server = at("8.8.8.8:53"),
					  .udp4 = at("127.0.0.1:5000"),
					  .tcp4 = at("127.0.0.1:5000") };
	int s, other, l;

	redirect_add_server(redirect, &server);
	s = open_pair(AF_INET, SOCK_DGRAM, "127.0.0.1:40001", "127.0.0.1", 5000);
	ok(!is_known("127.0.0.1:40001", false));
	lead(s, false);
	ok(is_known("127.0.0.1:40001", false));
	close(s);
	ok(!is_known("127.0.0.1:40001", false));
	/* Another socket gets its port. */
	other = open_pair(AF_INET, SOCK_DGRAM, "127.0.0.1:40001", "127.0.0.1",
			  5000);
	ok(other >= 0 && !is_known("127.0.0.1:40001", false));
	lead(other, false);
	ok(is_known("127.0.0.1:40001", false));
	close(other);
	/* One that is not connected, of both families. */
	s = open_pair(AF_INET6, SOCK_DGRAM, "[::]:40002", NULL, 0);
	ok(!is_known("127.0.0.1:40002", false));
	close(s);
	l = open_pair(AF_INET, SOCK_STREAM, "127.0.0.1:5000", NULL, 0);
	listen(l, 8);
	s = open_pair(AF_INET, SOCK_STREAM, "127.0.0.1:40003", "127.0.0.1", 5000);
	lead(s, true);
	ok(is_known("127.0.0.1:40003", true));
	ok(!is_known("127.0.0.1:40003", false));
	setsockopt(s, SOL_SOCKET, SO_LINGER, &(struct linger){ .l_onoff = 1 },
		   sizeof(struct linger));
	close(s);
	s = open_pair(AF_INET, SOCK_STREAM, "127.0.0.1:40003", "127.0.0.1", 5000);
	ok(s >= 0 && !is_known("127.0.0.1:40003", true));
	close(s);
	close(l);
}

int main(void)
{
	if (!enter_namespace()) {
		printf("1..0 # SKIP no network namespace of its own\n");
		return 0;
	}
	redirect = redirect_new();
	inetdiag_open(&sockets);
	if (!sockets.has_udp || !sockets.has_tcp) {
		printf("1..0 # SKIP this kernel does not list its sockets\n");
		return 0;
	}
	test_watched();
	test_watched_streams();
	test_askers();
	inetdiag_close(&sockets);
	redirect_free(redirect);
	return done();
}
