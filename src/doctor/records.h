/* SPDX-License-Identifier: MIT */
#ifndef EF_DOCTOR_RECORDS_H
#define EF_DOCTOR_RECORDS_H

#include "doctor/ability.h"

#define RECORDS_PROVED_MAX 50 /* newest sessions whose digest is computed */

/*
 * Are the records of the state folder as they were written? Computes the
 * digests of the newest sessions again: reads all of their rows, may take
 * seconds. a is "ok, nothing to say" before.
 */
void records_try(struct ability *a);

#endif
