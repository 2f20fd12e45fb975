/* SPDX-License-Identifier: MIT */
#ifndef EF_DNS_EVENT_H
#define EF_DNS_EVENT_H

#include <stdint.h>
#include <sys/epoll.h>

/*
 * What a readable descriptor of the service is: a kind, an index into the
 * table of that kind, and the generation of that entry, so that an event of
 * an entry that has ended meanwhile is recognised.
 */
enum event_kind {
	EVENT_DATAGRAM, /* a UDP socket towards the target */
	EVENT_LISTENER, /* a TCP listener towards the target */
	EVENT_CLIENT,	/* a TCP connection of the target */
	EVENT_LOOKUP,	/* a socket towards a resolver */
	EVENT_WAKE,	/* resolve_start() was called */
};

/* Pack a reference. */
static inline uint64_t event_ref(enum event_kind kind, uint32_t generation,
				 uint16_t index)
{
	return (uint64_t)kind << 56 | (uint64_t)generation << 16 | index;
}

/* Its parts. */
static inline enum event_kind event_kind(uint64_t ref)
{
	return (enum event_kind)(ref >> 56);
}

/* The generation in a reference. */
static inline uint32_t event_generation(uint64_t ref)
{
	return (uint32_t)(ref >> 16);
}

/* The index in a reference. */
static inline uint16_t event_index(uint64_t ref)
{
	return (uint16_t)ref;
}

/* epoll_ctl() with EPOLL_CTL_ADD or EPOLL_CTL_MOD; 0 or -1 with errno. */
static inline int event_watch(int epoll, int op, int fd, uint32_t events,
			      uint64_t ref)
{
	struct epoll_event e = { .events = events, .data.u64 = ref };

	return epoll_ctl(epoll, op, fd, &e);
}

#endif
