/* SPDX-License-Identifier: MIT */
#ifndef SEND_TABLE_H
#define SEND_TABLE_H

#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>

/*
 * What the cases of send_table share. A case is a function that prints what
 * its calls do; it runs in a process of its own.
 */

/* Run a call and print it with its result, errno and signals. */
#define SHOW(call)                                                              \
	({                                                                      \
		signals_forget();                                               \
		errno = 0;                                                      \
		long r_ = (long)(call);                                         \
		int e_ = r_ < 0 ? errno : 0;                                    \
		say("%s: %ld %s%s\n", #call, r_, e_ ? strerrorname_np(e_) : "", \
		    signals_seen() ? " +signal" : "");                          \
		r_;                                                             \
	})

#define SA(a) ((struct sockaddr *)&(a))

/* The cases, by topic: each plays its own in turn. */
void cases_inet(void);
void cases_control(void);
void cases_plain(void);
void cases_wait(void);

/* Run one case in a child that is killed when it hangs, and say how the child
 * ended when not by itself. */
void play(const char *name, void (*run)(void));

/* Print a part of the table, at once. */
__attribute__((format(printf, 1, 2))) void say(const char *fmt, ...);

/* How often on_signal() ran since signals_forget(). */
void on_signal(int s);
int signals_seen(void);
void signals_forget(void);
void signals_pretend(void); /* as if it had run once */

struct sockaddr_in in4(const char *ip, int port);
struct sockaddr_in6 in6(const char *ip, int port);

/* A socket bound to the wildcard address, and its port. */
int bound(int domain, int type, int *ret_port);

/* Both ends of a connection over loopback. */
void tcp_pair(int sv[2]);

/* Print what waits on a socket, as lengths and sums. */
void drain(const char *name, int s);

struct msghdr msg_of(struct iovec *iov, size_t n);

/* Put one control message around len bytes into buf, and buf into m. */
void put_control(struct msghdr *m, char *buf, int level, int type,
		 const void *data, size_t len);

/* Two pages, the second of which cannot be read. */
char *edge(void);

#endif
