/* SPDX-License-Identifier: MIT */
#ifndef EF_BENCH_CLIENT_H
#define EF_BENCH_CLIENT_H

/*
 * What is measured, as a program would do it. Each returns the nanoseconds
 * that one of it takes; whatever goes wrong ends the program with a line.
 */
double client_getppid(void);
double client_tcp_connect(void);      /* socket, connect, close */
double client_tcp_send_1k(void);      /* send(), connected, 1 KiB */
double client_tcp_send_64k(void);     /* the same, 64 KiB */
double client_tcp_sendmsg_1k(void);   /* sendmsg(), connected, 1 KiB */
double client_tcp_sendmsg_64k(void);  /* the same, 64 KiB */
double client_udp_connect(void);      /* one socket, again and again */
double client_udp_connect_16(void);   /* 16 processes at once; of all */
double client_udp_sendto(void);	      /* with the address of one peer */
double client_udp_sendmsg(void);      /* the same */
double client_udp_sendmmsg(void);     /* the same, 8 datagrams a call */
double client_lookup(void);	      /* getaddrinfo(), the resolver */
double client_lookup_forwarded(void); /* getaddrinfo(), the forwarder */

/* 0 when an address that no rule allows is refused with EACCES. */
double client_denied(void);

/* End the program: what failed, and why (errno). */
_Noreturn void client_fail(const char *what);

#endif
