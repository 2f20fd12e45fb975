/* SPDX-License-Identifier: MIT */
#ifndef EF_SUPERVISOR_LINKS_H
#define EF_SUPERVISOR_LINKS_H

/*
 * Watch (inotify(7)) the folder of a path and of every symbolic link that it
 * leads through, for names that appear, vanish or are written. What cannot be
 * watched is left out.
 */
void links_watch(int inotify, const char *at);

#endif
