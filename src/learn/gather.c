/* SPDX-License-Identifier: MIT */
/* The chosen sessions of a reader, put together. */
#include "learn/gather.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

AUTO(observations, observations_free)

static bool has_same_id(const struct reader *r, size_t a, size_t b)
{
	return !strcmp(reader_session(r, a)->uuid, reader_session(r, b)->uuid);
}

/* Of copies of a session the longest counts, of equal ones the first. */
static bool is_best_copy(const struct reader *r, size_t i)
{
	const struct session_info *s = reader_session(r, i);

	for (size_t j = 0; j < reader_n_sessions(r); j++) {
		int64_t other = reader_session(r, j)->last_seq;

		if (j != i && has_same_id(r, i, j) &&
		    (other > s->last_seq || (other == s->last_seq && j < i)))
			return false;
	}
	return true;
}

static void choose_all(const struct reader *r, bool is_newest, bool *ret)
{
	size_t n = reader_n_sessions(r);

	for (size_t i = 0; i < n; i++)
		ret[i] = !is_newest || i + 1 == n;
}

static int choose_id(const struct reader *r, const char *id, bool *ret,
		     struct ef_err *err)
{
	int64_t at;

	if (!strcmp(id, "all")) {
		choose_all(r, false, ret);
		return 0;
	}
	at = reader_find(r, id, err);
	if (at < 0)
		return (int)at;
	for (size_t i = 0; i < reader_n_sessions(r); i++)
		if (has_same_id(r, i, (size_t)at))
			ret[i] = true;
	return 0;
}

int gather_choose(const struct reader *r, const struct gather_choice *choice,
		  bool *ret, struct ef_err *err)
{
	int n = 0;

	memset(ret, 0, reader_n_sessions(r) * sizeof(*ret));
	if (!choice->n_sessions)
		choose_all(r, choice->is_newest, ret);
	for (size_t i = 0; n == 0 && i < choice->n_sessions; i++)
		n = choose_id(r, choice->sessions[i], ret, err);
	for (size_t i = 0; i < reader_n_sessions(r); i++)
		ret[i] = ret[i] && is_best_copy(r, i);
	return n;
}

static int put_session(struct reader *r, size_t i, const struct filter *f,
		       struct observations *o, struct ef_err *err)
{
	const struct session_info *s = reader_session(r, i);
	int n = observations_session(o, s->uuid, s->argv, s->argv_len);

	if (n > 0)
		n = reader_alike(r, i, f, observations_add, o, err);
	return n == -ENOMEM ? err_set(err, ENOMEM, "out of memory") : n;
}

int gather(struct reader *r, const struct gather_choice *choice,
	   const struct policy *p, struct observations **ret, struct ef_err *err)
{
	auto_of(observations) struct observations *o = observations_new(p);
	size_t n = reader_n_sessions(r);
	auto_free bool *is_chosen = calloc(n + 1, sizeof(*is_chosen));
	int res;

	if (!o || !is_chosen)
		return err_set(err, ENOMEM, "out of memory");
	res = gather_choose(r, choice, is_chosen, err);
	for (size_t i = 0; res == 0 && i < n; i++)
		if (is_chosen[i])
			res = put_session(r, i, choice->filter, o, err);
	if (res < 0)
		return res;
	observations_sort(o);
	*ret = STEAL(o);
	return 0;
}
