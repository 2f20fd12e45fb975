/* SPDX-License-Identifier: MIT */
/* The public face of policies: loading, and telling their problems. */
#include "lib/handles.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/load.h"

const char *ef_version(void)
{
	return PACKAGE_VERSION;
}

int handle_error(struct ef_error *err, const struct ef_err *from, int r)
{
	if (err) {
		err->code = r < 0 ? -r : 0;
		if (r == 0)
			err->text[0] = '\0';
		else if (from && from->msg[0])
			memcpy(err->text, from->msg, sizeof(err->text));
		else
			strncpy(err->text, strerror(-r), sizeof(err->text) - 1);
	}
	return r;
}

static void tell_all(const struct problems *all, const char *path,
		     ef_problem_fn *tell, void *arg)
{
	for (size_t i = 0; tell && i < all->n; i++)
		tell(&(struct ef_problem){ .path = path,
					   .is_error = all->list[i].is_error,
					   .line = all->list[i].line,
					   .column = all->list[i].column,
					   .text = all->list[i].text },
		     arg);
	if (tell && all->n_errors + all->n_warnings > all->n)
		tell(
			&(struct ef_problem){
				.path = path,
				.is_error = all->n_errors != 0,
				.text = "more problems follow; these "
					"are the first ones" },
			arg);
}

static struct ef_policy *wrap(struct policy *inner)
{
	struct ef_policy *p = inner ? calloc(1, sizeof(*p)) : NULL;

	if (p)
		p->inner = inner;
	else
		policy_unref(inner);
	return p;
}

int ef_policy_parse(const char *text, size_t len, const char *path,
		    ef_problem_fn *tell, void *arg, struct ef_policy **ret,
		    struct ef_error *err)
{
	auto_free struct problems *all = calloc(1, sizeof(*all));
	struct ef_err why = { 0 };
	struct policy *inner = NULL;
	int r;

	*ret = NULL;
	if (!all)
		return handle_error(err, NULL, -ENOMEM);
	r = policy_load(text, len, path, all, &inner);
	tell_all(all, path, tell, arg);
	if (r == -EINVAL)
		err_set(&why, EINVAL, "%s: %zu error%s in the policy", path,
			all->n_errors, all->n_errors == 1 ? "" : "s");
	if (r < 0)
		return handle_error(err, &why, r);
	*ret = wrap(inner);
	return handle_error(err, NULL, *ret ? 0 : -ENOMEM);
}

int ef_policy_load(const char *path, ef_problem_fn *tell, void *arg,
		   struct ef_policy **ret, struct ef_error *err)
{
	auto_free char *text = NULL;
	struct ef_err why = { 0 };
	size_t len;
	int r;

	*ret = NULL;
	r = policy_read_file(path, &text, &len, &why);
	if (r < 0)
		return handle_error(err, &why, r);
	return ef_policy_parse(text, len, path, tell, arg, ret, err);
}

struct ef_policy *ef_policy_fixed(int allow)
{
	return wrap(policy_new_fixed(allow ? VERDICT_ALLOW : VERDICT_DENY));
}

void ef_policy_free(struct ef_policy *policy)
{
	if (!policy)
		return;
	policy_unref(policy->inner);
	free(policy);
}
