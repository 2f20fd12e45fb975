/* SPDX-License-Identifier: MIT */
/*
 * The unified diff of two texts.
 *
 * Theory of operation. Lines that both texts begin and end with are set aside.
 * For the rest the shortest way from one to the other is searched greedily: for
 * each number of changes the furthest place on each diagonal is kept (the
 * method of Myers, 1986), and the kept places lead back. Its memory grows with
 * the square of the changes, so there is a bound on them.
 */
#include "learn/diff.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "learn/splice_text.h"

#define CONTEXT 3

struct line {
	const char *bytes;
	size_t len;
	uint32_t hash;
};

struct side {
	struct line *lines;
	size_t n;
	bool *is_changed; /* of each line: not in the other text */
};

struct diffing {
	struct side a, b;
	size_t head; /* lines that both begin with */
};

static uint32_t hash(const char *p, size_t n)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * 16777619u;
	return h;
}

static int split(const char *text, size_t len, struct side *s)
{
	size_t n = 1, at = 0;

	for (size_t i = 0; i < len; i++)
		n += text[i] == '\n';
	s->lines = calloc(n, sizeof(*s->lines));
	s->is_changed = calloc(n, sizeof(*s->is_changed));
	if (!s->lines || !s->is_changed)
		return -ENOMEM;
	while (at < len) {
		const char *lf = memchr(text + at, '\n', len - at);
		size_t end = lf ? (size_t)(lf + 1 - text) : len;

		s->lines[s->n++] = (struct line){ text + at, end - at,
						  hash(text + at, end - at) };
		at = end;
	}
	return 0;
}

static bool same(const struct line *a, const struct line *b)
{
	return a->hash == b->hash && a->len == b->len &&
	       !memcmp(a->bytes, b->bytes, a->len);
}

/* The part of both texts that is searched. */
struct middle {
	const struct line *a, *b;
	bool *a_changed, *b_changed;
	int n, m; /* lines of it */
};

/*
 * Row d of the search has the furthest places after d changes, one for each
 * diagonal from -d to d; all rows stand one behind the other.
 */
static int *row(int *rows, int d)
{
	return rows + (size_t)d * (size_t)d + (size_t)d;
}

/* The furthest line of a on diagonal k after d changes. */
static int furthest(const struct middle *s, int *rows, int d, int k)
{
	const int *last = d > 0 ? row(rows, d - 1) : NULL;
	int x = 0, y;

	if (last)
		x = k == -d || (k != d && last[k - 1] < last[k + 1])
			    ? last[k + 1]
			    : last[k - 1] + 1;
	for (y = x - k;
	     x < s->n && y >= 0 && y < s->m && same(&s->a[x], &s->b[y]); y++)
		x++;
	return x;
}

/* The number of changes and, in rows, how they are reached; -1: too many. */
static int search(const struct middle *s, int *rows, int most)
{
	for (int d = 0; d <= most; d++)
		for (int k = -d; k <= d; k += 2) {
			int x = furthest(s, rows, d, k);

			row(rows, d)[k] = x;
			if (k == s->n - s->m && x >= s->n)
				return d;
		}
	return -1;
}

/* Follow the rows back and note each change. */
static void trace(const struct middle *s, int *rows, int d)
{
	int k = s->n - s->m;

	for (; d > 0; d--) {
		const int *last = row(rows, d - 1);
		bool is_added = k == -d || (k != d && last[k - 1] < last[k + 1]);

		k += is_added ? 1 : -1;
		if (is_added)
			s->b_changed[last[k] - k] = true;
		else
			s->a_changed[last[k]] = true;
	}
}

static int compare(const struct middle *s)
{
	int all = s->n + s->m;
	int most = all < DIFF_EDITS_MAX ? all : DIFF_EDITS_MAX, d;
	auto_free int *rows = NULL;

	if (s->n && s->m) {
		size_t n = (size_t)(most + 1) * (size_t)(most + 1);

		rows = malloc(n * sizeof(*rows));
		if (!rows)
			return -ENOMEM;
		d = search(s, rows, most);
		if (d >= 0) {
			trace(s, rows, d);
			return 0;
		}
	}
	memset(s->a_changed, true, (size_t)s->n);
	memset(s->b_changed, true, (size_t)s->m);
	return 0;
}

