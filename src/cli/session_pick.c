/* SPDX-License-Identifier: MIT */
/* Choosing sessions. */
#include "cli/session_pick.h"

#include <stdlib.h>
#include <string.h>

#include "audit/mark.h"
#include "cli/output.h"

int pick_tag(struct session_filter *f, const char *tag)
{
	if (f->n_tags == PICK_TAGS_MAX) {
		output_error("--tag may be given at most %d times",
			     PICK_TAGS_MAX);
		return EXIT_USAGE;
	}
	f->tags[f->n_tags++] = tag;
	return 0;
}

bool pick_is_empty(const struct session_filter *f)
{
	return !f->name && !f->n_tags;
}

bool pick_has(const struct session_filter *f, const struct session_info *s)
{
	if (f->name && strcmp(f->name, s->name) != 0)
		return false;
	for (size_t i = 0; i < f->n_tags; i++)
		if (!mark_has_tag(s->tags, f->tags[i]))
			return false;
	return true;
}

struct picked {
	size_t *list, n;
};

static void add(struct picked *p, size_t session)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->list[i] == session)
			return;
	p->list[p->n++] = session;
}

static int add_word(const struct reader *r, const struct session_filter *f,
		    const char *word, struct picked *p)
{
	bool is_all = !word || !strcmp(word, "all");
	struct ef_err err = { 0 };
	int64_t i = is_all ? 0 : reader_find(r, word, &err);

	if (i < 0) {
		output_error("%s", err.msg);
		return EXIT_USAGE;
	}
	if (!is_all)
		add(p, (size_t)i);
	for (size_t k = 0; is_all && k < reader_n_sessions(r); k++)
		if (pick_has(f, reader_session(r, k)))
			add(p, k);
	return 0;
}

int pick_sessions(const struct reader *r, const struct session_filter *f,
		  char **words, int n_words, size_t **ret, size_t *ret_n)
{
	struct picked p = { calloc(reader_n_sessions(r) + 1, sizeof(size_t)), 0 };
	int code = 0;

	if (!p.list) {
		output_error("out of memory");
		return EXIT_USAGE;
	}
	if (!n_words)
		code = add_word(r, f, NULL, &p);
	for (int i = 0; !code && i < n_words; i++)
		code = add_word(r, f, words[i], &p);
	if (code)
		free(p.list);
	else
		*ret = p.list;
	*ret_n = p.n;
	return code;
}
