/* SPDX-License-Identifier: MIT */
#ifndef EF_WIRE_CONTROL_H
#define EF_WIRE_CONTROL_H

#include <stddef.h>
#include <stdint.h>

/*
 * The messages of a control socket, egress-filter-control(7). A message is
 * eight bytes (length of the body, type, zero; in network order) and its body.
 * Nothing here blocks or allocates; what is decoded points into the message.
 */
#define CONTROL_VERSION	   1
#define CONTROL_HEADER	   8
#define CONTROL_DIGEST	   64	     /* hex digits of a SHA-256 */
#define CONTROL_UUID	   36	     /* RFC 9562, as text */
#define CONTROL_PATH_MAX   4096	     /* with the NUL it does not have here */
#define CONTROL_TEXT_MAX   512	     /* a line for a person */
#define CONTROL_POLICY_MAX (4 << 20) /* the largest policy file */
#define CONTROL_BODY_MAX                                                       \
	(CONTROL_POLICY_MAX + CONTROL_PATH_MAX + CONTROL_DIGEST)

enum control_type {
	/* of a client */
	CONTROL_HELLO = 1,  /* version */
	CONTROL_ASK_POLICY, /* - */
	CONTROL_RELOAD,	    /* digest of the live policy, new text */
	CONTROL_ANNOUNCE,   /* digest, path: a file a person has accepted */
	CONTROL_STOP,	    /* - */
	/* of the session */
	CONTROL_WELCOME = 128, /* version, id of the session */
	CONTROL_POLICY,	       /* path, text of the live policy */
	CONTROL_DONE,	       /* errno value or 0, a line for a person */
};

/* One message. The meaning of a field is that of its type; others are empty. */
struct control_msg {
	enum control_type type;
	uint32_t number;    /* version, or errno value */
	const char *digest; /* CONTROL_DIGEST digits */
	const char *uuid;   /* CONTROL_UUID characters */
	const char *path;   /* not empty, no NUL inside */
	const char *text;   /* any bytes */
	size_t path_len, text_len;
};

/*
 * Decode the first message of len bytes. Returns its length with the header;
 * 0: more bytes are needed; -EBADMSG: this is none, and nothing that follows
 * can be told apart.
 */
long control_decode(const void *bytes, size_t len, struct control_msg *ret);

/*
 * The bytes of a message. Returns their number; 0: it does not fit, or is none
 * that control_decode() would take.
 */
size_t control_encode(const struct control_msg *msg, void *buf, size_t size);

/* As many bytes as control_encode() needs for it. */
size_t control_size(const struct control_msg *msg);

#endif
