/* SPDX-License-Identifier: MIT */
/* The public face of a session: settings as text, one run, its numbers. */
#include "lib/handles.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/state.h"
#include "lib/lookup.h"
#include "supervisor/caps.h"
#include "supervisor/supervisor.h"

#define TAGS_MAX 4096

/* What env(1) and timeout(1) exit with. */
enum { NOT_STARTED = 125, NOT_EXECUTABLE = 126, NOT_FOUND = 127 };

struct ef_session {
	struct run_options options;
	struct run_result result;
	char *db_path, *name; /* behind options */
	char tags[TAGS_MAX];  /* "k=v" lines */
	char state_dir[1024];
	bool has_run;
};

struct ef_session *ef_session_new(void)
{
	struct ef_session *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->options.deny_fd = STDERR_FILENO;
	s->result = (struct run_result){ .exit_code = NOT_STARTED,
					 .child_code = -1 };
	return s;
}

void ef_session_free(struct ef_session *session)
{
	if (!session)
		return;
	free(session->db_path);
	free(session->name);
	free(session);
}

/* The index of value among words (a NULL ends them), or -EINVAL. */
static int set_word(const char *const *words, const char *value,
		    struct ef_err *err)
{
	char list[128] = "";
	size_t n = 0;

	for (int i = 0; words[i]; i++)
		if (!strcmp(words[i], value))
			return i;
	for (int i = 0; words[i] && n < sizeof(list); i++)
		n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s",
				      !i	     ? ""
				      : words[i + 1] ? ", "
						     : " or ",
				      words[i]);
	return err_set(err, EINVAL, "\"%.100s\" is not %s", value, list);
}

static int set_number(const char *value, long min, long max, long *ret,
		      struct ef_err *err)
{
	char *end;

	errno = 0;
	*ret = strtol(value, &end, 10);
	if (errno || end == value || *end || *ret < min || *ret > max)
		return err_set(err, EINVAL,
			       "\"%.100s\" is not a number from %ld to %ld",
			       value, min, max);
	return 0;
}

static int set_mode(struct ef_session *s, const char *value, struct ef_err *err)
{
	static const char *const words[] = { "enforce", "audit", "learn",
					     "allow-all", NULL };
	static const enum mode modes[] = { MODE_ENFORCE, MODE_AUDIT, MODE_LEARN,
					   MODE_ALLOW_ALL };
	int i = set_word(words, value, err);

	if (i < 0)
		return i;
	s->options.mode = modes[i];
	return 0;
}

static int set_switch(const char *value, bool *ret, struct ef_err *err)
{
	static const char *const words[] = { "0", "1", NULL };
	int i = set_word(words, value, err);

	if (i < 0)
		return i;
	*ret = i == 1;
	return 0;
}

static int set_detail(struct ef_session *s, const char *value, struct ef_err *err)
{
	static const char *const words[] = { "quiet", "normal", "verbose", NULL };
	int i = set_word(words, value, err);

	if (i < 0)
		return i;
	s->options.quiet = i == 0;
	s->options.verbose = i == 2;
	return 0;
}

static int set_reload(struct ef_session *s, const char *value, struct ef_err *err)
{
	static const char *const words[] = { "narrow", "auto", NULL };
	int i = set_word(words, value, err);

	if (i < 0)
		return i;
	s->options.reload_auto = i == 1;
	return 0;
}

static int set_text(char **where, const char *value, struct ef_err *err)
{
	char *copy = strdup(value);

	if (!copy)
		return err_set(err, ENOMEM, "out of memory");
	free(*where);
	*where = copy;
	return 0;
}

static int add_tag(struct ef_session *s, const char *value, struct ef_err *err)
{
	size_t used = strlen(s->tags), n = strlen(value);

	if (value[0] == '=' || !strchr(value, '=') || strchr(value, '\n'))
		return err_set(err, EINVAL,
			       "\"%.100s\" is not a tag, KEY=VALUE", value);
	if (used + n + 2 > sizeof(s->tags))
		return err_set(err, EINVAL, "the tags are longer than %d bytes",
			       TAGS_MAX);
	memcpy(s->tags + used, value, n);
	strcpy(s->tags + used + n, "\n");
	return 0;
}

