/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_ALIKE_IMPL_H
#define EF_AUDIT_ALIKE_IMPL_H

#include <assert.h>
#include <sqlite3.h>

#include "audit/reader_impl.h"
#include "audit/alike.h"
#include "audit/alike_asked.h"

/* What alike.c and alike_tell.c share; nobody else includes this. */
#define WORDS_MAX 64 /* different words of one column */

struct words {
	char list[WORDS_MAX][24];
	int n;
};

/* The columns that hold words. */
enum { STAGE, PROTO, SOURCE, VERDICT, ACTION, REASON, N_WORD_COLUMNS };

/* What is alike; compared as bytes. */
struct key {
	int64_t name, address;
	int32_t port, qtype;
	uint8_t words[N_WORD_COLUMNS];
	uint8_t is_probe, is_foreign_netns, is_by_rule;
	uint8_t is_ambiguous, is_counted;
	uint8_t zero[5];
};

static_assert(sizeof(struct key) == 40, "no padding in what is compared");

struct entry {
	struct key key;
	int64_t attempts, first_ms, last_ms;
	int64_t processes[ALIKE_PROCESSES];
	size_t n_processes;
};

struct alike {
	sqlite3 *db;
	struct alike_asked *asked;
	struct words words[N_WORD_COLUMNS];
	struct entry *entries;
	size_t n, room;
	uint32_t *slots; /* index + 1; 0: free */
	size_t n_slots;	 /* a power of two */
};

/* Tell all entries, with the texts of what they name. Returns 0, what fn ended
 * it with, or -errno with *err told. path is only named in it. */
int alike_tell(const struct alike *t, const char *path, alike_fn *fn, void *arg,
	       struct ef_err *err);

#endif
