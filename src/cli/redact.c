/* SPDX-License-Identifier: MIT */
/* Whether secrets in arguments are shown. */
#include "cli/redact.h"

#include <string.h>
#include <unistd.h>

#include "audit/redact.h"

bool redact_option(const char *value, bool *ret)
{
	*ret = !isatty(STDOUT_FILENO);
	if (!value || !strcmp(value, "auto"))
		return true;
	*ret = !strcmp(value, "always");
	return *ret || !strcmp(value, "never");
}

char *redact_shown(bool is_wanted, const char **argv, size_t *len)
{
	char *list = NULL;
	int r = is_wanted ? redact_argv(*argv, *len, &list, len) : 0;

	if (r < 0) {
		*argv = "";
		*len = 0;
	} else if (list) {
		*argv = list;
	}
	return list;
}
