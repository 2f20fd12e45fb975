/* SPDX-License-Identifier: MIT */
/* The queue between the judge and whoever tells the person. */
#include "gate/notices.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct notices {
	pthread_mutex_t lock;
	int event;
	size_t first, n;
	uint64_t lost;
	struct notice list[NOTICES_MAX];
};

struct notices *notices_new(void)
{
	struct notices *q = calloc(1, sizeof(*q));

	if (!q)
		return NULL;
	pthread_mutex_init(&q->lock, NULL);
	q->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (q->event < 0) {
		notices_free(q);
		return NULL;
	}
	return q;
}

void notices_free(struct notices *q)
{
	if (!q)
		return;
	if (q->event >= 0)
		close(q->event);
	pthread_mutex_destroy(&q->lock);
	free(q);
}

static void signal_event(struct notices *q)
{
	if (write(q->event, &(uint64_t){ 1 }, sizeof(uint64_t)) < 0)
		return; /* it is readable already */
}

void notices_put(struct notices *q, const struct notice *n)
{
	pthread_mutex_lock(&q->lock);
	if (q->n == NOTICES_MAX)
		q->lost++;
	else
		q->list[(q->first + q->n++) % NOTICES_MAX] = *n;
	if (q->n == 1)
		signal_event(q);
	pthread_mutex_unlock(&q->lock);
}

int notices_take(struct notices *q, struct notice *ret, uint64_t *ret_lost)
{
	uint64_t drained;
	int found = 0;

	pthread_mutex_lock(&q->lock);
	*ret_lost = q->lost;
	q->lost = 0;
	if (q->n) {
		*ret = q->list[q->first];
		q->first = (q->first + 1) % NOTICES_MAX;
		q->n--;
		found = 1;
	}
	if (!q->n && read(q->event, &drained, sizeof(drained)) < 0)
		drained = 0; /* it was not readable */
	pthread_mutex_unlock(&q->lock);
	return found;
}

int notices_fd(const struct notices *q)
{
	return q->event;
}
