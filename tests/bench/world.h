/* SPDX-License-Identifier: MIT */
#ifndef EF_BENCH_WORLD_H
#define EF_BENCH_WORLD_H

/*
 * The little network in which everything is measured: a private namespace
 * with nothing but loopback. Programs that are measured know it by these
 * numbers; world_open() makes it.
 */
#define WORLD_HOST	"127.0.0.1"
#define WORLD_PORT	9		/* discard: TCP reads, UDP drops */
#define WORLD_NET	"198.51.100.1"	/* /24 on loopback */
#define WORLD_RESOLVER	"198.51.100.53" /* answers at once */
#define WORLD_FORWARDER "198.51.100.54" /* asks the resolver */
#define WORLD_ADDRESS	"198.51.100.7"	/* of the name, with an IPv6 one */
#define WORLD_ADDRESS6	"2001:db8::7"
#define WORLD_NAME	"www.bench.example.com"

/*
 * Enter a namespace of our own, bring up loopback and start the servers, as
 * children on one CPU that end with the caller. Returns 0 or -1 with a line on
 * stderr. The caller has no threads.
 */
int world_open(int cpu);

/* The policy that allows what is measured; for a file. */
extern const char world_policy[];

#endif
