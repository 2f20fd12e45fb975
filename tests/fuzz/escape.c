// SPDX-License-Identifier: MIT
// Whatever goes in, what comes out is printable, fits, and is one line.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "audit/escape.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool claim)
{
	if (!claim)
		abort();
}

static void must_be_printable(const char *text, size_t room)
{
	size_t len = strnlen(text, room);

	must(len < room);
	for (size_t i = 0; i < len; i++)
		must((unsigned char)text[i] >= 0x20 && text[i] != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char buf[600];
	size_t room = size ? data[0] * 2u + 1 : 1, n;

	escape_text(data, size, buf, room);
	must_be_printable(buf, room);
	escape_argv((const char *)data, size, buf, room);
	must_be_printable(buf, room);
	escape_shell(data, size, buf, room);
	must_be_printable(buf, room);
	escape_json(data, size, buf, room, &n);
	must(n < room);
	must_be_printable(buf, room);
	return 0;
}
