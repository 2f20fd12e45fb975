/* SPDX-License-Identifier: MIT */
#ifndef EF_BASE_CLEANUP_H
#define EF_BASE_CLEANUP_H

#include <stdlib.h>
#include <unistd.h>

/*
 * Scope-bound cleanup. A variable marked auto_free or auto_close gives its
 * memory or descriptor back when its scope ends, on every path. STEAL() and
 * STEAL_FD() hand the thing over: they empty the variable and return what it
 * held. Descriptors start at -1.
 */
#define auto_free  __attribute__((cleanup(cleanup_free)))
#define auto_close __attribute__((cleanup(cleanup_close)))

/* AUTO(lease, lease_free) declares cleanup_lease() for "struct lease *". */
#define AUTO(type, destroy)                                                    \
	static inline void cleanup_##type(struct type **p)                     \
	{                                                                      \
		destroy(*p);                                                   \
	}
#define auto_of(type) __attribute__((cleanup(cleanup_##type)))

#define STEAL(p)                                                               \
	({                                                                     \
		__typeof__(p) steal_tmp_ = (p);                                \
		(p) = NULL;                                                    \
		steal_tmp_;                                                    \
	})
#define STEAL_FD(fd)                                                           \
	({                                                                     \
		int steal_tmp_ = (fd);                                         \
		(fd) = -1;                                                     \
		steal_tmp_;                                                    \
	})

static inline void cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void cleanup_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#endif
