/* SPDX-License-Identifier: MIT */
#ifndef EF_POLICY_DOOR_H
#define EF_POLICY_DOOR_H

#include <stdbool.h>

/*
 * Known doors: unix listeners through which a program gets out, whatever the
 * rules on internet destinations say. One table; pure.
 */
enum door_kind {
	DOOR_NONE,	   /* not known */
	DOOR_OPENS,	   /* a way out: refused, with a sentence */
	DOOR_NAME_SERVICE, /* nscd, resolved, avahi: refused, DNS is used */
};

/*
 * Look up a listener by the name it is bound to (struct unix_peer). Stores
 * what it would open in *ret_sentence (static text) unless DOOR_NONE.
 */
enum door_kind door_find(const char *listener, const char **ret_sentence);

#endif
