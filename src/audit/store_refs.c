// SPDX-License-Identifier: MIT
// Rows that others name: found in the cache, else in the table, else made in
// the transaction of the row that names them.
#include <string.h>

#include "audit/store_impl.h"

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static int find_or_make(struct store *st, enum store_stmt find,
			enum store_stmt make, const struct cell *cells,
			size_t n_key, size_t n, int64_t *ret)
{
	int r = store_begin(st);

	if (r == 0)
		r = store_find(st, find, cells, n_key, ret);
	if (r < 0 || *ret)
		return r;
	r = store_insert(st, make, cells, n);
	*ret = sqlite3_last_insert_rowid(st->db);
	return r;
}

static int interned(struct store *st, enum store_text kind, const char *text,
		    struct cell *ret)
{
	static const char *const words[] = {
		[TEXT_DNS] = "dns", [TEXT_UNIX] = "unix"
	};
	bool is_addr = kind == TEXT_ADDRESS;
	size_t n = is_addr ? 1 : 2;
	int r = 0;
	struct cell cells[2] = { cell_text(text),
				 is_addr ? cell_row(0) : cell_text(words[kind]) };

	*ret = cells[0];
	ret->kind = CELL_REF;
	ret->n = intern_find(st->names, kind, text, ret->len);
	if (ret->n)
		return 0;
	r = find_or_make(st, is_addr ? STMT_ADDRESS_FIND : STMT_NAME_FIND,
			 is_addr ? STMT_ADDRESS : STMT_NAME, cells, n, n,
			 &ret->n);
	if (r == 0)
		intern_keep(st->names, kind, text, ret->len, ret->n);
	return r;
}

static int nothing(struct cell *ret)
{
	*ret = (struct cell){ .kind = CELL_REF };
	return 0;
}

int store_name(struct store *st, const struct dname *name, char *buf,
	       struct cell *ret)
{
	if (!name->len)
		return nothing(ret);
	return interned(st, TEXT_DNS, dname_text(name, buf), ret);
}

int store_unix_name(struct store *st, const char *name, struct cell *ret)
{
	return *name ? interned(st, TEXT_UNIX, name, ret) : nothing(ret);
}

int store_address(struct store *st, const struct addr *a, char *buf,
		  struct cell *ret)
{
	if (!a->family)
		return nothing(ret);
	return interned(st, TEXT_ADDRESS, addr_text(a, buf), ret);
}

static const char *kind_word(enum rule_kind kind)
{
	switch (kind) {
	case RULE_NAME:
		return "name";
	case RULE_ADDRESS:
		return "address";
	case RULE_UNIX_ALLOW:
		return "unix-allow";
	case RULE_UNIX_DENY:
		return "unix-deny";
	default:
		return "unknown";
	}
}

int store_rule(struct store *st, int64_t revision, const struct rule *rule,
	       struct cell *ret)
{
	struct {
		int64_t revision;
		uint64_t index;
	} key;
	int r;

	if (!rule)
		return nothing(ret);
	key.revision = revision;
	key.index = rule->index;
	*ret = cell_text(rule->text);
	ret->kind = CELL_REF;
	ret->n = intern_find(st->names, TEXT_RULE, &key, sizeof(key));
	if (ret->n)
		return 0;
	struct cell cells[] = {
		cell_int(revision),
		cell_int(rule->index),
		cell_text(kind_word(rule->kind)),
		cell_int(rule->line),
		cell_int(rule->column),
		cell_text(rule->text),
		cell_text(rule->reason),
	};
	r = find_or_make(st, STMT_RULE_FIND, STMT_RULE, cells, 2, COUNT(cells),
			 &ret->n);
	if (r == 0)
		intern_keep(st->names, TEXT_RULE, &key, sizeof(key), ret->n);
	return r;
}
