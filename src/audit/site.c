/* SPDX-License-Identifier: MIT */
/* Which names are one owner's. */
#include "audit/site.h"

#include <libpsl.h>
#include <stddef.h>

const char *site_of(const char *name)
{
	const psl_ctx_t *list = psl_builtin();
	const char *site = list ? psl_registrable_domain(list, name) : NULL;

	return site ? site : name;
}
