/* SPDX-License-Identifier: MIT */
#ifndef EF_SUPERVISOR_CONTROL_CLIENT_H
#define EF_SUPERVISOR_CONTROL_CLIENT_H

#include <stdbool.h>

#include "wire/control.h"

/*
 * One connection to the control socket: what has come of its next message, and
 * what it has not taken yet. Both grow to one message of the largest kind and
 * no further; one who does not read is cut off. Nothing blocks.
 */
struct control_client {
	int fd;			 /* -1: this place is free */
	unsigned int generation; /* of the place */
	bool is_welcome;	 /* it has said which version it speaks */
	bool is_closing;	 /* when all is sent */
	uint8_t *in, *out;
	size_t in_len, in_size, out_len, out_done, out_size;
};

/* Take a connected socket that does not block. */
void control_client_open(struct control_client *c, int fd);

/* Close it and free its buffers; the place is free. */
void control_client_close(struct control_client *c);

/* Read some of what has come. False: it has hung up, or there is no memory. */
bool control_client_read(struct control_client *c);

/*
 * Its next message: 1, valid until the next call for this client; 0: it is not
 * whole; -EBADMSG: it is none. control_client_taken() is due after a 1.
 */
int control_client_next(struct control_client *c, struct control_msg *ret);

/* The message is done with. */
void control_client_taken(struct control_client *c);

/* Have a message sent. False: it has not taken the last ones. */
bool control_client_put(struct control_client *c, const struct control_msg *m);

/* Send what waits. False: it has hung up, or all is sent and it is closing. */
bool control_client_write(struct control_client *c);

#endif
