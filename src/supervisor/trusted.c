/* SPDX-License-Identifier: MIT */
/* What may stay on the trust list. */
#include "supervisor/trusted.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/state.h"
#include "policy/trust.h"

struct trusted {
	char state_dir[1024];
	struct trust_list *list;
};

static void trusted_free(struct trusted *t)
{
	if (!t)
		return;
	trust_list_free(t->list);
	free(t);
}

AUTO(trusted, trusted_free)

int trusted_begin(struct trusted **ret)
{
	auto_of(trusted) struct trusted *t = calloc(1, sizeof(*t));

	if (!t)
		return -ENOMEM;
	if (state_path(t->state_dir, sizeof(t->state_dir), NULL) < 0)
		return 0;
	/* A list that nobody believes now is not to be believed at the end
	 * because the command has mended it. */
	if (trust_read(t->state_dir, &t->list, NULL) < 0)
		t->list = trust_list_new();
	if (!t->list)
		return -ENOMEM;
	*ret = STEAL(t);
	return 0;
}

int trusted_announce(struct trusted *t, const char *digest, const char *path,
		     size_t path_len)
{
	return trust_list_add(t->list, digest, path, path_len);
}

void trusted_end(struct trusted *t)
{
	struct ef_err err = { 0 };
	int n;

	if (!t)
		return;
	n = trust_strike_new(t->state_dir, t->list, &err);
	if (n < 0)
		log_line(LOG_ERROR, "%s", err.msg);
	if (n > 0)
		log_line(LOG_ERROR,
			 "%d policy file%s accepted while the command ran: "
			 "taken back; see egress-filter trust",
			 n, n == 1 ? " was" : "s were");
	trusted_free(t);
}
