// SPDX-License-Identifier: MIT
// Control messages: whatever decodes is encoded to the same bytes, and nothing
// reads past the end.
#include <stdlib.h>
#include <string.h>

#include "wire/control.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct control_msg m;
	long n = control_decode(data, size, &m);
	uint8_t *again;

	if (n <= 0)
		return 0;
	again = malloc((size_t)n);
	if (!again)
		return 0;
	if ((size_t)n > size || control_size(&m) != (size_t)n ||
	    control_encode(&m, again, (size_t)n) != (size_t)n ||
	    memcmp(again, data, (size_t)n) != 0)
		abort();
	free(again);
	return 0;
}
