// SPDX-License-Identifier: MIT
// Whatever text goes in: an error with a column, or a filter that answers.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "audit/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct row row = {
	.type = ROW_ATTEMPT,
	.seq = 1,
	.at_ms = 1795442541000,
	.session = "7f3a",
	.mode = "enforce",
	.stage = "connect",
	.proto = "tcp",
	.verdict = "deny",
	.action = "denied",
	.name = "a.example",
	.name_source = "dns",
	.candidates = "",
	.ip = "203.0.113.1",
	.placeholder = "",
	.port = 443,
	.reason = "no-rule",
	.door = "",
	.rule = "b.example",
	.rule_reason = "",
	.file = "",
	.line = 3,
	.pid = 1,
	.ppid = 1,
	.uid = 0,
	.comm = "node",
	.exe = "/usr/bin/node",
	.cwd = "/",
	.argv = "",
	.cmd = "node x",
	.server = "",
	.answer = "",
	.kind = "",
	.text = "",
	.count = 1,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[FILTER_TEXT_MAX + 2];
	struct ef_err err = { 0 };
	struct filter *f = NULL;

	if (size > FILTER_TEXT_MAX + 1)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (filter_compile(text, 1795442541000, &f, &err) < 0) {
		if (strncmp(err.msg, "column ", 7) != 0)
			abort();
		return 0;
	}
	filter_selects(f, &row);
	filter_free(f);
	return 0;
}
