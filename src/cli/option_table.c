/* SPDX-License-Identifier: MIT */
/* The table of options. */
#include "cli/option_table.h"

#include <stddef.h>

#define AT(w)	(UINT32_C(1) << WORD_##w)
#define RUNS	(AT(RUN) | AT(LEARN))
#define DRAFTS	(AT(DRAFT) | AT(LEARN))
#define QUERIES (AT(LOG) | AT(WHY) | AT(SESSIONS) | AT(REPLAY))
#define SCREENS (AT(TUI) | AT(ATTACH))
#define ALL	(~UINT32_C(0))

static const struct option_row rows[N_OPTS] = {
	[OPT_CONFIG] = { "config", "FILE", "policy (- is standard input)",
			 RUNS | AT(WHY) | AT(REPLAY) | AT(DRAFT), 'c' },
	[OPT_ALLOW_ALL] = { "allow-all", NULL,
			    "deny nothing, record everything; not with -c",
			    AT(RUN), 0 },
	[OPT_DNS_PORT] = { "dns-proxy-port", "N",
			   "port of the DNS forwarder (0: any)", RUNS, 'p' },
	[OPT_MODE] = { "mode",
		       "MODE", "enforce, or audit: let pass and record what would be denied",
		       AT(RUN), 0 },
	[OPT_DB] = { "db", "PATH",
		     "record in this file instead of the state folder",
		     RUNS | QUERIES | SCREENS | AT(LINT) | AT(DRAFT), 0 },
	[OPT_FAIL_ON_DENY] = { "fail-on-deny",
			       "[=N]", "exit N (120) if something was denied and the command succeeded",
			       RUNS, 0 },
	[OPT_QUIET] = { "quiet", NULL, "no denial lines and no footer", RUNS,
			'q' },
	[OPT_VERBOSE] = { "verbose",
			  NULL, "one line for each allowed destination too; draft: more reasons",
			  RUNS | AT(DRAFT), 'v' },
	[OPT_LOG_LEVEL] = { "log-level", "LEVEL",
			    "error, warn, info, debug or trace", RUNS, 0 },
	[OPT_DENY_LOG] = { "deny-log",
			   "DEST", "denial lines to stderr, stdout, fd:N, none or a file",
			   RUNS, 0 },
	[OPT_EXIT_FILE] = { "exit-file", "PATH",
			    "write how the command ended to a file, as JSON",
			    RUNS, 0 },
	[OPT_RELOAD] = { "reload",
			 "WHICH", "changes of the policy file to take: narrow (only stricter) or auto",
			 RUNS, 0 },
	[OPT_WAIT] = { "wait", NULL,
		       "wait for processes the command leaves behind", RUNS, 0 },
	[OPT_WEAK] = { "weak",
		       NULL, "run even where it could rewrite the memory of other programs",
		       RUNS, 0 },
	[OPT_KEEP_CAPS] = { "keep-caps", "LIST",
			    "capabilities that a root command keeps, or all",
			    RUNS, 0 },
	[OPT_NAME] = { "name", "TEXT", "name of the session in the record",
		       RUNS | AT(SESSIONS), 0 },
	[OPT_TAG] = { "tag", "K=V", "tag of the session; may be repeated",
		      RUNS | AT(SESSIONS), 0 },
	[OPT_SESSION] = { "session", "ID",
			  "only this session (any unique prefix), or all",
			  AT(LOG) | AT(REPLAY) | AT(TUI) | AT(DRAFT), 0 },
	[OPT_SINCE] = { "since", "TIME",
			"only what is newer: 10m, 2h, 3d or a date",
			AT(LOG) | AT(REPLAY) | AT(LINT), 0 },
	[OPT_FROM] = { "from",
		       "FILE", "take this record: a file, a folder or a pattern; may be repeated",
		       AT(REPLAY) | AT(LINT) | AT(DRAFT), 0 },
	[OPT_WHERE] = { "where",
			"FILTER", "only the attempts this selects (see egress-filter-filter(7))",
			AT(REPLAY) | AT(DRAFT), 0 },
	[OPT_FOLLOW] = { "follow", NULL,
			 "go on with what is recorded from now on", AT(LOG), 'f' },
	[OPT_LIMIT] = { "limit", "N", "at most the N newest", AT(LOG), 0 },
	[OPT_COLUMNS] = { "columns",
			  "LIST", "columns of the table, commas between (see the manual)",
			  AT(LOG), 0 },
	[OPT_SELF] = { "self",
		       NULL, "ask as the session this runs in; alone: its latest denial",
		       AT(WHY), 0 },
	[OPT_LEVEL] = { "level",
			"LEVEL", "least level that is told: info, warning (as a rule) or error",
			AT(LINT), 0 },
	[OPT_FIX] = { "fix",
		      NULL, "print a diff without the rules that do nothing; nothing is written",
		      AT(LINT), 0 },
	[OPT_STALE] = { "stale", NULL,
			"look into the records for rules that nothing used",
			AT(LINT), 0 },
	[OPT_MIN_SESSIONS] = { "min-sessions",
			       "N", "sessions without a use that make a rule unused (10)",
			       AT(LINT), 0 },
	[OPT_MIN_DAYS] = { "min-days", "N", "days these have to cover (30)",
			   AT(LINT), 0 },
	[OPT_JSON] = { "json", NULL, "one JSON object",
		       QUERIES | AT(LINT) | AT(DRAFT), 0 },
	[OPT_NDJSON] = { "ndjson", NULL, "one JSON object a line",
			 AT(LOG) | AT(SESSIONS), 0 },
	[OPT_OLDER_THAN] = { "older-than", "AGE",
			     "prune: sessions older than 30d, 12h, ...",
			     AT(SESSIONS), 0 },
	[OPT_KEEP] = { "keep", "N", "prune: all but the N newest", AT(SESSIONS),
		       0 },
	[OPT_MAX_SIZE] = { "max-size",
			   "SIZE", "prune: the oldest while all take more than 500M, 2G, ...",
			   AT(SESSIONS), 0 },
	[OPT_DRY_RUN] = { "dry-run", NULL,
			  "change nothing, say what would be done",
			  AT(SESSIONS) | AT(DRAFT), 0 },
	[OPT_YES] = { "yes", NULL, "do it without asking",
		      AT(SESSIONS) | AT(DRAFT) | AT(RELOAD), 0 },
	[OPT_KEEP_GOING] = { "keep-going", NULL,
			     "import: leave bad lines out and go on",
			     AT(SESSIONS), 0 },
	[OPT_REDACT] = { "redact",
			 "WHEN", "secrets in arguments: auto (off a terminal), always or never",
			 AT(LOG) | AT(SESSIONS), 0 },
	[OPT_COLOR] = { "color", "WHEN", "auto, always or never",
			RUNS | QUERIES | SCREENS | AT(DRAFT), 0 },
	[OPT_NO_INPUT] = { "no-input", NULL,
			   "never ask; fail where an answer is needed",
			   RUNS | AT(DRAFT), 0 },
	[OPT_LIST] = { "list", NULL, "show what is accepted", AT(TRUST), 0 },
	[OPT_REMOVE] = { "remove", NULL, "take the acceptance of a file back",
			 AT(TRUST), 0 },
	[OPT_ESCAPE] = { "escape", NULL,
			 "try every known way out, with and without a session",
			 AT(DOCTOR), 0 },
	[OPT_VIEW] = { "view", "VIEW",
		       "begin with live, sites, procs, rules or sessions",
		       SCREENS, 0 },
	[OPT_MOUSE] = { "mouse", NULL, "take the mouse from the terminal",
			SCREENS, 0 },
	[OPT_GLYPHS] = { "glyphs", "WHICH", "lines of auto, ascii or unicode",
			 SCREENS, 0 },
	[OPT_KEYS] = { "keys", NULL, "print the keys of the view", AT(TUI), 0 },
	[OPT_DUMP_SCREEN] = { "dump-screen", "VIEW",
			      "print a view as text, without a terminal",
			      AT(TUI), 0 },
	[OPT_SIZE] = { "size", "WxH", "size of what is printed (100x30)",
		       AT(TUI), 0 },
	[OPT_KEYS_FROM] = { "keys-from", "FILE",
			    "keys and times from a script, without a terminal",
			    AT(TUI), 0 },
	[OPT_WIDEN] = { "widen", "SITE",
			"one wildcard in place of the names below SITE",
			AT(DRAFT), 0 },
	[OPT_WRITE] = { "write", NULL, "write it into the policy, after a yes",
			AT(DRAFT), 0 },
	[OPT_NEVER] = { "never", "DEST",
			"do not suggest this destination again", AT(DRAFT), 0 },
	[OPT_SKIP] = { "skip", "DEST",
		       "not now: suggest it again when it is seen again",
		       AT(DRAFT), 0 },
	[OPT_AGAIN] = { "again", NULL, "forget what was put aside", AT(DRAFT), 0 },
	[OPT_PRUNE] = { "prune", NULL,
			"name the rules that nothing recorded needs", AT(DRAFT),
			0 },
	[OPT_EVIDENCE] = { "evidence",
			   "WHICH", "comment: say beside new rules where they come from; none",
			   AT(DRAFT), 0 },
	[OPT_ASSUME_PORT] = { "assume-port", "N",
			      "port of names that were only asked for (443)",
			      AT(DRAFT), 0 },
	[OPT_PSL] = { "psl", "WHICH",
		      "public suffixes: builtin, system or a file", AT(DRAFT), 0 },
	[OPT_REVIEW] = { "review", NULL, "look through the draft on the screen",
			 DRAFTS, 0 },
	[OPT_DRAFT] = { "draft",
			"PATH", "write the policy that is drafted to a new file (- is standard output)",
			AT(LEARN), 0 },
	[OPT_TIMES] = { "times", "N", "run the command N times", AT(LEARN), 0 },
	[OPT_HELP] = { "help", NULL, "show help", ALL, 'h' },
	[OPT_VERSION] = { "version", NULL, "show the version", AT(RUN), 'V' },
};