static int set(struct ef_session *s, enum ef_setting what, const char *value,
	       struct ef_err *err)
{
	struct run_options *o = &s->options;
	long number = 0;
	int r;

	switch (what) {
	case EF_MODE:
		return set_mode(s, value, err);
	case EF_RECORD:
		if (!*value)
			return err_set(err, EINVAL, "a record needs a path");
		return set_text(&s->db_path, value, err);
	case EF_NAME:
		return set_text(&s->name, value, err);
	case EF_TAG:
		return add_tag(s, value, err);
	case EF_DNS_PORT:
		r = set_number(value, 0, 65535, &number, err);
		o->dns_port = (uint16_t)number;
		return r;
	case EF_RELOAD:
		return set_reload(s, value, err);
	case EF_WAIT:
		return set_switch(value, &o->wait_for_all, err);
	case EF_WEAK:
		return set_switch(value, &o->weak, err);
	case EF_CONFINE:
		return set_switch(value, &o->confine, err);
	case EF_KEEP_CAPS:
		return caps_parse(value, &o->keep_caps, err);
	case EF_DENY_FD:
		r = set_number(value, -1, 1 << 20, &number, err);
		o->deny_fd = (int)number;
		return r;
	case EF_DETAIL:
		return set_detail(s, value, err);
	}
	return err_set(err, EINVAL, "no such setting: %d", (int)what);
}

int ef_session_set(struct ef_session *session, enum ef_setting what,
		   const char *value, struct ef_error *err)
{
	struct ef_err why = { 0 };

	if (session->has_run)
		return handle_error(err, NULL, -EBUSY);
	return handle_error(err, &why, set(session, what, value, &why));
}

static int find_program(struct ef_session *s, const char *name, struct ef_err *err)
{
	int r = name ? lookup_program(name) : -ENOENT;

	if (r == -ENOENT) {
		s->result.exit_code = NOT_FOUND;
		return err_set(err, ENOENT, "%s: no such program",
			       name ? name : "");
	}
	if (r < 0) {
		s->result.exit_code = NOT_EXECUTABLE;
		return err_set(err, EACCES, "%s: not executable", name);
	}
	return 0;
}

static int run(struct ef_session *s, struct policy *policy, char *const argv[],
	       struct ef_err *err)
{
	struct run_options *o = &s->options;
	const char *path = policy_path(policy);
	int r = find_program(s, argv[0], err);

	if (r == 0)
		r = state_path(s->state_dir, sizeof(s->state_dir), err);
	if (r < 0)
		return r;
	o->argv = argv;
	o->policy = policy;
	o->policy_path = *path && strcmp(path, "-") != 0 ? path : NULL;
	o->db_path = s->db_path;
	o->state_dir = s->state_dir;
	o->name = s->name ? s->name : "";
	o->tags = s->tags;
	r = supervisor_run(o, &s->result, err);
	if (r < 0)
		s->result.exit_code = NOT_STARTED;
	return r;
}

int ef_session_run(struct ef_session *session, const struct ef_policy *policy,
		   char *const argv[], struct ef_error *err)
{
	struct ef_err why = { 0 };
	int r;

	if (session->has_run)
		return handle_error(err, NULL, -EBUSY);
	session->has_run = true;
	r = run(session, policy->inner, argv, &why);
	return handle_error(err, &why, r);
}

int ef_session_exit_code(const struct ef_session *session)
{
	return session->result.exit_code;
}

long long ef_session_number(const struct ef_session *session, enum ef_number which)
{
	const struct run_result *r = &session->result;

	switch (which) {
	case EF_CHILD_CODE:
		return r->child_code;
	case EF_SIGNAL:
		return r->signal;
	case EF_ALLOWED:
		return (long long)r->allowed;
	case EF_DENIED:
		return (long long)r->denied;
	case EF_WOULD_DENY:
		return (long long)r->would;
	case EF_STARTED:
		return r->started;
	}
	return -1;
}

const char *ef_session_id(const struct ef_session *session)
{
	return session->result.uuid;
}
