// SPDX-License-Identifier: MIT
// Attempts: the row of a judged call, and what happens near the size limit.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "audit/store_impl.h"
#include "base/clock.h"

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static uint64_t used_bytes(const struct store *st)
{
	return st->file_bytes + (uint64_t)st->log_pages * STORE_PAGE_BYTES;
}

bool store_is_full(const struct store *st)
{
	return used_bytes(st) >= st->max_bytes;
}

/* The last eighth of the size limit is for new attempts only. */
static bool is_nearly_full(const struct store *st)
{
	return used_bytes(st) >= st->max_bytes - st->max_bytes / 8;
}

static int tell_limit(struct store *st)
{
	if (st->limit_told)
		return 0;
	st->limit_told = true;
	return store_event_locked(st, "limit",
				  "the size limit is near: repeats are only "
				  "counted, then calls are denied");
}

/* Direct-mapped, like the interned texts. */
static struct same *same_slot(struct store *st, const struct same_key *key)
{
	const unsigned char *p = (const unsigned char *)key;
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < sizeof(*key); i++)
		h = (h ^ p[i]) * 16777619u;
	return &st->same[(h ^ h >> 16) % SAME_SLOTS];
}

/* Count an attempt that is like one of before instead of writing a row. */
static int count_same(struct store *st, int64_t seq)
{
	struct cell cells[] = { cell_int(1), cell_int(st->session),
				cell_int(seq) };
	int r = store_insert(st, STMT_REPEAT, cells, COUNT(cells));

	if (r == 0)
		r = store_commit(st);
	return r < 0 ? store_give_up(st, r) : 0;
}

/* The rows of other tables an attempt names. */
struct attempt_refs {
	struct cell name, address, placeholder, rule;
	char name_text[DNAME_TEXT_MAX];
	char address_text[ADDR_TEXT_MAX], placeholder_text[ADDR_TEXT_MAX];
	char candidates[CANDIDATES_MAX * 24];
};

/* The name a row is shown with: what the verdict rests on, else what was asked
 * for, else the freshest name of the address. */
static const struct dname *name_of(const struct attempt *a)
{
	const struct observation *o = a->seen;

	if (a->said->name.len)
		return &a->said->name;
	if (o->name.len)
		return &o->name;
	return o->n_candidates ? &o->candidates[0].name : &a->said->name;
}

static enum name_source source_of(const struct attempt *a)
{
	const struct observation *o = a->seen;

	if (a->placeholder.family)
		return NAME_PLACEHOLDER;
	for (size_t i = 0; i < o->n_candidates; i++)
		if (dname_equal(&o->candidates[i].name, name_of(a)))
			return o->candidates[i].source;
	return NAME_NONE;
}

/* All names of the address as a JSON list of row numbers, when the one of the
 * row is not the only one. */
static int list_candidates(struct store *st, const struct observation *o,
			   char *buf, size_t size)
{
	size_t len = 0;

	for (size_t i = 0; i < o->n_candidates && i < CANDIDATES_MAX; i++) {
		char text[DNAME_TEXT_MAX];
		struct cell c;
		int r = store_name(st, &o->candidates[i].name, text, &c);

		if (r < 0)
			return r;
		len += (size_t)snprintf(buf + len, size - len, "%s%lld",
					i ? "," : "[", (long long)c.n);
	}
	snprintf(buf + len, size - len, "]");
	return 0;
}

static bool is_unix(const struct observation *o)
{
	return o->proto == PROTO_UNIX_STREAM || o->proto == PROTO_UNIX_DGRAM;
}

static int resolve(struct store *st, const struct attempt *a,
		   struct attempt_refs *refs)
{
	const struct observation *o = a->seen;
	int r = is_unix(o) ? store_unix_name(st, o->peer.name, &refs->name)
			   : store_name(st, name_of(a), refs->name_text,
					&refs->name);

	refs->candidates[0] = '\0';
	if (r == 0 && o->n_candidates > 1)
		r = list_candidates(st, o, refs->candidates,
				    sizeof(refs->candidates));
	if (r == 0)
		r = store_address(st, &o->addr, refs->address_text,
				  &refs->address);
	if (r == 0)
		r = store_address(st, &a->placeholder, refs->placeholder_text,
				  &refs->placeholder);
	if (r == 0)
		r = store_rule(st, a->revision, a->said->rule, &refs->rule);
	return r;
}

static uint16_t port_of(const struct attempt *a)
{
	return a->seen->addr.family ? a->seen->addr.port : a->placeholder.port;
}

