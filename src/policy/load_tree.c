/* SPDX-License-Identifier: MIT */
/*
 * YAML events to nodes.
 *
 * The tree is composed here and not by libyaml's document loader, because
 * that one looks an anchor up among all others each time, and knows no bound
 * on depth or size. Aliases stay nodes of their own: nothing is copied, and
 * who follows one pays for it.
 */
#include "policy/load_tree.h"

#include <errno.h>
#include <string.h>
#include <yaml.h>

struct anchor {
	const char *name;
	struct node *node;
};

/* A list or map whose end has not been seen. */
struct open {
	struct node *node;
	struct node **tail;
};

struct composer {
	struct arena *arena;
	struct problems *problems;
	const char *text;
	size_t len;
	struct open stack[TREE_DEPTH_MAX];
	size_t depth, n_nodes, n_anchors;
	struct anchor anchors[TREE_ANCHORS_MAX];
	struct node *root;
	unsigned int n_documents;
};

static struct place place_of(yaml_mark_t m)
{
	return (struct place){ (uint32_t)m.line + 1, (uint32_t)m.column + 1 };
}

/* Bytes of the UTF-8 sequence at p, of which n are there; 0: it is none. */
static size_t utf8_length(const unsigned char *p, size_t n)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t size = p[0] < 0x80	      ? 1
		      : (p[0] & 0xe0) == 0xc0 ? 2
		      : (p[0] & 0xf0) == 0xe0 ? 3
		      : (p[0] & 0xf8) == 0xf0 ? 4
					      : 0;
	uint32_t c;

	if (size < 2 || size > n)
		return size == 1;
	c = p[0] & (0x7fu >> size);
	for (size_t i = 1; i < size; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[size] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	return size;
}

/*
 * Bytes that no text file holds are told apart here, where the place is
 * known and the cause can be named.
 */
static bool is_text(struct composer *c)
{
	const unsigned char *p = (const unsigned char *)c->text;
	struct place at = { 1, 1 };

	for (size_t i = 0, size; i < c->len; i += size) {
		size = utf8_length(p + i, c->len - i);
		if (!size || p[i] == 0) {
			if (size)
				problems_error(c->problems, at,
					       "a NUL byte: this is no text");
			else
				problems_error(c->problems, at,
					       "byte 0x%02x is not UTF-8: save "
					       "the file as UTF-8",
					       p[i]);
			return false;
		}
		at.column++;
		if (p[i] == '\n')
			at = (struct place){ at.line + 1, 1 };
	}
	return true;
}

/* The byte at a place, or 0. */
static char byte_at(const struct composer *c, struct place at)
{
	const unsigned char *p = (const unsigned char *)c->text;
	struct place here = { 1, 1 };
	size_t i = 0;

	while (i < c->len && (here.line < at.line ||
			      (here.line == at.line && here.column < at.column))) {
		here.column++;
		if (p[i] == '\n')
			here = (struct place){ here.line + 1, 1 };
		i += utf8_length(p + i, c->len - i);
	}
	return i < c->len ? c->text[i] : '\0';
}

static int syntax_error(struct composer *c, const yaml_parser_t *y)
{
	struct place at = place_of(y->problem_mark);
	struct place began = place_of(y->context_mark);

	if (y->error == YAML_MEMORY_ERROR)
		return -ENOMEM;
	if (y->error == YAML_READER_ERROR)
		problems_error(c->problems, (struct place){ 0, 0 },
			       "a character that YAML does not allow "
			       "(0x%02x at byte %zu)",
			       (unsigned int)y->problem_value, y->problem_offset);
	else if (byte_at(c, at) == '\t')
		problems_error(c->problems, at,
			       "a tab: YAML is indented with spaces");
	else if (y->context && byte_at(c, began) == '*')
		problems_error(c->problems, began,
			       "put a pattern that begins with '*' in quotes: "
			       "\"*.example.com\" (bare, it is a YAML alias)");
	else
		problems_error(c->problems, at, "not valid YAML: %s%s%s",
			       y->problem ? y->problem : "unknown problem",
			       y->context ? " " : "",
			       y->context ? y->context : "");
	return -EINVAL;
}

static struct node *add_node(struct composer *c, enum node_kind kind,
			     struct place at)
{
	struct node *n = arena_take(c->arena, sizeof(*n));

	if (!n)
		return NULL;
	n->kind = kind;
	n->at = at;
	if (c->depth) {
		struct open *o = &c->stack[c->depth - 1];

		*o->tail = n;
		o->tail = &n->next;
	} else {
		c->root = n;
	}
	return n;
}

static int add_anchor(struct composer *c, const yaml_char_t *name, struct node *n)
{
	const char *text = (const char *)name;
	struct anchor *a;

	if (!name)
		return 0;
	if (c->n_anchors == TREE_ANCHORS_MAX) {
		problems_error(c->problems, n->at,
			       "more than %d anchors: write the values out",
			       TREE_ANCHORS_MAX);
		return -EINVAL;
	}
	a = &c->anchors[c->n_anchors++];
	a->name = arena_copy(c->arena, text, strlen(text));
	a->node = n;
	return a->name ? 0 : -ENOMEM;
}

