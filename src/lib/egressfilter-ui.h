/* SPDX-License-Identifier: MIT */
#ifndef EGRESSFILTER_UI_H
#define EGRESSFILTER_UI_H

#include "egressfilter.h"

/*
 * What a screen needs to look at recorded and running sessions: rows by pages,
 * the same put together by site, process or rule, single rows in full, the
 * policy of then. Link with -legressfilter. Until version 1.0 anything here
 * may change from one version to the next; <egressfilter.h> does not.
 *
 * A history is followed by its numbers: each row of a session has the next
 * one, and is in the record before it has an effect. Nothing here writes to a
 * record, and no call keeps a transaction open when it returns: whoever looks
 * never holds a session up. Calls look at a bounded number of rows.
 *
 * Text that comes back is one printable line (lines, where it is said): what
 * came from outside is escaped. It is never NULL, and "" when there is none.
 * Functions that can fail return a negative errno value and, if err is not
 * NULL, fill it. An object belongs to one thread at a time; functions that
 * free take NULL. All calls may block on the disk.
 */

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

/* Any number of records, and the sessions in them. */
struct ef_ui_records;
/* One session. */
struct ef_ui_history;
/* Some rows of a history, in the order of their numbers. */
struct ef_ui_page;
/* The attempts of a history, put together by what they have in common. */
struct ef_ui_groups;

/* What there is to say of a session. */
enum ef_ui_session {
	EF_UI_ID = 1,	 /* 36 characters */
	EF_UI_NAME,	 /* as given with --name */
	EF_UI_ARGV,	 /* the command, as one line */
	EF_UI_CWD,	 /* where it was started */
	EF_UI_MODE,	 /* "enforce", "audit", ... */
	EF_UI_STATE,	 /* "running", "ended", "not closed" */
	EF_UI_RECORD,	 /* path of the record */
	EF_UI_POLICY,	 /* path of the policy in force last; "" none */
	EF_UI_RUNNING,	 /* 1: its supervisor is alive */
	EF_UI_SUPERVISOR, /* process number of the supervisor */
	EF_UI_STARTED_MS, /* since 1970 */
	EF_UI_ENDED_MS,	 /* 0: not ended */
	EF_UI_EXIT_CODE, /* -1: not ended, or by a signal */
	EF_UI_SIGNAL,	 /* that ended it, or 0 */
	EF_UI_LAST,	 /* the newest number */
	EF_UI_COUNTED,	 /* attempts are counted up to this number */
	EF_UI_ALLOWED,	 /* totals of attempts: of the session when it has
			    ended, of what is counted when it goes on; -1: not
			    known */
	EF_UI_DENIED,	 /* ... denied */
	EF_UI_WOULD,	 /* ... denied by the policy, yet let through */
	EF_UI_HELD,	 /* ... held for a person's answer */
	EF_UI_ALTERED	 /* 1: the session noticed a foreign write */
};

/* What there is to say of a row. */
enum ef_ui_field {
	EF_UI_SEQ = 1,	   /* its number */
	EF_UI_LAST_SEQ,	   /* of the last row that is shown with it */
	EF_UI_AT_MS,	   /* since 1970 */
	EF_UI_COUNT,	   /* attempts */
	EF_UI_VERDICT,	   /* "allow", "deny", "would", "held"; "note" */
	EF_UI_PROGRAM,	   /* last part of the executable's path */
	EF_UI_DESTINATION, /* the name, else the address, else ... */
	EF_UI_PORT,	   /* "443/tcp", "dns", "unix" */
	EF_UI_REASON,	   /* the rule's reason or pattern, or why not */
	EF_UI_RISKS,	   /* words of the filter field "risk" */
	EF_UI_PID,
	EF_UI_LINE,	   /* of the rule; 0: none */
	EF_UI_HOST,	   /* a domain name that is plain, or "" */
	/* From here on only of ef_ui_history_row(). */
	EF_UI_RULE,	   /* the rule's pattern */
	EF_UI_FILE,	   /* the policy file it is in */
	EF_UI_STAGE,	   /* "connect", "send", "dns", ... */
	EF_UI_NAME_SOURCE, /* "dns", "hosts", "placeholder", "none" */
	EF_UI_ADDRESS,
	EF_UI_PLACEHOLDER, /* address that stood for the name */
	EF_UI_OTHER_NAMES, /* of the address, blanks between */
	EF_UI_SITE,	   /* registrable domain */
	EF_UI_EXE,
	EF_UI_COMMAND,	   /* arguments, as one line */
	EF_UI_DIRECTORY,
	EF_UI_PPID,
	EF_UI_UID,
	EF_UI_ANCESTRY,	   /* "bash 4821 > npm 4830" */
	EF_UI_ERRNO,	   /* what the program was told; -1: not known */
	EF_UI_DURATION_NS, /* -1: not known */
	EF_UI_HELD_MS,
	EF_UI_ACTION,	   /* "allowed", "denied", "held", "probe" */
	EF_UI_JSON,	   /* the row as a JSON object */
	EF_UI_YAML	   /* lines of policy that allow a plain name; "" */
};