static int insert_attempt(struct store *st, const struct attempt *a,
			  const struct attempt_refs *refs, int64_t *ret_seq)
{
	const struct observation *o = a->seen;
	const struct decision *d = a->said;
	struct cell cells[] = {
		cell_int(st->session),
		cell_int(st->seq + 1),
		cell_int(clock_wall_ms()),
		cell_row(a->process),
		cell_int(o->pid),
		cell_int(o->tid),
		cell_row(a->revision),
		cell_text(stage_word(o->stage)),
		cell_text(proto_word(o->proto)),
		refs->name,
		cell_text(name_source_word(source_of(a))),
		cell_text(refs->candidates[0] ? refs->candidates : NULL),
		refs->address,
		cell_int(port_of(a)),
		refs->placeholder,
		cell_int(o->qtype),
		cell_int(o->syscall),
		cell_int(o->detail),
		cell_int(o->foreign_netns),
		cell_text(d->verdict == VERDICT_ALLOW ? "allow" : "deny"),
		cell_text(action_word(a->action)),
		refs->rule,
		cell_text(reason_word(d->reason)),
		cell_text(d->door),
		cell_int(o->is_probe),
		cell_int(a->held_ms),
	};

	return store_put(st, STMT_ATTEMPT, DIGEST_ATTEMPTS, cells, COUNT(cells),
			 ret_seq);
}

static int put_attempt(struct store *st, const struct attempt *a, int64_t *ret_seq)
{
	struct attempt_refs refs;
	struct same_key key;
	struct same *same;
	int r = is_nearly_full(st) ? tell_limit(st) : 0;

	if (r == 0)
		r = resolve(st, a, &refs);
	if (r < 0)
		return store_give_up(st, r);
	memset(&key, 0, sizeof(key));
	key.process = a->process;
	key.revision = a->revision;
	key.name = refs.name.n;
	key.address = refs.address.n;
	key.placeholder = refs.placeholder.n;
	key.rule = refs.rule.n;
	key.stage = a->seen->stage;
	key.proto = a->seen->proto;
	key.reason = a->said->reason;
	key.action = a->action;
	key.port = port_of(a);
	key.detail = (uint32_t)a->seen->detail;
	same = same_slot(st, &key);
	if (is_nearly_full(st) && same->seq &&
	    !memcmp(&same->key, &key, sizeof(key))) {
		*ret_seq = same->seq;
		return count_same(st, same->seq);
	}
	if (store_is_full(st))
		return store_give_up(st, -ENOSPC);
	r = insert_attempt(st, a, &refs, ret_seq);
	if (r == 0)
		*same = (struct same){ .key = key, .seq = *ret_seq };
	return r;
}

/* One transaction for all: they count together or not at all. */
static int put_batch(struct store *st, const struct attempt *list, size_t n,
		     int64_t *ret_seq)
{
	int64_t seq = st->seq;
	int r = digest_save(st->digest, DIGEST_ATTEMPTS);

	if (r < 0)
		return r;
	r = store_begin(st);
	st->in_batch = true;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = put_attempt(st, &list[i], &ret_seq[i]);
	st->in_batch = false;
	if (r == 0)
		r = store_commit(st);
	if (r == 0)
		return 0;
	st->seq = seq;
	digest_restore(st->digest, DIGEST_ATTEMPTS);
	memset(st->same, 0, SAME_SLOTS * sizeof(*st->same));
	return store_give_up(st, r);
}

/* Near the limit an attempt may be no row of its own. */
static int put_attempts(struct store *st, const struct attempt *list, size_t n,
			int64_t *ret_seq)
{
	int r = 0;

	if (n > 1 && !is_nearly_full(st))
		return put_batch(st, list, n, ret_seq);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = put_attempt(st, &list[i], &ret_seq[i]);
	return r;
}

int store_attempts(struct store *st, const struct attempt *list, size_t n,
		   int64_t *ret_seq)
{
	int r = store_enter(st);

	if (r < 0)
		return r;
	return store_leave(st, put_attempts(st, list, n, ret_seq));
}

int store_attempt(struct store *st, const struct attempt *a, int64_t *ret_seq)
{
	return store_attempts(st, a, 1, ret_seq);
}

static int put_resolved(struct store *st, int64_t seq, const struct addr *a)
{
	char text[ADDR_TEXT_MAX];
	struct cell cells[3];
	int r = store_address(st, a, text, &cells[0]);

	cells[1] = cell_int(st->session);
	cells[2] = cell_int(seq);
	if (r == 0)
		r = store_insert(st, STMT_RESOLVED, cells, COUNT(cells));
	if (r == 0)
		r = store_commit(st);
	return r < 0 ? store_give_up(st, r) : 0;
}

int store_resolved(struct store *st, int64_t seq, const struct addr *a)
{
	int r = store_enter(st);

	if (r < 0)
		return r;
	return store_leave(st, put_resolved(st, seq, a));
}
