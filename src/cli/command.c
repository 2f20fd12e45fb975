/* SPDX-License-Identifier: MIT */
/* The table of words. A word that gets built moves its row to its own file. */
#include "cli/command.h"

#include <stddef.h>
#include <string.h>

#include "base/nearest.h"

static const struct command ask = {
	.name = "ask",
	.args = "[OPTION...] [--] COMMAND [ARG...]",
	.summary = "hold unknown connections and ask a person",
};
static const struct command report = {
	.name = "report",
	.args = "FORMAT",
	.summary = "write a report for a CI system",
};
static const struct command *const words[N_WORDS] = {
	[WORD_RUN] = &cmd_run,	     [WORD_LEARN] = &cmd_learn,
	[WORD_ASK] = &ask,	     [WORD_TUI] = &cmd_tui,
	[WORD_ATTACH] = &cmd_attach, [WORD_LOG] = &cmd_log,
	[WORD_WHY] = &cmd_why,	     [WORD_DRAFT] = &cmd_draft,
	[WORD_REPLAY] = &cmd_replay, [WORD_LINT] = &cmd_lint,
	[WORD_REPORT] = &report,     [WORD_SESSIONS] = &cmd_sessions,
	[WORD_TRUST] = &cmd_trust,   [WORD_RELOAD] = &cmd_reload,
	[WORD_DOCTOR] = &cmd_doctor, [WORD_COMPLETION] = &cmd_completion,
	[WORD_HELP] = &cmd_help,     [WORD_VERSION] = &cmd_version,
};

const struct command *command_of(enum word word)
{
	return words[word];
}

int command_find(const char *name)
{
	for (int i = 0; i < N_WORDS; i++)
		if (!strcmp(words[i]->name, name))
			return i;
	return -1;
}

const char *command_nearest(const char *name)
{
	unsigned int best = NEAREST_FAR;
	const char *found = NULL;

	for (int i = 0; i < N_WORDS; i++) {
		unsigned int d = nearest_distance(name, words[i]->name);

		if (words[i]->run && d < best) {
			best = d;
			found = words[i]->name;
		}
	}
	return nearest_is_close(name, best) ? found : NULL;
}
