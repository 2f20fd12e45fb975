/* SPDX-License-Identifier: MIT */
/* The ground as words of a command line, and as a policy. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor/ground.h"

void ground_to_args(const struct ground *g, char (*ret)[GROUND_ARG_MAX])
{
	const long numbers[] = { g->closed, g->allowed, g->has_ip6,
				 g->neighbour, g->tries };

	for (size_t i = 0; i < GROUND_ARGS - 1; i++)
		snprintf(ret[i], GROUND_ARG_MAX, "%ld", numbers[i]);
	snprintf(ret[GROUND_ARGS - 1], GROUND_ARG_MAX, "%s", g->dir);
}

bool ground_from_args(char *const *args, int n, struct ground *ret)
{
	long numbers[GROUND_ARGS - 1];
	char *end;

	if (n != GROUND_ARGS)
		return false;
	for (int i = 0; i < GROUND_ARGS - 1; i++) {
		numbers[i] = strtol(args[i], &end, 10);
		if (*end || end == args[i] || numbers[i] < 0 ||
		    numbers[i] > INT32_MAX)
			return false;
	}
	if (strlen(args[GROUND_ARGS - 1]) >= GROUND_DIR_MAX)
		return false;
	*ret = (struct ground){ .closed = (uint16_t)numbers[0],
				.allowed = (uint16_t)numbers[1],
				.has_ip6 = numbers[2] != 0,
				.neighbour = (pid_t)numbers[3],
				.tries = (unsigned int)numbers[4] };
	strcpy(ret->dir, args[GROUND_ARGS - 1]);
	return true;
}

void ground_policy(const struct ground *g, char *ret, size_t size)
{
	snprintf(ret, size,
		 "version: 1\n"
		 "ip_ranges:\n"
		 "  - cidr: 127.0.0.1\n"
		 "    ports: [%u]\n",
		 g->allowed);
}
