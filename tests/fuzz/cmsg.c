// SPDX-License-Identifier: MIT
// Control bytes are cut where the kernel cuts them, and what is written again
// is walked again the same.
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "wire/cmsg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool claim)
{
	if (!claim)
		abort();
}

/* The kernel's own cut, by its macros: whether a header stands at from, and
 * whether it is well formed. */
static bool has_header(size_t size, size_t from)
{
	return from <= size && size - from >= sizeof(struct cmsghdr);
}

static struct cmsghdr header_at(const uint8_t *data, size_t from)
{
	struct cmsghdr h;

	memcpy(&h, data + from, sizeof(h));
	return h;
}

static void must_be_usable(const struct cmsg *m)
{
	for (size_t i = 0; m->kind == CMSG_RIGHTS && i < cmsg_n_fds(m); i++) {
		int fd = cmsg_fd(m, i);

		must(!memcmp(&fd, m->data + i * sizeof(fd), sizeof(fd)));
	}
	must(m->kind == CMSG_INTERFACE || m->interface == 0);
	must(m->level == SOL_SOCKET ||
	     (m->kind != CMSG_RIGHTS && m->kind != CMSG_CREDENTIALS));
}

static void must_come_back(const struct cmsg *m)
{
	static uint8_t bytes[70000];
	struct writer w = writer_into(bytes, sizeof(bytes));
	struct cmsg_walk walk;
	struct cmsg again;

	cmsg_put(&w, m->level, m->type, m->data, m->len);
	must(!w.failed && w.len == CMSG_SPACE(m->len));
	walk = cmsg_over(bytes, w.len);
	must(cmsg_next(&walk, &again) == 1);
	must(again.kind == m->kind && again.interface == m->interface);
	must(again.len == m->len && !memcmp(again.data, m->data, m->len));
	must(cmsg_next(&walk, &again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cmsg_walk walk = cmsg_over(data, size);
	size_t from = 0;
	struct cmsg m;
	int r;

	if (size > 65536)
		return 0;
	while ((r = cmsg_next(&walk, &m)) == 1) {
		struct cmsghdr h;

		must(has_header(size, from));
		h = header_at(data, from);
		must(m.data == data + from + sizeof(h));
		must(h.cmsg_len == m.len + sizeof(h));
		must(h.cmsg_len <= size - from);
		must_be_usable(&m);
		must_come_back(&m);
		from += CMSG_ALIGN(h.cmsg_len);
	}
	if (r == 0)
		must(!has_header(size, from));
	else
		must(has_header(size, from));
	return 0;
}
