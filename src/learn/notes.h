/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_NOTES_H
#define EF_LEARN_NOTES_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/addr.h"
#include "wire/dname.h"

/*
 * What a person should know of a destination before a rule is made of it.
 * Notes are bits; each has a word ("!raw") and a sentence.
 */
enum note {
	NOTE_RAW = 1 << 0,	/* an address without a name */
	NOTE_PASTE = 1 << 1,	/* shared.h */
	NOTE_TUNNEL = 1 << 2,	/* shared.h */
	NOTE_HOOK = 1 << 3,	/* shared.h */
	NOTE_PRIVATE = 1 << 4,	/* leads into the local network */
	NOTE_MAIL = 1 << 5,	/* ports 25, 465, 587 */
	NOTE_NEW_PORT = 1 << 6, /* above 49151 */
	NOTE_MACHINE = 1 << 7,	/* a service of this machine */
	NOTE_LISTENER = 1 << 8, /* a unix listener outside the session */
	NOTE_SHARED = 1 << 9,	/* the site is shared: no caution, but no
				   wildcard either */
};

#define NOTES_CAUTION (~(unsigned int)NOTE_SHARED)

/* The word of a note, without the "!". Never NULL. */
const char *note_word(enum note note);

/* What a note means, for a person; no full stop. Never NULL. */
const char *note_text(enum note note);

/* The next note of a set, taken out of it; 0 when none is left. */
enum note note_next(unsigned int *notes);

/* Notes on a name. Pure. */
unsigned int notes_of_name(const struct dname *name);

/* Notes on an address. Pure. */
unsigned int notes_of_addr(const struct addr *a);

/* Notes on a port. Pure. */
unsigned int notes_of_port(uint16_t port);

/*
 * Why a destination is never suggested: a sentence, or NULL. Such addresses
 * and names give away credentials of the machine to whoever asks.
 */
const char *danger_of_name(const struct dname *name);

/* The same for an address. */
const char *danger_of_addr(const struct addr *a);

/* True for names that the public DNS does not have (RFC 2606, 6761, 6762). */
bool note_is_reserved(const struct dname *name);

#endif
