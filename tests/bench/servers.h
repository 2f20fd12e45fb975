/* SPDX-License-Identifier: MIT */
#ifndef EF_BENCH_SERVERS_H
#define EF_BENCH_SERVERS_H

/* The other ends, as bare as they can be. Each serves its socket for ever. */

/* Accept connections on a listening TCP socket and drop what they send. */
void serve_discard(int listener);

/* Answer every question for A and AAAA with the addresses of world.h, every
 * other with no data. */
void serve_answers(int udp);

/* Forward each question to the resolver of world.h, and its answer back. */
void serve_forward(int udp);

#endif
