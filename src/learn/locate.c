/* SPDX-License-Identifier: MIT */
/*
 * YAML events to spots.
 *
 * libyaml counts characters, not bytes, and marks the end of what is written
 * in block style at the next token, behind comments and blank lines. The first
 * is cured here; the second is told in the header and left to the caller.
 */
#include "learn/locate.h"

#include <errno.h>
#include <string.h>
#include <yaml.h>

#include "policy/load_tree.h"

/* A list or map whose end has not been seen. */
struct open {
	struct spot *spot;
	struct spot **tail;
};

struct locating {
	struct located *out;
	const char *text;
	size_t len;
	size_t character, byte; /* the same place, where the last mark was */
	struct open stack[TREE_DEPTH_MAX];
	size_t depth;
};

static bool is_inside_character(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* Marks come nearly in order, so the walk from the last one is short. */
static size_t byte_of(struct locating *l, yaml_mark_t m)
{
	while (l->character < m.index && l->byte < l->len) {
		l->byte++;
		while (l->byte < l->len && is_inside_character(l->text[l->byte]))
			l->byte++;
		l->character++;
	}
	while (l->character > m.index) {
		l->byte--;
		while (is_inside_character(l->text[l->byte]))
			l->byte--;
		l->character--;
	}
	return l->byte;
}

static struct spot *add_spot(struct locating *l, enum spot_kind kind,
			     const yaml_event_t *e)
{
	struct spot *s = arena_take(&l->out->arena, sizeof(*s));

	if (!s)
		return NULL;
	s->kind = kind;
	s->start = byte_of(l, e->start_mark);
	s->end = byte_of(l, e->end_mark);
	s->line = (uint32_t)e->start_mark.line + 1;
	s->column = (uint32_t)e->start_mark.column + 1;
	if (l->depth) {
		struct open *o = &l->stack[l->depth - 1];

		*o->tail = s;
		o->tail = &s->next;
	} else {
		l->out->root = s;
	}
	return s;
}

static enum spot_style scalar_style(yaml_scalar_style_t style)
{
	switch (style) {
	case YAML_SINGLE_QUOTED_SCALAR_STYLE:
		return SPOT_SINGLE;
	case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
		return SPOT_DOUBLE;
	case YAML_LITERAL_SCALAR_STYLE:
	case YAML_FOLDED_SCALAR_STYLE:
		return SPOT_BLOCK_SCALAR;
	case YAML_ANY_SCALAR_STYLE:
	case YAML_PLAIN_SCALAR_STYLE:
	default:
		return SPOT_PLAIN;
	}
}

static int add_scalar(struct locating *l, const yaml_event_t *e)
{
	struct spot *s = add_spot(l, SPOT_SCALAR, e);

	if (!s)
		return -ENOMEM;
	s->style = scalar_style(e->data.scalar.style);
	s->is_marked = e->data.scalar.anchor || e->data.scalar.tag;
	s->text = arena_copy(&l->out->arena, (const char *)e->data.scalar.value,
			     e->data.scalar.length);
	return s->text ? 0 : -ENOMEM;
}

static int add_open(struct locating *l, enum spot_kind kind,
		    const yaml_event_t *e, bool is_flow, bool is_marked)
{
	struct spot *s = add_spot(l, kind, e);

	if (!s)
		return -ENOMEM;
	if (l->depth == TREE_DEPTH_MAX)
		return -EINVAL;
	s->style = is_flow ? SPOT_FLOW : SPOT_BLOCK;
	s->is_marked = is_marked;
	l->stack[l->depth++] = (struct open){ s, &s->first };
	return 0;
}

static int take(struct locating *l, const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_SCALAR_EVENT:
		return add_scalar(l, e);
	case YAML_ALIAS_EVENT:
		return add_spot(l, SPOT_ALIAS, e) ? 0 : -ENOMEM;
	case YAML_SEQUENCE_START_EVENT:
		return add_open(l, SPOT_LIST, e,
				e->data.sequence_start.style ==
					YAML_FLOW_SEQUENCE_STYLE,
				e->data.sequence_start.anchor ||
					e->data.sequence_start.tag);
	case YAML_MAPPING_START_EVENT:
		return add_open(l, SPOT_MAP, e,
				e->data.mapping_start.style ==
					YAML_FLOW_MAPPING_STYLE,
				e->data.mapping_start.anchor ||
					e->data.mapping_start.tag);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		l->stack[--l->depth].spot->end = byte_of(l, e->end_mark);
		return 0;
	case YAML_DOCUMENT_END_EVENT:
		l->out->end = byte_of(l, e->start_mark);
		return 0;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_START_EVENT:
	default:
		return 0;
	}
}

static int take_all(struct locating *l, yaml_parser_t *y)
{
	unsigned int n_documents = 0;
	bool at_end = false;
	int ret = 0;

	while (ret == 0 && !at_end) {
		yaml_event_t e;

		if (!yaml_parser_parse(y, &e))
			return y->error == YAML_MEMORY_ERROR ? -ENOMEM : -EINVAL;
		at_end = e.type == YAML_STREAM_END_EVENT;
		if (e.type == YAML_DOCUMENT_START_EVENT && ++n_documents > 1)
			ret = -EINVAL;
		else
			ret = take(l, &e);
		yaml_event_delete(&e);
	}
	return ret;
}

/* A byte order mark is no character of the text, as for the loader. */
static size_t mark_length(const char *text, size_t len)
{
	return len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3) ? 3 : 0;
}

int locate(const char *text, size_t len, struct located *ret, struct ef_err *err)
{
	size_t skip = mark_length(text, len);
	struct located out = { .end = len };
	struct locating l = { .out = &out, .text = text, .len = len, .byte = skip };
	yaml_parser_t y;
	int r;

	if (!yaml_parser_initialize(&y))
		return err_set(err, ENOMEM, "out of memory");
	yaml_parser_set_encoding(&y, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&y, (const unsigned char *)text + skip,
				     len - skip);
	r = take_all(&l, &y);
	yaml_parser_delete(&y);
	if (r < 0) {
		arena_done(&out.arena);
		return err_set(err, -r,
			       r == -ENOMEM ? "out of memory"
					    : "not one document of YAML");
	}
	*ret = out;
	return 0;
}

void located_done(struct located *l)
{
	arena_done(&l->arena);
	l->root = NULL;
}

struct spot *locate_value(const struct spot *map, const char *key,
			  struct spot **ret_key)
{
	if (map->kind != SPOT_MAP)
		return NULL;
	for (struct spot *k = map->first; k && k->next; k = k->next->next) {
		if (k->kind != SPOT_SCALAR || strcmp(k->text, key))
			continue;
		if (ret_key)
			*ret_key = k;
		return k->next;
	}
	return NULL;
}

struct spot *locate_last(const struct spot *s)
{
	struct spot *last = NULL;

	if (s->kind != SPOT_LIST && s->kind != SPOT_MAP)
		return NULL;
	for (struct spot *i = s->first; i; i = i->next)
		last = i;
	return last;
}
