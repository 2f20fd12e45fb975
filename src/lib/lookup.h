/* SPDX-License-Identifier: MIT */
#ifndef EF_LIB_LOOKUP_H
#define EF_LIB_LOOKUP_H

/*
 * Will exec find a program of this name, the way execvp(3) looks for it?
 * Returns 0; -ENOENT when it is nowhere; -EACCES when what was found is not
 * executable (or a folder). Blocks on the disk.
 */
int lookup_program(const char *name);

#endif