/* By what attempts are put together. */
enum ef_ui_by {
	EF_UI_BY_SITE = 1, /* sites, and below them hosts */
	EF_UI_BY_PROGRAM,  /* programs, and below them destinations */
	EF_UI_BY_PROCESS,  /* the tree of processes */
	EF_UI_BY_RULE	   /* rules of the policy, in file order */
};

/* What there is to say of a group. */
enum ef_ui_group {
	EF_UI_LABEL = 1,  /* site, host, program, pattern */
	EF_UI_LEVEL,	  /* 0 outermost */
	EF_UI_KEY,	  /* the same for the same group later on */
	EF_UI_PORTS,	  /* "22 443" */
	EF_UI_PROGRAMS,	  /* "git node" */
	EF_UI_COVER,	  /* "line 9", "none", "partly" */
	EF_UI_NOTE,	  /* "!danger", a rule's reason, a command line */
	EF_UI_ALLOW_N,	  /* attempts */
	EF_UI_DENY_N,
	EF_UI_WOULD_N,
	EF_UI_FIRST_MS,
	EF_UI_LAST_MS,
	EF_UI_RULE_LINE,  /* of the rule; 0: none */
	EF_UI_GROUP_FILE, /* the policy file it is in */
	EF_UI_WHERE	  /* a filter that selects the group's attempts; "" */
};

/*
 * Open n records at paths: files, folders, patterns. n 0: EGRESS_FILTER_DB,
 * else the state folder (no record yet is no error then). The caller gives
 * *ret to ef_ui_records_close(). Returns 0; -ENOENT and others.
 */
int ef_ui_records_open(const char *const *paths, size_t n,
		       struct ef_ui_records **ret, struct ef_error *err);

/* Problem i of opening, which left a file out; NULL after the last. */
const char *ef_ui_records_problem(const struct ef_ui_records *records, size_t i);

/* Number of sessions; they are in the order of their starts. */
size_t ef_ui_records_n(const struct ef_ui_records *records);

/* A text of session i; valid until the next call for the same records. */
const char *ef_ui_records_text(struct ef_ui_records *records, size_t i,
			       enum ef_ui_session what);

/* A number of session i; -1 when it is not known. */
long long ef_ui_records_number(const struct ef_ui_records *records, size_t i,
			       enum ef_ui_session what);

/*
 * The session whose id begins so, or that has this name; NULL: the newest one.
 * With running, the newest among those that run. Returns its index, -ENOENT
 * or -ENOTUNIQ.
 */
long ef_ui_records_find(const struct ef_ui_records *records, const char *session,
			int running, struct ef_error *err);

/* Give records back. Histories opened from them stay. */
void ef_ui_records_close(struct ef_ui_records *records);

/*
 * Open session i. The caller gives *ret to ef_ui_history_close(). The cost does
 * not depend on the number of its rows.
 */
int ef_ui_history_open(const struct ef_ui_records *records, size_t i,
		       struct ef_ui_history **ret, struct ef_error *err);

/* See what is new. Returns 1 when there are rows or a state that were not
 * there at the last call, 0 when there are not, or an error. */
int ef_ui_history_refresh(struct ef_ui_history *history, struct ef_error *err);

/* A text of the session; valid until the next call for the same history. */
const char *ef_ui_history_text(struct ef_ui_history *history,
			       enum ef_ui_session what);

/* A number of the session; -1 when it is not known. */
long long ef_ui_history_number(const struct ef_ui_history *history,
			       enum ef_ui_session what);

/*
 * Show only what a filter (egress-filter-filter(7)) selects; "" everything.
 * Pages and groups that were made before are as they were. Returns 0, or
 * -EINVAL with "column N: ..." in err: then the old filter stays.
 */
int ef_ui_history_filter(struct ef_ui_history *history, const char *text,
			 struct ef_error *err);

/*
 * Attempts that are alike and near in time share a row of a page (1, as at
 * the start), or each has its own (0).
 */
void ef_ui_history_collapse(struct ef_ui_history *history, int collapse);

/* Mark the row of this number, or take the mark away. Returns how many are
 * marked, or -ENOSPC. Filters know it as "marked:yes". */
