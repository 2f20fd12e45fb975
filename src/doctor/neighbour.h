/* SPDX-License-Identifier: MIT */
#ifndef EF_DOCTOR_NEIGHBOUR_H
#define EF_DOCTOR_NEIGHBOUR_H

#include <signal.h>

#include "doctor/ground.h"

/*
 * A process that is no part of any session, in a group of its own. On a signal
 * NEIGHBOUR_SIGNAL it sends to the closed port; to whoever connects to "giver"
 * it gives a socket that is connected to it.
 */
#define NEIGHBOUR_SIGNAL SIGUSR1

/* Start it: 0 or -errno. */
int neighbour_start(struct ground *g);

/* End it, if there is one. */
void neighbour_end(const struct ground *g);

#endif
