/* SPDX-License-Identifier: MIT */
/* Proving the records of the state folder. */
#include "doctor/records.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audit/reader.h"
#include "base/cleanup.h"
#include "base/state.h"

AUTO(reader, reader_close)

struct count {
	size_t as_written, not_closed, running, changed, partial, unreadable;
	char first_changed[9];
};

static void prove(struct reader *r, size_t i, struct count *c)
{
	const struct session_info *s = reader_session(r, i);
	enum reader_proof proof;

	if (s->state == SESSION_RUNNING) {
		c->running++;
		return;
	}
	if (reader_prove(r, i, &proof, NULL) < 0) {
		c->unreadable++;
		return;
	}
	switch (proof) {
	case PROOF_AS_WRITTEN:
		c->as_written++;
		break;
	case PROOF_NOT_CLOSED:
		c->not_closed++;
		break;
	case PROOF_IMPOSSIBLE:
		c->partial++;
		break;
	case PROOF_CHANGED:
	default:
		if (!c->changed++)
			snprintf(c->first_changed, sizeof(c->first_changed),
				 "%.8s", s->uuid);
		break;
	}
}

static void tell(struct ability *a, const struct count *c)
{
	int n = snprintf(a->found, sizeof(a->found),
			 "%zu as written, %zu changed since, %zu not closed, "
			 "%zu running",
			 c->as_written, c->changed, c->not_closed, c->running);

	if (c->partial)
		n += snprintf(a->found + n, sizeof(a->found) - (size_t)n,
			      ", %zu cannot be verified", c->partial);
	if (c->unreadable)
		snprintf(a->found + n, sizeof(a->found) - (size_t)n,
			 ", %zu cannot be read", c->unreadable);
	if (c->changed) {
		n = (int)strlen(a->found);
		snprintf(a->found + n, sizeof(a->found) - (size_t)n,
			 " (first: %s)", c->first_changed);
		a->state = ABILITY_WEAK;
		a->means = "somebody else wrote to a record: do not rely on it";
	} else if (c->unreadable) {
		a->state = ABILITY_WEAK;
		a->means = "a record is damaged or not ours";
	} else if (c->not_closed) {
		a->state = ABILITY_NOTE;
		a->means =
			"a supervisor was killed before it closed its record";
	}
}

void records_try(struct ability *a)
{
	auto_of(reader) struct reader *r = NULL;
	struct count c = { 0 };
	char folder[1024], sessions[1040];
	const char *path = sessions;
	size_t n;

	snprintf(a->found, sizeof(a->found), "none yet");
	if (state_path(folder, sizeof(folder), NULL) < 0)
		return;
	snprintf(sessions, sizeof(sessions), "%s/sessions", folder);
	if (access(sessions, F_OK) < 0 || reader_open(&path, 1, &r, NULL) < 0)
		return;
	n = reader_n_sessions(r);
	for (size_t i = n > RECORDS_PROVED_MAX ? n - RECORDS_PROVED_MAX : 0;
	     i < n; i++)
		prove(r, i, &c);
	for (size_t i = 0; reader_problem(r, i); i++)
		c.unreadable++;
	if (n || c.unreadable)
		tell(a, &c);
}
