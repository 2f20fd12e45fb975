/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_READER_GROUP_H
#define EF_AUDIT_READER_GROUP_H

#include "audit/reader.h"

/*
 * Attempts that were alike, told together: the same destination under the
 * same names, the same verdict for the same reason; who made them and when
 * does not count. A million of them cost little more than reading them once,
 * and the memory is bounded whatever they are.
 */
struct group {
	/* The first of them. Nothing is filled in of its process, of its
	 * door and of its duration. Texts live as long as the call. */
	struct row row;
	int64_t rows;	 /* how many there are */
	int64_t calls;	 /* the same, with the repeats that were counted */
	int64_t last_ms; /* when the latest was */
};

/* What is done with a group: 0, or -errno to stop. It may not use the reader. */
typedef int (*group_fn)(void *arg, const struct group *g);

/*
 * Tell every attempt of a session that a filter selects and that is not older
 * than since_ms. The order of the groups means nothing, and attempts that are
 * alike may come as several groups: whoever counts adds up. With a filter
 * that is not empty each attempt is a group of its own, its row complete.
 * Returns 0, what fn returned, or -errno with *err told.
 */
int reader_groups(struct reader *r, size_t session, const struct filter *f,
		  int64_t since_ms, group_fn fn, void *arg, struct ef_err *err);

/* The same for the questions of a session that were allowed, by name, type
 * and rule; of the row these are filled in, and the reason. */
int reader_question_groups(struct reader *r, size_t session, group_fn fn,
			   void *arg, struct ef_err *err);

/* What is done with a name that /etc/hosts gave to an address: 0, or -errno
 * to stop. */
typedef int (*hosts_fn)(void *arg, const char *name, const char *ip);

/* Tell what /etc/hosts said when the session began. As reader_groups(). */
int reader_hosts(struct reader *r, size_t session, hosts_fn fn, void *arg,
		 struct ef_err *err);

#endif
