// SPDX-License-Identifier: MIT
// The words of the record for the values of an event, both ways.
#include "audit/event.h"

#include <assert.h>

static const char *const actions[] = {
	[ACTION_ALLOWED] = "allowed",
	[ACTION_DENIED] = "denied",
	[ACTION_HELD] = "held",
	[ACTION_PROBE] = "probe",
};

static const char *const stages[] = {
	[STAGE_DNS] = "dns",	     [STAGE_CONNECT] = "connect",
	[STAGE_SEND] = "send",	     [STAGE_LISTEN] = "listen",
	[STAGE_JOIN] = "join",	     [STAGE_SOCKET] = "socket",
	[STAGE_SYSCALL] = "syscall",
};

static const char *const protos[] = {
	[PROTO_NONE] = "none",	      [PROTO_TCP] = "tcp",
	[PROTO_UDP] = "udp",	      [PROTO_ICMP] = "icmp",
	[PROTO_UNIX_STREAM] = "unix", [PROTO_UNIX_DGRAM] = "unix-dgram",
	[PROTO_NETLINK] = "netlink",
};

static const char *const sources[] = {
	[NAME_NONE] = "none",
	[NAME_DNS] = "dns",
	[NAME_HOSTS] = "hosts",
	[NAME_PLACEHOLDER] = "placeholder",
};

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static_assert(COUNT(stages) == N_STAGES, "a word for each stage");
static_assert(COUNT(protos) == N_PROTOS, "a word for each protocol");
static_assert(COUNT(sources) == N_NAME_SOURCES, "a word for each source");

static const char *word(const char *const *list, size_t n, unsigned int i)
{
	return i < n ? list[i] : "unknown";
}

const char *action_word(enum action action)
{
	return word(actions, COUNT(actions), action);
}

const char *stage_word(enum stage stage)
{
	return word(stages, COUNT(stages), stage);
}

const char *proto_word(enum proto proto)
{
	return word(protos, COUNT(protos), proto);
}

const char *name_source_word(enum name_source source)
{
	return word(sources, COUNT(sources), source);
}
