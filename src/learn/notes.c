/* SPDX-License-Identifier: MIT */
/* Risk notes and what is never suggested. */
#include "learn/notes.h"

#include <stddef.h>

#include "learn/shared.h"

#define HIGH_PORT 49151 /* beyond: dynamic ports (RFC 6335) */

static const struct {
	enum note note;
	const char *word, *text;
} notes[] = {
	{ NOTE_RAW, "raw", "an address without a name" },
	{ NOTE_PASTE, "paste", "takes what anybody sends and shows it" },
	{ NOTE_TUNNEL, "tunnel", "leads to a machine of whoever set it up" },
	{ NOTE_HOOK, "hook", "carries messages to whoever set it up" },
	{ NOTE_PRIVATE, "private", "leads into the local network" },
	{ NOTE_MAIL, "mail", "a port of mail" },
	{ NOTE_NEW_PORT, "new-port", "a port no service has for itself" },
	{ NOTE_MACHINE, "machine", "services of this machine" },
	{ NOTE_LISTENER, "listener", "a program outside the session" },
	{ NOTE_SHARED, "shared", "many parties have names below the same one" },
};

#define N_NOTES (sizeof(notes) / sizeof(notes[0]))

static size_t find(enum note note)
{
	size_t i = 0;

	while (i + 1 < N_NOTES && notes[i].note != note)
		i++;
	return i;
}

const char *note_word(enum note note)
{
	return notes[find(note)].word;
}

const char *note_text(enum note note)
{
	return notes[find(note)].text;
}

enum note note_next(unsigned int *set)
{
	unsigned int one = *set & -*set;

	*set &= ~one;
	return (enum note)one;
}

unsigned int notes_of_name(const struct dname *name)
{
	switch (shared_kind_of(name)) {
	case SHARED_TENANTS:
		return NOTE_SHARED;
	case SHARED_PASTE:
		return NOTE_PASTE | NOTE_SHARED;
	case SHARED_TUNNEL:
		return NOTE_TUNNEL | NOTE_SHARED;
	case SHARED_HOOK:
		return NOTE_HOOK | NOTE_SHARED;
	case SHARED_NOT:
	default:
		return 0;
	}
}

unsigned int notes_of_addr(const struct addr *a)
{
	if (addr_is_loopback(a))
		return NOTE_MACHINE;
	return addr_is_private(a) ? NOTE_RAW | NOTE_PRIVATE : NOTE_RAW;
}

unsigned int notes_of_port(uint16_t port)
{
	if (port == 25 || port == 465 || port == 587)
		return NOTE_MAIL;
	return port > HIGH_PORT ? NOTE_NEW_PORT : 0;
}

static bool is_one_of(const struct dname *name, const char *const *list,
		      bool or_below)
{
	struct dname one;

	for (; *list; list++)
		if (dname_from_text(*list, &one) == 0 &&
		    (dname_equal(name, &one) ||
		     (or_below && dname_is_below(name, &one))))
			return true;
	return false;
}

const char *danger_of_name(const struct dname *name)
{
	static const char *const list[] = { "metadata.google.internal",
					    "metadata.goog",
					    "instance-data.ec2.internal", NULL };

	return is_one_of(name, list, false)
		       ? "the metadata service gives away credentials of the "
			 "machine"
		       : NULL;
}

const char *danger_of_addr(const struct addr *a)
{
	return addr_is_metadata(a) ? "link-local and metadata addresses give "
				     "away credentials of the machine"
				   : NULL;
}

bool note_is_reserved(const struct dname *name)
{
	static const char *const list[] = {
		"invalid",  "test",	 "example",   "local", "onion",
		"internal", "localhost", "home.arpa", NULL
	};

	return is_one_of(name, list, true);
}