static int mark_changes(struct diffing *d)
{
	struct side *a = &d->a, *b = &d->b;
	size_t tail = 0;
	struct middle s;

	while (d->head < a->n && d->head < b->n &&
	       same(&a->lines[d->head], &b->lines[d->head]))
		d->head++;
	while (tail < a->n - d->head && tail < b->n - d->head &&
	       same(&a->lines[a->n - 1 - tail], &b->lines[b->n - 1 - tail]))
		tail++;
	s = (struct middle){ .a = a->lines + d->head,
			     .b = b->lines + d->head,
			     .a_changed = a->is_changed + d->head,
			     .b_changed = b->is_changed + d->head,
			     .n = (int)(a->n - d->head - tail),
			     .m = (int)(b->n - d->head - tail) };
	return compare(&s);
}

static void put_line(struct text *t, char mark, const struct line *l)
{
	text_add(t, &mark, 1);
	text_add(t, l->bytes, l->len);
	if (!l->len || l->bytes[l->len - 1] != '\n')
		text_put(t, "\n\\ No newline at end of file\n");
}

/* A place in both texts. */
struct at {
	size_t a, b;
};

static bool is_change(const struct diffing *d, struct at p)
{
	return (p.a < d->a.n && d->a.is_changed[p.a]) ||
	       (p.b < d->b.n && d->b.is_changed[p.b]);
}

static bool is_end(const struct diffing *d, struct at p)
{
	return p.a >= d->a.n && p.b >= d->b.n;
}

/* Behind the changed lines at a place, or behind the line both have. */
static struct at step(const struct diffing *d, struct at p)
{
	if (!is_change(d, p))
		return (struct at){ p.a + 1, p.b + 1 };
	while (p.a < d->a.n && d->a.is_changed[p.a])
		p.a++;
	while (p.b < d->b.n && d->b.is_changed[p.b])
		p.b++;
	return p;
}

/* Where the hunk that begins with a change ends: before so many lines without
 * any that the next change has a hunk of its own. */
static struct at hunk_end(const struct diffing *d, struct at p)
{
	struct at end = p;
	size_t quiet = 0;

	while (!is_end(d, p) && quiet <= 2 * CONTEXT) {
		bool changed = is_change(d, p);

		p = step(d, p);
		quiet = changed ? 0 : quiet + 1;
		if (changed)
			end = p;
	}
	for (quiet = 0; quiet < CONTEXT && !is_end(d, end); quiet++)
		end = step(d, end);
	return end;
}

/* "12,3": lines from, from 1; the line before when there are none. */
static void put_range(struct text *t, size_t from, size_t n)
{
	if (n == 1)
		text_put(t, "%zu", from + 1);
	else
		text_put(t, "%zu,%zu", n ? from + 1 : from, n);
}

static void put_hunk(struct text *t, const struct diffing *d, struct at p,
		     struct at end)
{
	text_put(t, "@@ -");
	put_range(t, p.a, end.a - p.a);
	text_put(t, " +");
	put_range(t, p.b, end.b - p.b);
	text_put(t, " @@\n");
	while (p.a < end.a || p.b < end.b) {
		struct at next = step(d, p);

		if (!is_change(d, p)) {
			put_line(t, ' ', &d->a.lines[p.a]);
		} else {
			for (size_t i = p.a; i < next.a; i++)
				put_line(t, '-', &d->a.lines[i]);
			for (size_t i = p.b; i < next.b; i++)
				put_line(t, '+', &d->b.lines[i]);
		}
		p = next;
	}
}

static void put_all(struct text *t, const struct diffing *d, const char *from,
		    const char *to)
{
	struct at p = { 0, 0 }, end = p;

	while (!is_end(d, p)) {
		size_t back;

		if (!is_change(d, p)) {
			p = step(d, p);
			continue;
		}
		if (!t->len)
			text_put(t, "--- %s\n+++ %s\n", from, to);
		back = p.a - end.a < CONTEXT ? p.a - end.a : CONTEXT;
		end = hunk_end(d, p);
		put_hunk(t, d, (struct at){ p.a - back, p.b - back }, end);
		p = end;
	}
}

static void side_done(struct side *s)
{
	free(s->lines);
	free(s->is_changed);
}

int diff_texts(const char *from, const char *a, size_t a_len, const char *to,
	       const char *b, size_t b_len, char **ret, size_t *ret_len)
{
	struct diffing d = { 0 };
	struct text t = { 0 };
	int r = split(a, a_len, &d.a);

	if (r == 0)
		r = split(b, b_len, &d.b);
	if (r == 0)
		r = mark_changes(&d);
	if (r == 0) {
		text_add(&t, "", 0);
		put_all(&t, &d, from, to);
	}
	side_done(&d.a);
	side_done(&d.b);
	if (r < 0 || t.failed) {
		free(t.bytes);
		return -ENOMEM;
	}
	*ret = t.bytes;
	*ret_len = t.len;
	return 0;
}