int ef_ui_history_mark(struct ef_ui_history *history, long long seq, int marked);

/* 1 when the row of this number is marked. */
int ef_ui_history_is_marked(const struct ef_ui_history *history, long long seq);

/*
 * The page that has the first listed row whose number is above seq, or, with
 * backwards, the last one whose number is not above it. The caller gives *ret
 * to ef_ui_page_free(). Returns 1; 0: there is none (yet); -EAGAIN: none as
 * far as *ret_seq was looked, go on from there.
 */
int ef_ui_history_page(struct ef_ui_history *history, long long seq,
		       int backwards, struct ef_ui_page **ret,
		       long long *ret_seq, struct ef_error *err);

/*
 * The number of the next listed row above seq (backwards: below) that also
 * meets a filter text; as above: 1, 0, or -EAGAIN with how far in *ret_seq.
 */
int ef_ui_history_search(struct ef_ui_history *history, const char *text,
			 long long seq, int backwards, long long *ret_seq,
			 struct ef_error *err);

/* One row in full, as a page of one. -ENOENT: there is no such row. */
int ef_ui_history_row(struct ef_ui_history *history, long long seq,
		      struct ef_ui_page **ret, struct ef_error *err);

/*
 * Count on, for a bounded time; counts are what groups and the totals of a
 * session that goes on are made of. Returns 1 when there is more to count, 0
 * when there is not (yet).
 */
int ef_ui_history_count(struct ef_ui_history *history, struct ef_error *err);

/*
 * What is counted so far, put together: everything, or (filtered not 0) what
 * the filter selects; processes are always all there. The caller gives *ret
 * to ef_ui_groups_free().
 */
int ef_ui_history_groups(struct ef_ui_history *history, enum ef_ui_by by,
			 int filtered, struct ef_ui_groups **ret,
			 struct ef_error *err);

/*
 * The policy that was in force for the row of this number (0: in force last):
 * its path, not escaped, and its text as lines with escaped contents. The
 * caller frees both with ef_ui_free(). -ENOENT: there was none.
 */
int ef_ui_history_policy(struct ef_ui_history *history, long long seq,
			 char **ret_path, char **ret_text, struct ef_error *err);

/*
 * Why the row of this number was judged as it was, by the policy of then:
 * lines, as "egress-filter why" prints them. The caller frees them with
 * ef_ui_free(). -ENOENT: no policy is known, or nothing was judged.
 */
int ef_ui_history_why(struct ef_ui_history *history, long long seq,
		      char **ret_text, struct ef_error *err);

/* Give a history back; pages and groups made from it stay. */
void ef_ui_history_close(struct ef_ui_history *history);

/* Number of rows. */
size_t ef_ui_page_n(const struct ef_ui_page *page);

/* The numbers that the page stands for: the rows above *ret_after, up to
 * *ret_last. The next page follows *ret_last, the one before ends with
 * *ret_after. */
void ef_ui_page_span(const struct ef_ui_page *page, long long *ret_after,
		     long long *ret_last);

/* A text of row i; valid as long as the page. EF_UI_JSON and EF_UI_YAML are
 * not for a terminal. */
const char *ef_ui_page_text(const struct ef_ui_page *page, size_t i,
			    enum ef_ui_field what);

/* A number of row i; 0 for what is no number. */
long long ef_ui_page_number(const struct ef_ui_page *page, size_t i,
			    enum ef_ui_field what);

/* Give a page back. */
void ef_ui_page_free(struct ef_ui_page *page);

/* Number of groups, of all levels; members follow their group. */
size_t ef_ui_groups_n(const struct ef_ui_groups *groups);

/* A text of group i; valid as long as the groups. */
const char *ef_ui_groups_text(const struct ef_ui_groups *groups, size_t i,
			      enum ef_ui_group what);

/* A number of group i; 0 for what is no number. */
long long ef_ui_groups_number(const struct ef_ui_groups *groups, size_t i,
			      enum ef_ui_group what);

/* Attempts that are in no group, since there were too many different ones. */
long long ef_ui_groups_left_over(const struct ef_ui_groups *groups);

/* Give groups back. */
void ef_ui_groups_free(struct ef_ui_groups *groups);

/* Make len bytes of outside text printable, cut to size; returns buf. */
char *ef_ui_escape(const char *text, size_t len, char *buf, size_t size);

/* The folder for what this program keeps between sessions, made when it is
 * not there yet. Returns 0 or an error. */
int ef_ui_folder(char *buf, size_t size, struct ef_error *err);

/* Free a text. */
void ef_ui_free(char *text);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
