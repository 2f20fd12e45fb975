/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_REPLAY_LIST_H
#define EF_LEARN_REPLAY_LIST_H

#include "learn/replay.h"

/* The changes that a replay found, by destination. Only replay.c includes
 * this. */
struct replay_list;

/* An empty list, or NULL when out of memory. */
struct replay_list *replay_list_new(void);

/* Free it; NULL is fine. */
void replay_list_free(struct replay_list *l);

/* Count a group whose verdict has changed. Returns 0, -ENOSPC when it is one
 * more destination than the list holds, or -ENOMEM. */
int replay_list_add(struct replay_list *l, const struct group *g,
		    const struct decision *now);

/* Change i in the order of replay_change(); NULL after the last. */
const struct replay_change *replay_list_at(struct replay_list *l, size_t i);

#endif
