/* SPDX-License-Identifier: MIT */
#ifndef FAKES_KERNEL_H
#define FAKES_KERNEL_H

#include <stdint.h>

/*
 * A kernel (notify/kernel.h) in which every call waits for its answer, no
 * target can be looked at, and no signal comes.
 */

/* Wait until the call with this id is answered: its value or -errno. */
int64_t fake_kernel_answer(uint64_t id);

#endif
