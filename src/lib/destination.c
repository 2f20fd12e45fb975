/* SPDX-License-Identifier: MIT */
/* A destination as people write it, made into an observation. */
#include "lib/destination.h"

#include <errno.h>
#include <idn2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "learn/replay_observe.h"
#include "notify/peer.h"

#define TEXT_MAX 512

static int take_proto(char *text, struct observation *ret, struct ef_err *err)
{
	char *slash = strrchr(text, '/');

	ret->proto = PROTO_TCP;
	if (!slash)
		return 0;
	if (strstr(text, "://"))
		return err_set(
			err, EINVAL,
			"%s is a URL; only its host and port are judged: "
			"HOST[:PORT]",
			text);
	*slash = '\0';
	if (!strcmp(slash + 1, "tcp"))
		return 0;
	ret->proto = !strcmp(slash + 1, "udp")	  ? PROTO_UDP
		     : !strcmp(slash + 1, "icmp") ? PROTO_ICMP
						  : PROTO_NONE;
	if (ret->proto == PROTO_NONE)
		return err_set(err, EINVAL, "%s is not tcp, udp or icmp",
			       slash + 1);
	return 0;
}

/* Cut ":PORT" off a text that is not a bare IPv6 address. */
static int take_port(char *text, struct observation *ret, struct ef_err *err)
{
	char *colon = strrchr(text, ':');
	char *end;
	long port;

	ret->addr.port = ret->proto == PROTO_ICMP ? 0 : DESTINATION_PORT;
	if (!colon || (text[0] == '[' && colon[-1] != ']') ||
	    (text[0] != '[' && strchr(text, ':') != colon))
		return 0;
	port = strtol(colon + 1, &end, 10);
	if (end == colon + 1 || *end || port < 1 || port > 65535)
		return err_set(err, EINVAL, "%s is not a port, 1 to 65535",
			       colon + 1);
	ret->addr.port = (uint16_t)port;
	*colon = '\0';
	return 0;
}

static bool take_address(const char *text, struct observation *ret)
{
	uint16_t port = ret->addr.port;
	struct addr a;
	char bare[TEXT_MAX];
	size_t n = strlen(text);

	snprintf(bare, sizeof(bare), "%s", text);
	if (n > 2 && text[0] == '[' && text[n - 1] == ']')
		snprintf(bare, sizeof(bare), "%.*s", (int)n - 2, text + 1);
	if (addr_parse(bare, &a) < 0 || a.port)
		return false;
	/* The unspecified address leads to this machine (addr_decode()). */
	if (!a.ip[0] && !memcmp(a.ip, a.ip + 1, sizeof(a.ip) - 1))
		addr_parse(a.family == ADDR_IP4 ? "127.0.0.1" : "::1", &a);
	ret->addr = a;
	ret->addr.port = port;
	return true;
}

static int take_name(const char *text, const struct policy *p,
		     struct observation *ret, struct ef_err *err)
{
	char *ascii = NULL;
	struct dname name;
	int r;

	r = idn2_to_ascii_8z(text, &ascii, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
	if (r == IDN2_OK)
		r = dname_from_text(ascii, &name);
	else
		r = dname_from_text(text, &name);
	idn2_free(ascii);
	if (r < 0)
		return err_set(err, EINVAL,
			       "\"%s\" is neither a name nor an address", text);
	replay_observe_name(&name, p, ret);
	return 0;
}

/* "/run/x.sock" or "@name", as records and policies have them. */
static int take_listener(const char *text, struct observation *ret,
			 struct ef_err *err)
{
	struct unixaddr a = { .is_abstract = text[0] == '@' };
	size_t n = 0;

	for (text += a.is_abstract; *text; text += 1) {
		unsigned int byte = (unsigned char)*text;
		int used = 0;

		if (a.is_abstract &&
		    sscanf(text, "\\x%2x%n", &byte, &used) == 1 && used == 4)
			text += 3;
		if (n == UNIXADDR_NAME_MAX)
			return err_set(err, EINVAL,
				       "a socket's name has at most "
				       "%zu bytes",
				       UNIXADDR_NAME_MAX);
		a.name[n++] = (char)byte;
	}
	a.len = (uint8_t)n;
	ret->proto = PROTO_UNIX_STREAM;
	peer_describe(&a, &ret->peer);
	return 0;
}

int destination_parse(const char *text, const struct policy *p,
		      struct observation *ret, struct ef_err *err)
{
	char copy[TEXT_MAX];
	int r;

	memset(ret, 0, sizeof(*ret));
	ret->stage = STAGE_CONNECT;
	if (text[0] == '/' || text[0] == '@')
		return take_listener(text, ret, err);
	if (strlen(text) >= sizeof(copy))
		return err_set(err, EINVAL, "a destination of %zu bytes",
			       strlen(text));
	strcpy(copy, text);
	r = take_proto(copy, ret, err);
	if (r == 0)
		r = take_port(copy, ret, err);
	if (r < 0)
		return r;
	if (take_address(copy, ret))
		return 0;
	return take_name(copy, p, ret, err);
}
