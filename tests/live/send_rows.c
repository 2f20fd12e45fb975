/* SPDX-License-Identifier: MIT */
/*
 * Sends whose rows a test counts, from 127.0.0.1 to a receiver there, which
 * the policy allows, and to one at 127.0.0.2, which it does not. The argument
 * says which; results and what arrived are printed, one a line.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT 7001

static int good, bad; /* the receivers */
static struct sockaddr_in to_good, to_bad;

static int receiver(const char *ip, struct sockaddr_in *ret)
{
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	*ret = (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(PORT) };
	inet_pton(AF_INET, ip, &ret->sin_addr);
	if (bind(s, (struct sockaddr *)ret, sizeof(*ret)) < 0)
		perror(ip);
	return s;
}

static int take_all(int s)
{
	char byte;
	int n = 0;

	while (recv(s, &byte, 1, MSG_DONTWAIT) >= 0)
		n++;
	return n;
}

static void say(const char *what, long r)
{
	printf("%s: %ld%s%s\n", what, r, r < 0 ? " " : "",
	       r < 0 ? strerrorname_np(errno) : "");
}

static long send_to(int s, struct sockaddr_in *to)
{
	return sendto(s, "x", 1, 0, (struct sockaddr *)to, sizeof(*to));
}

static void denied(int s)
{
	say("denied", send_to(s, &to_bad));
}

static void many(int s)
{
	int n_sent = 0, n_arrived = 0;

	for (int i = 0; i < 1000; i++) {
		n_sent += send_to(s, &to_good) == 1;
		n_arrived += take_all(good);
	}
	say("sent", n_sent);
	say("arrived", n_arrived);
}

static void mixed(int s)
{
	struct iovec iov = { (char[]){ "x" }, 1 };
	struct sockaddr_in *to[] = { &to_good, &to_bad, &to_good };
	struct mmsghdr v[3] = { 0 };

	for (int i = 0; i < 3; i++)
		v[i].msg_hdr = (struct msghdr){ .msg_name = to[i],
						.msg_namelen = sizeof(*to[i]),
						.msg_iov = &iov,
						.msg_iovlen = 1 };
	say("of three", sendmmsg(s, v, 3, 0));
	say("of the rest", sendmmsg(s, v + 1, 2, 0));
}

/* A peer that connect() has judged is not judged again. */
static void connected(int s)
{
	struct iovec iov = { (char[]){ "x" }, 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	int n_sent = 0;

	connect(s, (struct sockaddr *)&to_good, sizeof(to_good));
	for (int i = 0; i < 10; i++)
		n_sent += sendmsg(s, &m, 0) == 1;
	say("connected", n_sent);
	say("elsewhere", send_to(s, &to_bad));
}

/* Where dns.strict_servers refuses the second of two. */
static void strict(int s)
{
	struct sockaddr_in resolver = { .sin_family = AF_INET,
					.sin_port = htons(53) };
	struct iovec iov = { (char[]){ "x" }, 1 };
	struct mmsghdr v[2] = { 0 };

	inet_pton(AF_INET, "192.0.2.53", &resolver.sin_addr);
	for (int i = 0; i < 2; i++)
		v[i].msg_hdr =
			(struct msghdr){ .msg_name = i ? &resolver : &to_good,
					 .msg_namelen = sizeof(resolver),
					 .msg_iov = &iov,
					 .msg_iovlen = 1 };
	say("of two", sendmmsg(s, v, 2, 0));
	say("the second alone", sendmmsg(s, v + 1, 1, 0));
	say("as the only one", send_to(s, &resolver));
}

static void join(const char *what, int s, int level, int name)
{
	struct ip_mreqn group = { .imr_ifindex = 1 };

	say(what, setsockopt(s, level, name, &group, sizeof(group)));
	say("with nothing", setsockopt(s, level, name, NULL, 0));
	close(s);
}

/* Options of groups on sockets that are none of the internet's. */
static void joins(int s)
{
	(void)s;
	join("unix", socket(AF_UNIX, SOCK_DGRAM, 0), IPPROTO_IP,
	     IP_ADD_MEMBERSHIP);
	join("unix, any family", socket(AF_UNIX, SOCK_STREAM, 0), IPPROTO_IPV6,
	     MCAST_JOIN_GROUP);
	join("netlink", socket(AF_NETLINK, SOCK_RAW, 0), IPPROTO_IPV6,
	     IPV6_JOIN_GROUP);
}

static const struct {
	const char *name;
	void (*run)(int s);
} cases[] = {
	{ "denied", denied },	    { "many", many },	  { "mixed", mixed },
	{ "connected", connected }, { "strict", strict }, { "joins", joins },
};

int main(int argc, char **argv)
{
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	good = receiver("127.0.0.1", &to_good);
	bad = receiver("127.0.0.2", &to_bad);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (argc == 2 && !strcmp(argv[1], cases[i].name))
			cases[i].run(s);
	say("at 127.0.0.1", take_all(good));
	say("at 127.0.0.2", take_all(bad));
	return 0;
}
