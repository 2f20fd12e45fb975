/* SPDX-License-Identifier: MIT */
/* What a thread that handles calls copies them into. */
#include <string.h>
#include <sys/mman.h>

#include "notify/call.h"

#define CONTROL_BYTES 65536
#define SEGMENTS      1024 /* UIO_MAXIOV */

/* Pages that are not used are not there. */
static void *map(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

bool call_buffers_init(struct call_buffers *b)
{
	memset(b, 0, sizeof(*b));
	b->data = map(CALL_BUFFER);
	b->control = map(CONTROL_BYTES);
	b->iov = map(SEGMENTS * sizeof(struct iovec));
	b->threads = threads_new();
	return b->data && b->control && b->iov && b->threads;
}

void call_buffers_done(struct call_buffers *b)
{
	if (b->data)
		munmap(b->data, CALL_BUFFER);
	if (b->control)
		munmap(b->control, CONTROL_BYTES);
	if (b->iov)
		munmap(b->iov, SEGMENTS * sizeof(struct iovec));
	threads_free(b->threads);
}
