/* SPDX-License-Identifier: MIT */
/* Records, and what there is to say of their sessions. */
#include "lib/ui_impl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/escape.h"
#include "base/cleanup.h"
#include "base/state.h"

AUTO(ef_ui_records, ef_ui_records_close)

struct ef_ui_records {
	struct reader *reader;
	char text[UI_TEXT_MAX];
};

/* The folder of the sessions; *ret_n 0 when it is not there yet. */
static int default_path(char *buf, size_t size, size_t *ret_n, struct ef_err *err)
{
	char state[1024];
	int r = state_path(state, sizeof(state), err);

	if (r < 0)
		return r;
	if ((size_t)snprintf(buf, size, "%s/sessions", state) >= size)
		return err_set(err, ENAMETOOLONG, "%s: path too long", state);
	*ret_n = access(buf, F_OK) == 0;
	return 0;
}

int ef_ui_records_open(const char *const *paths, size_t n,
		       struct ef_ui_records **ret, struct ef_error *err)
{
	auto_of(ef_ui_records) struct ef_ui_records *r = calloc(1, sizeof(*r));
	const char *db = getenv("EGRESS_FILTER_DB");
	struct ef_err why = { 0 };
	char folder[1040];
	int res = 0;

	*ret = NULL;
	if (!r)
		return handle_error(err, NULL, -ENOMEM);
	if (!n && (!db || !*db)) {
		res = default_path(folder, sizeof(folder), &n, &why);
		db = folder;
	} else if (!n) {
		n = 1;
	} else {
		db = NULL;
	}
	if (res == 0)
		res = reader_open_quick(db ? &db : paths, n, &r->reader, &why);
	if (res < 0)
		return handle_error(err, &why, res);
	*ret = STEAL(r);
	return handle_error(err, NULL, 0);
}

const char *ef_ui_records_problem(const struct ef_ui_records *records, size_t i)
{
	return reader_problem(records->reader, i);
}

size_t ef_ui_records_n(const struct ef_ui_records *records)
{
	return reader_n_sessions(records->reader);
}

static const char *state_word(const struct session_info *s)
{
	switch (s->state) {
	case SESSION_RUNNING:
		return "running";
	case SESSION_ENDED:
		return "ended";
	case SESSION_NOT_CLOSED:
	default:
		return "not closed";
	}
}

const char *ui_session_text(struct reader *r, size_t session,
			    enum ef_ui_session what, char *buf, size_t size)
{
	const struct session_info *s = reader_session(r, session);
	char path[4096], sha256[65];
	const char *text = "";

	switch ((int)what) {
	case EF_UI_ARGV:
		return escape_argv(s->argv, s->argv_len, buf, size);
	case EF_UI_STATE:
		return state_word(s);
	case EF_UI_POLICY:
		if (reader_policy(r, session, path, sizeof(path), sha256,
				  NULL) == 0)
			text = path;
		break;
	case EF_UI_ID:
		text = s->uuid;
		break;
	case EF_UI_NAME:
		text = s->name;
		break;
	case EF_UI_CWD:
		text = s->cwd;
		break;
	case EF_UI_MODE:
		text = s->mode;
		break;
	case EF_UI_RECORD:
		text = s->path;
		break;
	default:
		break;
	}
	return escape_text(text, strlen(text), buf, size);
}

int64_t ui_session_number(const struct session_info *s, enum ef_ui_session what)
{
	switch ((int)what) {
	case EF_UI_RUNNING:
		return s->state == SESSION_RUNNING;
	case EF_UI_SUPERVISOR:
		return s->pid;
	case EF_UI_STARTED_MS:
		return s->started_ms;
	case EF_UI_ENDED_MS:
		return s->ended_ms;
	case EF_UI_EXIT_CODE:
		return s->exit_code;
	case EF_UI_SIGNAL:
		return s->signal > 0 ? s->signal : 0;
	case EF_UI_LAST:
		return s->last_seq;
	case EF_UI_ALLOWED:
		return s->allowed;
	case EF_UI_DENIED:
		return s->denied;
	case EF_UI_WOULD:
		return s->would;
	case EF_UI_HELD:
		return s->held;
	case EF_UI_ALTERED:
		return s->is_altered;
	default:
		return -1;
	}
}

const char *ef_ui_records_text(struct ef_ui_records *records, size_t i,
			       enum ef_ui_session what)
{
	return ui_session_text(records->reader, i, what, records->text,
			       sizeof(records->text));
}

long long ef_ui_records_number(const struct ef_ui_records *records, size_t i,
			       enum ef_ui_session what)
{
	return ui_session_number(reader_session(records->reader, i), what);
}

long ef_ui_records_find(const struct ef_ui_records *records,
			const char *session, int running, struct ef_error *err)
{
	size_t n = reader_n_sessions(records->reader);
	struct ef_err why = { 0 };
	int64_t found;

	if (session) {
		found = reader_find(records->reader, session, &why);
		return found < 0 ? handle_error(err, &why, (int)found)
				 : (long)found;
	}
	while (n--)
		if (!running || reader_session(records->reader, n)->state ==
					SESSION_RUNNING)
			return (long)n;
	err_set(&why, ENOENT,
		running ? "no session is running" : "nothing is recorded yet");
	return handle_error(err, &why, -ENOENT);
}

void ef_ui_records_close(struct ef_ui_records *records)
{
	if (!records)
		return;
	reader_close(records->reader);
	free(records);
}

/* A history reads its file by itself, so that records may be looked at anew. */
static int open_alone(const struct session_info *s, struct ef_ui_history *h,
		      struct ef_err *err)
{
	int64_t found;
	int r = reader_open_quick(&s->path, 1, &h->reader, err);

	if (r < 0)
		return r;
	found = reader_find(h->reader, s->uuid, err);
	if (found < 0 && reader_problem(h->reader, 0))
		return err_set(err, EBADMSG, "%s", reader_problem(h->reader, 0));
	h->session = (size_t)found;
	return found < 0 ? (int)found : 0;
}

AUTO(ef_ui_history, ef_ui_history_close)

int ef_ui_history_open(const struct ef_ui_records *records, size_t i,
		       struct ef_ui_history **ret, struct ef_error *err)
{
	auto_of(ef_ui_history) struct ef_ui_history *h = calloc(1, sizeof(*h));
	struct ef_err why = { 0 };
	int r;

	*ret = NULL;
	if (h)
		h->all = tally_new();
	if (!h || !h->all)
		return handle_error(err, NULL, -ENOMEM);
	h->is_collapsed = true;
	r = open_alone(reader_session(records->reader, i), h, &why);
	if (r < 0)
		return handle_error(err, &why, r);
	*ret = STEAL(h);
	return handle_error(err, NULL, 0);
}

char *ef_ui_escape(const char *text, size_t len, char *buf, size_t size)
{
	return escape_text(text, len, buf, size);
}

int ef_ui_folder(char *buf, size_t size, struct ef_error *err)
{
	struct ef_err why = { 0 };

	return handle_error(err, &why, state_make(buf, size, &why));
}

void ef_ui_free(char *text)
{
	free(text);
}
