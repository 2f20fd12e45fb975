/* SPDX-License-Identifier: MIT */
/*
 * Jobs: names to be looked up for the supervisor itself. A job is free, put
 * in, begun (as many lookups run as it has families left) or finished; those
 * put in and those finished stand in queues.
 */
#include "dns/job.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define NONE UINT16_MAX

struct job {
	struct dname name;
	enum resolve_family families;
	unsigned int left;
	bool has_answer; /* one lookup ended without an error */
	struct resolve_result result;
	uint16_t next;
};

struct queue {
	uint16_t first, last;
};

struct jobs {
	pthread_mutex_t lock;
	int fd;
	struct queue free, waiting, finished;
	struct job list[JOBS_MAX];
};

static void push(struct jobs *t, struct queue *q, uint16_t i)
{
	t->list[i].next = NONE;
	if (q->first == NONE)
		q->first = i;
	else
		t->list[q->last].next = i;
	q->last = i;
}

static uint16_t pop(struct jobs *t, struct queue *q)
{
	uint16_t i = q->first;

	if (i != NONE)
		q->first = t->list[i].next;
	return i;
}

struct jobs *jobs_new(void)
{
	struct jobs *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (t->fd < 0 || pthread_mutex_init(&t->lock, NULL)) {
		jobs_free(t);
		return NULL;
	}
	t->free = t->waiting = t->finished = (struct queue){ NONE, NONE };
	for (uint16_t i = 0; i < JOBS_MAX; i++)
		push(t, &t->free, i);
	return t;
}

void jobs_free(struct jobs *t)
{
	if (!t)
		return;
	if (t->fd >= 0) {
		close(t->fd);
		pthread_mutex_destroy(&t->lock);
	}
	free(t);
}

int jobs_fd(const struct jobs *t)
{
	return t->fd;
}

int jobs_put(struct jobs *t, const struct dname *name,
	     enum resolve_family families, uint64_t tag)
{
	uint16_t i;

	pthread_mutex_lock(&t->lock);
	i = pop(t, &t->free);
	if (i != NONE) {
		t->list[i] =
			(struct job){ .name = *name,
				      .families = families,
				      .left = families == RESOLVE_BOTH ? 2 : 1,
				      .result.tag = tag };
		push(t, &t->waiting, i);
	}
	pthread_mutex_unlock(&t->lock);
	if (i == NONE)
		return -EBUSY;
	return eventfd_write(t->fd, 1) ? -errno : 0;
}

bool jobs_begin(struct jobs *t, uint16_t *ret_job, struct dname *ret_name,
		enum resolve_family *ret_families)
{
	uint16_t i;

	pthread_mutex_lock(&t->lock);
	i = pop(t, &t->waiting);
	if (i != NONE) {
		*ret_job = i;
		*ret_name = t->list[i].name;
		*ret_families = t->list[i].families;
	}
	pthread_mutex_unlock(&t->lock);
	return i != NONE;
}

void jobs_add(struct jobs *t, uint16_t job, int error, const struct addr *addrs,
	      size_t n)
{
	struct job *j = &t->list[job];
	struct resolve_result *res = &j->result;

	pthread_mutex_lock(&t->lock);
	for (size_t i = 0; i < n && res->n < RESOLVE_ADDRS_MAX; i++)
		res->addrs[res->n++] = addrs[i];
	/* One family that is answered is enough. */
	j->has_answer = j->has_answer || !error;
	res->error = j->has_answer ? 0 : error;
	if (!--j->left)
		push(t, &t->finished, job);
	pthread_mutex_unlock(&t->lock);
}

bool jobs_take(struct jobs *t, struct resolve_result *ret)
{
	uint16_t i;

	pthread_mutex_lock(&t->lock);
	i = pop(t, &t->finished);
	if (i != NONE) {
		*ret = t->list[i].result;
		push(t, &t->free, i);
	}
	pthread_mutex_unlock(&t->lock);
	return i != NONE;
}