#define WHEN "auto always never"

static const char *const values[N_OPTS] = {
	[OPT_LEVEL] = "info warning error",
	[OPT_CONFIG] = "@policy",
	[OPT_MODE] = "enforce audit",
	[OPT_DB] = "@file",
	[OPT_LOG_LEVEL] = "error warn info debug trace",
	[OPT_DENY_LOG] = "stderr stdout none @file",
	[OPT_EXIT_FILE] = "@file",
	[OPT_RELOAD] = "narrow auto",
	[OPT_SESSION] = "all @session",
	[OPT_FROM] = "@file",
	[OPT_COLUMNS] = "@column",
	[OPT_REDACT] = WHEN,
	[OPT_COLOR] = WHEN,
};

const char *option_values(const struct option_row *r)
{
	return values[r - rows];
}

const struct option_row *option_row(int opt)
{
	return &rows[opt];
}

bool option_is_of(int opt, enum word word)
{
	return rows[opt].words >> word & 1;
}

const struct option_row *option_of(enum word word, int i)
{
	for (int opt = 0; opt < N_OPTS; opt++)
		if (option_is_of(opt, word) && i-- == 0)
			return &rows[opt];
	return NULL;
}

void option_print(enum word word, FILE *f)
{
	const struct option_row *r;
	char left[48];

	for (int i = 0; (r = option_of(word, i)); i++) {
		snprintf(left, sizeof(left), "--%s%s%s", r->name,
			 r->arg && r->arg[0] != '[' ? " " : "",
			 r->arg ? r->arg : "");
		if (r->letter)
			fprintf(f, "  -%c, %-20s %s\n", r->letter, left,
				r->sentence);
		else
			fprintf(f, "      %-20s %s\n", left, r->sentence);
	}
}
