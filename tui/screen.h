/* SPDX-License-Identifier: MIT */
#ifndef TUI_SCREEN_H
#define TUI_SCREEN_H

#include "canvas.h"

/*
 * The terminal. There is one; it is given back as it was, whatever happens
 * short of SIGKILL. Output blocks on the terminal.
 */

/* Take it. Returns 0, or -1 with the reason in *ret_why. */
int screen_open(bool is_mono, const char **ret_why);

/* Give it back. Nothing happens when it was not taken. */
void screen_close(void);

/* Its size. */
void screen_size(int *ret_w, int *ret_h);

/* Show a picture; what has not changed is not sent. */
void screen_show(const struct canvas *c);

/* Send everything again with the next picture. */
void screen_redraw(void);

/*
 * Wait at most timeout_ms for a key (keys.h), KEYC_NONE: none came. After
 * KEYC_MOUSE, *ret_y and *ret_x are where; ret_wheel is -1, 0 or 1.
 */
int screen_key(int timeout_ms, int *ret_y, int *ret_x, int *ret_wheel);

/* The signal that asks to leave, or 0; -1: the terminal is gone. */
int screen_ended(void);

/* Take the mouse, or leave it to the terminal. */
void screen_mouse(bool on);

/* Stop, as for Ctrl-Z; returns when continued. */
void screen_suspend(void);

/* Put text into the terminal's clipboard (OSC 52), where it takes it. */
void screen_copy(const char *text);

/* Run the person's editor on a file at a line, with the whole terminal.
 * Returns its exit status, or -1. */
int screen_edit(const char *path, long line);

#endif
