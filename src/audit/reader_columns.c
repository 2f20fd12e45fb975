/* SPDX-License-Identifier: MIT */
/* Rows out of columns, and the texts that live as long as their page. */
#include <stdlib.h>
#include <string.h>

#include "audit/reader_impl.h"

/* Texts of a page: blocks in a list, freed together. */
struct block {
	struct block *next;
	size_t used, size;
	char bytes[];
};

#define BLOCK_BYTES 65536

/* Room for n bytes that lives as long as the page, or NULL. */
static char *page_room(struct page *p, size_t n)
{
	struct block *b = p->arena;

	if (!b || n > b->size - b->used) {
		size_t size = n > BLOCK_BYTES ? n : BLOCK_BYTES;

		b = malloc(sizeof(*b) + size);
		if (!b)
			return NULL;
		b->next = p->arena;
		b->used = 0;
		b->size = size;
		p->arena = b;
	}
	b->used += n;
	return b->bytes + b->used - n;
}

void page_done(struct page *p)
{
	for (struct block *b = p->arena, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	free(p->rows);
	*p = (struct page){ 0 };
}

const char *columns_keep(struct columns *c, const void *p, size_t n)
{
	char *copy = n ? page_room(c->page, n + 1) : NULL;

	if (n && !copy)
		c->failed = true;
	if (!copy)
		return "";
	memcpy(copy, p, n);
	copy[n] = '\0';
	return copy;
}

static const char *take_text(struct columns *c)
{
	const void *p = sqlite3_column_blob(c->q, c->at);
	size_t n = (size_t)sqlite3_column_bytes(c->q, c->at);

	c->at++;
	return columns_keep(c, p, n);
}

static int64_t take_int(struct columns *c, int64_t none)
{
	int i = c->at++;

	return sqlite3_column_type(c->q, i) == SQLITE_NULL
		       ? none
		       : sqlite3_column_int64(c->q, i);
}

/* Arguments joined by blanks, for searching. */
static const char *join(struct columns *c, const char *argv, size_t len)
{
	char *text;

	if (len && !argv[len - 1])
		len--;
	text = len ? page_room(c->page, len + 1) : NULL;
	if (len && !text)
		c->failed = true;
	if (!text)
		return "";
	for (size_t i = 0; i < len; i++)
		text[i] = argv[i] ? argv[i] : ' ';
	text[len] = '\0';
	return text;
}

void columns_take_row(struct columns *c, struct row *r)
{
	r->type = (enum row_type)take_int(c, ROW_EVENT);
	r->seq = take_int(c, 0);
	r->at_ms = take_int(c, 0);
	r->pid = take_int(c, 0);
	r->tid = take_int(c, 0);
	r->stage = take_text(c);
	r->proto = take_text(c);
	r->name = take_text(c);
	r->name_source = take_text(c);
	r->candidates = take_text(c);
	r->ip = take_text(c);
	r->port = take_int(c, 0);
	r->placeholder = take_text(c);
	r->qtype = take_int(c, 0);
	r->syscall = take_int(c, 0);
	r->detail = take_int(c, 0);
	r->is_foreign_netns = take_int(c, 0) != 0;
	r->verdict = take_text(c);
	r->action = take_text(c);
	r->reason = take_text(c);
	r->door = take_text(c);
	r->is_probe = take_int(c, 0) != 0;
	r->held_ms = take_int(c, 0);
	r->count = take_int(c, 1);
	r->err = take_int(c, -1);
	r->duration_ns = take_int(c, -1);
	r->rule = take_text(c);
	r->rule_reason = take_text(c);
	r->line = take_int(c, 0);
	r->file = take_text(c);
	r->ppid = take_int(c, -1);
	r->uid = take_int(c, -1);
	r->comm = take_text(c);
	r->exe = take_text(c);
	r->cwd = take_text(c);
	r->argv_len = (size_t)sqlite3_column_bytes(c->q, c->at);
	r->argv = take_text(c);
	r->cmd = join(c, r->argv, r->argv_len);
	r->server = take_text(c);
	r->answer = take_text(c);
	r->rcode = take_int(c, -1);
	r->answers = take_int(c, 0);
	r->kind = take_text(c);
	r->text = take_text(c);
	r->about = take_int(c, 0);
}

void columns_take_session(struct columns *c, const struct session_info *s,
			  enum row_type type, struct row *r)
{
	bool is_end = type == ROW_SESSION_END;

	r->type = type;
	r->seq = is_end ? s->last_seq + 1 : 0;
	r->at_ms = is_end ? s->ended_ms : s->started_ms;
	r->pid = s->pid;
	r->argv = columns_keep(c, s->argv, s->argv_len);
	r->argv_len = s->argv_len;
	r->cmd = join(c, s->argv, s->argv_len);
	r->cwd = columns_keep(c, s->cwd, strlen(s->cwd));
	r->version = columns_keep(c, s->version, strlen(s->version));
	r->session_name = columns_keep(c, s->name, strlen(s->name));
	r->tags = columns_keep(c, s->tags, strlen(s->tags));
	if (!is_end)
		return;
	r->digest = columns_keep(c, s->digest, strlen(s->digest));
	r->exit_code = s->exit_code;
	r->signal = s->signal;
	r->allowed = s->allowed;
	r->denied = s->denied;
	r->would = s->would;
	r->held = s->held;
	r->questions = s->questions;
}
