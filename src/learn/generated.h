/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_GENERATED_H
#define EF_LEARN_GENERATED_H

#include <stdbool.h>
#include <stddef.h>

/*
 * True for a label that looks as if a program had made it up, so that another
 * time there will be another one: eight or more hexadecimal digits with a
 * letter and a digit among them, a UUID, "ip-10-0-0-1", letters and up to four
 * digits ("img7", "shard-12"), the region of a cloud ("eu-west-1"). Pure.
 */
bool label_is_generated(const char *label, size_t len);

#endif
