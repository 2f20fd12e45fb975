/* SPDX-License-Identifier: MIT */
/*
 * Generated policies with generated edits: all other lines stay, and the
 * result is the old policy and the edits. An argument says how many (3000).
 */
#include <errno.h>

#include "learn/splice.h"
#include "splice_dump.h"
#include "splice_gen.h"
#include "tap.h"

static unsigned int n_invalid, n_refused, n_edited;

/* The next line with its end; false: there is none. */
static bool next_line(const char **p, const char *end, const char **line,
		      size_t *len)
{
	const char *lf;

	if (*p == end)
		return false;
	*line = *p;
	lf = memchr(*p, '\n', (size_t)(end - *p));
	*p = lf ? lf + 1 : end;
	*len = (size_t)(*p - *line);
	return true;
}

/* Line ends of the last line may come and go. */
static size_t bare(const char *line, size_t len)
{
	len -= len && line[len - 1] == '\n';
	return len - (len && line[len - 1] == '\r');
}

/*
 * The new text has the old lines in their order; those listed may differ, but
 * only by what was put in and by an empty value that went.
 */
static bool keeps_lines(const char *old, size_t old_len, const struct spliced *s)
{
	const char *p = old, *q = s->text, *a, *b;
	size_t a_len, b_len, i = 0;
	bool found = true;

	for (uint32_t line = 1;
	     found && next_line(&p, old + old_len, &a, &a_len); line++) {
		bool is_last = p == old + old_len;

		if (i < s->n_edited && s->edited[i] == line) {
			i++;
			continue;
		}
		do {
			found = next_line(&q, s->text + s->len, &b, &b_len);
			if (found && is_last && bare(a, a_len) == a_len)
				b_len = bare(b, b_len);
		} while (found && (a_len != b_len || memcmp(a, b, a_len)));
	}
	return found && i == s->n_edited;
}

/* What people write stays: every byte of the old text but brackets, nulls and
 * blanks is in the new one, in order. */
static bool keeps_bytes(const char *old, size_t old_len, const struct spliced *s)
{
	size_t at = 0;

	for (size_t i = 0; i < old_len; i++) {
		if (strchr("[]{}~nul \t\r\n", old[i]) && old[i])
			continue;
		while (at < s->len && s->text[at] != old[i])
			at++;
		if (at++ >= s->len)
			return false;
	}
	return true;
}

static bool has_same_end(const char *old, size_t old_len, const struct spliced *s)
{
	return !old_len ||
	       (old[old_len - 1] == '\n') == (s->text[s->len - 1] == '\n');
}

/* Bytes that are neither printable ASCII nor blanks nor a line's end. */
static size_t count_odd(const char *p, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += (p[i] < ' ' || p[i] > '~') && p[i] != '\n' && p[i] != '\t' &&
		     (p[i] != '\r' || i + 1 == len || p[i + 1] != '\n');
	return n;
}

static bool check(const struct gen *g, const char *text, size_t len,
		  const struct gen_edits *e, const char **why)
{
	struct ef_err err = { 0 };
	struct spliced s = { 0 };
	static char said[sizeof(err.msg)];
	int r = splice_apply(text, len, e->list, e->n, &s, &err);

	*why = NULL;
	if (r == -ENOTSUP && g->may_refuse) {
		n_refused++;
		return true;
	}
	if (r < 0) {
		strcpy(said, err.msg);
		*why = said;
		return false;
	}
	n_edited++;
	if (!dump_is_sum(text, len, e->list, e->n, s.text, s.len))
		*why = "another policy";
	else if (!keeps_lines(text, len, &s))
		*why = "lines are lost";
	else if (!keeps_bytes(text, len, &s))
		*why = "bytes are lost";
	else if (!has_same_end(text, len, &s))
		*why = "another end";
	else if (count_odd(s.text, s.len) != count_odd(text, len))
		*why = "outside text came through";
	if (*why)
		printf("# new: <<<\n%s>>>\n", s.text);
	spliced_done(&s);
	return !*why;
}

static bool try_one(uint64_t seed)
{
	static struct problems ps;
	static struct gen_edits e;
	struct gen g = { .state = (seed + 1) * 0x9e3779b97f4a7c15 };
	struct policy *old = NULL;
	size_t len = 0;
	char *text = gen_policy(&g, &len);
	const char *why = "";
	bool good = true;

	if (policy_load(text, len, "", &ps, &old) < 0) {
		n_invalid++;
		if (getenv("SPLICE_SHOW"))
			printf("# seed %llu does not load: %u:%u %s\n%s\n",
			       (unsigned long long)seed, ps.list[0].line,
			       ps.list[0].column, ps.list[0].text, text);
	} else {
		gen_edits(&g, &e, old);
		good = check(&g, text, len, &e, &why);
		policy_unref(old);
	}
	if (!good)
		printf("# seed %llu: %s\n# old: <<<\n%s>>>\n",
		       (unsigned long long)seed, why, text);
	free(text);
	return good;
}

int main(int argc, char **argv)
{
	unsigned long n = argc > 1 ? strtoul(argv[1], NULL, 10) : 3000;
	unsigned long from = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	unsigned int bad = 0;

	for (unsigned long i = from; i < from + n && bad < 5; i++)
		bad += !try_one(i);
	printf("# of %lu: %u edited, %u refused, %u not policies\n", n,
	       n_edited, n_refused, n_invalid);
	ok(bad == 0);
	ok(n_edited > n * 8 / 10);
	return done();
}
