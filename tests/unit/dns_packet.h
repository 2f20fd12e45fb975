/* SPDX-License-Identifier: MIT */
#ifndef DNS_PACKET_H
#define DNS_PACKET_H

#include "wire/dns.h"

/*
 * Packets made by hand, right or wrong: a writer with words for the parts of
 * a message. Names are text with dots; "" is the root.
 */
struct packet {
	uint8_t bytes[4096];
	struct writer w;
};

/* Start with a header: id 0x1234, these flags and counts. */
static inline void packet_start(struct packet *p, uint16_t flags, uint16_t qd,
				uint16_t an, uint16_t ns, uint16_t ar)
{
	p->w = writer_into(p->bytes, sizeof(p->bytes));
	write_u16(&p->w, 0x1234);
	write_u16(&p->w, flags);
	write_u16(&p->w, qd);
	write_u16(&p->w, an);
	write_u16(&p->w, ns);
	write_u16(&p->w, ar);
}

/* Append a name. */
static inline void packet_name(struct packet *p, const char *name)
{
	while (*name) {
		size_t n = strcspn(name, ".");

		write_u8(&p->w, (uint8_t)n);
		write_bytes(&p->w, name, n);
		name += n + (name[n] == '.');
	}
	write_u8(&p->w, 0);
}

/* Append a question of class IN. */
static inline void packet_question(struct packet *p, const char *name,
				   uint16_t type)
{
	packet_name(p, name);
	write_u16(&p->w, type);
	write_u16(&p->w, DNS_IN);
}

/* Append a record with len bytes of data. */
static inline void packet_record(struct packet *p, const char *owner,
				 uint16_t type, uint32_t ttl, const void *data,
				 size_t len)
{
	packet_name(p, owner);
	write_u16(&p->w, type);
	write_u16(&p->w, DNS_IN);
	write_u32(&p->w, ttl);
	write_u16(&p->w, (uint16_t)len);
	write_bytes(&p->w, data, len);
}

/* Append a record whose data is a name (CNAME, DNAME). */
static inline void packet_alias(struct packet *p, const char *owner,
				uint16_t type, uint32_t ttl, const char *to)
{
	struct packet target = { .w = writer_into(target.bytes, 512) };

	packet_name(&target, to);
	packet_record(p, owner, type, ttl, target.bytes, target.w.len);
}

/* Append an A record for the address 192.0.2.last. */
static inline void packet_a(struct packet *p, const char *owner, uint32_t ttl,
			    uint8_t last)
{
	packet_record(p, owner, DNS_A, ttl, (uint8_t[]){ 192, 0, 2, last }, 4);
}

/* Append an OPT that offers size bytes, with len bytes of options. */
static inline void packet_opt(struct packet *p, uint16_t size, const void *data,
			      size_t len)
{
	write_u8(&p->w, 0);
	write_u16(&p->w, DNS_OPT);
	write_u16(&p->w, size);
	write_u32(&p->w, 0);
	write_u16(&p->w, (uint16_t)len);
	write_bytes(&p->w, data, len);
}

#endif