static int add_scalar(struct composer *c, const yaml_event_t *e)
{
	const char *text = (const char *)e->data.scalar.value;
	size_t len = e->data.scalar.length;
	struct node *n = add_node(c, NODE_SCALAR, place_of(e->start_mark));

	if (!n)
		return -ENOMEM;
	if (memchr(text, '\0', len)) {
		problems_error(c->problems, n->at,
			       "a NUL character: nothing here may hold one");
		return -EINVAL;
	}
	n->is_plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	n->text = arena_copy(c->arena, text, len);
	return n->text ? add_anchor(c, e->data.scalar.anchor, n) : -ENOMEM;
}

static int add_alias(struct composer *c, const yaml_event_t *e)
{
	const char *name = (const char *)e->data.alias.anchor;
	struct node *n = add_node(c, NODE_ALIAS, place_of(e->start_mark));
	char q[QUOTE_MAX];

	if (!n)
		return -ENOMEM;
	/* The latest anchor of that name counts. */
	for (size_t i = c->n_anchors; i-- > 0;) {
		if (strcmp(c->anchors[i].name, name))
			continue;
		n->target = c->anchors[i].node;
		return 0;
	}
	problems_error(c->problems, n->at,
		       "no anchor %s before this alias; a pattern that begins "
		       "with '*' is put in quotes",
		       problem_quote(name, q));
	return -EINVAL;
}

static int add_open(struct composer *c, enum node_kind kind,
		    const yaml_char_t *anchor, yaml_mark_t mark)
{
	struct node *n = add_node(c, kind, place_of(mark));

	if (!n)
		return -ENOMEM;
	if (c->depth == TREE_DEPTH_MAX) {
		problems_error(c->problems, n->at,
			       "nested deeper than %d levels", TREE_DEPTH_MAX);
		return -EINVAL;
	}
	c->stack[c->depth++] = (struct open){ n, &n->first };
	return add_anchor(c, anchor, n);
}

static int refuse_tag(struct composer *c, const yaml_char_t *tag, yaml_mark_t mark)
{
	char q[QUOTE_MAX];

	/* "!" alone only says that a scalar is text. */
	if (!tag || !strcmp((const char *)tag, "!"))
		return 0;
	problems_error(c->problems, place_of(mark),
		       "no tags are used here: remove %s",
		       problem_quote((const char *)tag, q));
	return -EINVAL;
}

static int add_document(struct composer *c, const yaml_event_t *e)
{
	if (++c->n_documents == 1)
		return 0;
	problems_error(c->problems, place_of(e->start_mark),
		       "a second document: a policy is one, remove the '---'");
	return -EINVAL;
}

static int take(struct composer *c, const yaml_event_t *e)
{
	int ret;

	if (++c->n_nodes > TREE_NODES_MAX) {
		problems_error(c->problems, place_of(e->start_mark),
			       "more than %u values in one file", TREE_NODES_MAX);
		return -EINVAL;
	}
	switch (e->type) {
	case YAML_DOCUMENT_START_EVENT:
		return add_document(c, e);
	case YAML_SCALAR_EVENT:
		ret = refuse_tag(c, e->data.scalar.tag, e->start_mark);
		return ret < 0 ? ret : add_scalar(c, e);
	case YAML_ALIAS_EVENT:
		return add_alias(c, e);
	case YAML_SEQUENCE_START_EVENT:
		ret = refuse_tag(c, e->data.sequence_start.tag, e->start_mark);
		return ret < 0 ? ret
			       : add_open(c, NODE_LIST,
					  e->data.sequence_start.anchor,
					  e->start_mark);
	case YAML_MAPPING_START_EVENT:
		ret = refuse_tag(c, e->data.mapping_start.tag, e->start_mark);
		return ret < 0 ? ret
			       : add_open(c, NODE_MAP,
					  e->data.mapping_start.anchor,
					  e->start_mark);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		c->depth--;
		return 0;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
	default:
		return 0;
	}
}

static int compose(struct composer *c, yaml_parser_t *y)
{
	bool at_end = false;
	int ret = 0;

	while (ret == 0 && !at_end) {
		yaml_event_t e;

		if (!yaml_parser_parse(y, &e))
			return syntax_error(c, y);
		at_end = e.type == YAML_STREAM_END_EVENT;
		ret = take(c, &e);
		yaml_event_delete(&e);
	}
	return ret;
}

int tree_load(struct arena *a, const char *text, size_t len,
	      struct problems *ps, struct node **ret)
{
	static const char mark[] = "\xef\xbb\xbf";
	struct composer c = { .arena = a, .problems = ps };
	yaml_parser_t y;
	int r;

	/* Some editors put a byte order mark first; it is no text. */
	if (len >= 3 && !memcmp(text, mark, 3)) {
		text += 3;
		len -= 3;
	}
	c.text = text;
	c.len = len;
	if (!is_text(&c))
		return -EINVAL;
	if (!yaml_parser_initialize(&y))
		return -ENOMEM;
	yaml_parser_set_encoding(&y, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&y, (const unsigned char *)text, len);
	r = compose(&c, &y);
	yaml_parser_delete(&y);
	if (r == 0)
		*ret = c.root;
	return r;
}
