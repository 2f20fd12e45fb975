/* SPDX-License-Identifier: MIT */
/* The words that suggestions are shown with. */
#include "learn/suggest.h"

static const char *const confidences[] = {
	[CONFIDENCE_LOW] = "low",
	[CONFIDENCE_MEDIUM] = "medium",
	[CONFIDENCE_HIGH] = "high",
};

const char *confidence_word(enum confidence c)
{
	return confidences[c];
}

const char *doubt_text(enum doubt d)
{
	switch (d) {
	case DOUBT_ADDRESS:
		return "an address says nothing of who has it tomorrow";
	case DOUBT_PORT:
		return "its port was not seen and is assumed; egress-filter "
		       "learn sees it";
	case DOUBT_AMBIGUOUS:
		return "one of several names of its address";
	case DOUBT_GENERATED:
		return "its name looks generated: another one next time";
	case DOUBT_NOTE:
		return "a note of caution";
	case DOUBT_UNSENT:
		return "a datagram socket was connected, perhaps nothing sent";
	case DOUBT_RESERVED:
		return "not a name of the public DNS";
	default:
		return "no doubt";
	}
}

enum doubt doubt_next(unsigned int *doubts)
{
	unsigned int one = *doubts & -*doubts;

	*doubts &= ~one;
	return (enum doubt)one;
}

const char *no_wildcard_text(enum no_wildcard why)
{
	switch (why) {
	case WILDCARD_OFFERED:
		return "a wildcard is offered";
	case WILDCARD_FEW:
		return "too few names beside it were seen for a wildcard";
	case WILDCARD_SUFFIX:
		return "no wildcard: its parent is a public suffix, anybody "
		       "may have a name there";
	case WILDCARD_SHARED:
		return "no wildcard: its parent is shared by many parties";
	case WILDCARD_NONE:
	default:
		return "no wildcard";
	}
}
