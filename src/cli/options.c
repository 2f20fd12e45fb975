/* SPDX-License-Identifier: MIT */
/* The table of options, and the one scanner that reads them. */
#include "cli/options.h"

#include <stdint.h>
#include <string.h>

#include "base/nearest.h"
#include "cli/help.h"
#include "cli/output.h"

#define AT(w)	(UINT32_C(1) << WORD_##w)
#define RUNS	AT(RUN)
#define QUERIES (AT(LOG) | AT(WHY) | AT(SESSIONS))
#define ALL	(~UINT32_C(0))

struct row {
	const char *name, *arg, *sentence;
	uint32_t words; /* the subcommands that take it */
	char letter;
};

static const struct row rows[N_OPTS] = {
	[OPT_CONFIG] = {"config", "FILE",
			"policy to enforce (- is standard input)",
			RUNS | AT(WHY), 'c'},
	[OPT_ALLOW_ALL] = {"allow-all", NULL,
			   "deny nothing, record everything; not with -c", RUNS,
			   0},
	[OPT_DNS_PORT] = {"dns-proxy-port", "N",
			  "port of the DNS forwarder (0: any)", RUNS, 'p'},
	[OPT_MODE] =
		{"mode", "MODE",
		 "enforce, or audit: let pass and record what would be denied",
		 RUNS, 0},
	[OPT_DB] = {"db", "PATH",
		    "record in this file instead of the state folder",
		    RUNS | QUERIES, 0},
	[OPT_FAIL_ON_DENY] =
		{"fail-on-deny",
		 "[=N]", "exit N (120) if something was denied and the command succeeded",
		 RUNS, 0},
	[OPT_QUIET] = {"quiet", NULL, "no denial lines and no footer", RUNS, 'q'},
	[OPT_VERBOSE] = {"verbose", NULL,
			 "one line for each allowed destination too", RUNS, 'v'},
	[OPT_LOG_LEVEL] = {"log-level", "LEVEL",
			   "error, warn, info, debug or trace", RUNS, 0},
	[OPT_DENY_LOG] = {"deny-log",
			  "DEST", "denial lines to stderr, stdout, fd:N, none or a file",
			  RUNS, 0},
	[OPT_EXIT_FILE] = {"exit-file", "PATH",
			   "write how the command ended to a file, as JSON",
			   RUNS, 0},
	[OPT_RELOAD] = {"reload",
			"WHICH", "changes of the policy file to take: narrow (only stricter) or auto",
			RUNS, 0},
	[OPT_WAIT] = {"wait", NULL,
		      "wait for processes the command leaves behind", RUNS, 0},
	[OPT_WEAK] = {"weak", NULL,
		      "run even where other processes could rewrite its memory",
		      RUNS, 0},
	[OPT_NAME] = {"name", "TEXT", "name of the session in the record", RUNS,
		      0},
	[OPT_TAG] = {"tag", "K=V", "tag of the session; may be repeated", RUNS, 0},
	[OPT_SESSION] = {"session", "ID",
			 "only this session (any unique prefix)", AT(LOG), 0},
	[OPT_SINCE] = {"since", "TIME",
		       "only what is newer: 10m, 2h, 3d or a date", AT(LOG), 0},
	[OPT_FOLLOW] = {"follow", NULL,
			"go on with what is recorded from now on", AT(LOG), 'f'},
	[OPT_LIMIT] = {"limit", "N", "at most the N newest", AT(LOG), 0},
	[OPT_JSON] = {"json", NULL, "one JSON object", QUERIES, 0},
	[OPT_NDJSON] = {"ndjson", NULL, "one JSON object a line",
			AT(LOG) | AT(SESSIONS), 0},
	[OPT_OLDER_THAN] = {"older-than", "AGE",
			    "prune: sessions older than 30d, 12h, ...",
			    AT(SESSIONS), 0},
	[OPT_KEEP] = {"keep", "N", "prune: all but the N newest", AT(SESSIONS), 0},
	[OPT_DRY_RUN] = {"dry-run", NULL, "prune: only say what would go",
			 AT(SESSIONS), 0},
	[OPT_COLOR] = {"color", "WHEN", "auto, always or never", RUNS | QUERIES,
		       0},
	[OPT_NO_INPUT] = {"no-input", NULL,
			  "never ask; fail where an answer is needed",
			  RUNS | AT(TRUST), 0},
	[OPT_HELP] = {"help", NULL, "show help", ALL, 'h'},
	[OPT_VERSION] = {"version", NULL, "show the version", RUNS, 'V'},
};

static bool takes(enum word word, int opt)
{
	return rows[opt].name && (rows[opt].words >> word & 1);
}

static bool ends_at_word(enum word word)
{
	return takes(word, OPT_WAIT); /* it runs a command */
}

void options_start(struct options *o, enum word word, int argc, char **argv)
{
	*o = (struct options){.word = word, .argc = argc, .argv = argv, .next = 1};
	o->rest = argv + 1;
}

static int stop(struct options *o, int exit_code)
{
	o->exit_code = exit_code;
	return OPTIONS_STOP;
}

/* The name of the first subcommand other than this one that takes an option. */
static const char *owner_of(int opt)
{
	for (int w = 0; w < N_WORDS; w++)
		if (takes((enum word)w, opt))
			return command_of((enum word)w)->name;
	return "run";
}

static const char *nearest_option(enum word word, const char *name)
{
	unsigned int best = NEAREST_FAR;
	const char *found = NULL;

	for (int i = 0; i < N_OPTS; i++) {
		unsigned int d;

		if (!takes(word, i))
			continue;
		d = nearest_distance(name, rows[i].name);
		if (d < best) {
			best = d;
			found = rows[i].name;
		}
	}
	return nearest_is_close(name, best) ? found : NULL;
}

/* An option this word does not take: say where it belongs or what is near. */
static int refuse(struct options *o, int opt, const char *name, char letter)
{
	char shown[64];
	const char *near = letter ? NULL : nearest_option(o->word, name);
	const char *help = o->is_bare ? "" : command_of(o->word)->name;
	const char *gap = o->is_bare ? "" : " ";

	if (letter)
		snprintf(shown, sizeof(shown), "-%c", letter);
	else
		snprintf(shown, sizeof(shown), "--%.50s", name);
	if (opt >= 0)
		output_error("%s belongs after its word: egress-filter %s %s",
			     shown, owner_of(opt), shown);
	else if (near)
		output_error("unknown option %s; did you mean --%s?", shown,
			     near);
	else
		output_error("unknown option %s; see egress-filter help%s%s",
			     shown, gap, help);
	return stop(o, EXIT_USAGE);
}

/* The option is known and taken here; help and version end the reading. */
static int accept(struct options *o, int opt)
{
	if (opt == OPT_HELP) {
		help_print(o->is_bare ? -1 : (int)o->word, true, stdout);
		return stop(o, 0);
	}
	if (opt == OPT_VERSION) {
		help_version(stdout);
		return stop(o, 0);
	}
	o->saw_option = true;
	return opt;
}

static bool is_optional(int opt)
{
	return rows[opt].arg && rows[opt].arg[0] == '[';
}

static int need_value(struct options *o, int opt, const char **ret_value)
{
	if (o->next < o->argc) {
		*ret_value = o->argv[o->next++];
		return accept(o, opt);
	}
	output_error("--%s needs a value: --%s %s", rows[opt].name,
		     rows[opt].name, rows[opt].arg);
	return stop(o, EXIT_USAGE);
}

static int next_long(struct options *o, const char *text, const char **ret_value)
{
	size_t n = strcspn(text, "=");
	int elsewhere = -1;

	for (int i = 0; i < N_OPTS; i++) {
		if (!rows[i].name || strlen(rows[i].name) != n ||
		    strncmp(rows[i].name, text, n) != 0)
			continue;
		if (!takes(o->word, i)) {
			elsewhere = i;
			continue;
		}
		if (text[n] == '=' && !rows[i].arg) {
			output_error("--%s takes no value", rows[i].name);
			return stop(o, EXIT_USAGE);
		}
		if (text[n] == '=')
			*ret_value = text + n + 1;
		else if (rows[i].arg && !is_optional(i))
			return need_value(o, i, ret_value);
		return accept(o, i);
	}
	return refuse(o, elsewhere, strndupa(text, n), 0);
}

static int next_letter(struct options *o, const char **ret_value)
{
	char letter = *o->bundle++;
	int elsewhere = -1;

	for (int i = 0; i < N_OPTS; i++) {
		if (!rows[i].letter || rows[i].letter != letter)
			continue;
		if (!takes(o->word, i)) {
			elsewhere = i;
			continue;
		}
		if (i == OPT_HELP && o->is_bare) {
			help_print(-1, false, stdout);
			return stop(o, 0);
		}
		if (!rows[i].arg)
			return accept(o, i);
		if (!*o->bundle)
			return need_value(o, i, ret_value);
		*ret_value = o->bundle;
		o->bundle = "";
		return accept(o, i);
	}
	return refuse(o, elsewhere, "", letter);
}

static int end(struct options *o)
{
	if (ends_at_word(o->word)) {
		o->rest = o->argv + o->next;
		o->n_rest = o->argc - o->next;
		return OPTIONS_END;
	}
	while (o->next < o->argc)
		o->rest[o->n_rest++] = o->argv[o->next++];
	o->rest[o->n_rest] = NULL;
	return OPTIONS_END;
}

int options_next(struct options *o, const char **ret_value)
{
	*ret_value = NULL;
	if (o->bundle && *o->bundle)
		return next_letter(o, ret_value);
	while (o->next < o->argc) {
		char *arg = o->argv[o->next];

		if (!strcmp(arg, "--")) {
			o->saw_dashes = true;
			o->next++;
			return end(o);
		}
		if (arg[0] == '-' && arg[1] == '-') {
			o->next++;
			return next_long(o, arg + 2, ret_value);
		}
		if (arg[0] == '-' && arg[1]) {
			o->next++;
			o->bundle = arg + 1;
			return next_letter(o, ret_value);
		}
		if (ends_at_word(o->word))
			return end(o);
		o->rest[o->n_rest++] = arg;
		o->next++;
	}
	return end(o);
}

bool options_row(enum word word, int i, struct option_row *ret)
{
	for (int opt = 0; opt < N_OPTS; opt++) {
		if (!takes(word, opt) || i-- > 0)
			continue;
		*ret = (struct option_row){
			.name = rows[opt].name,
			.letter = rows[opt].letter,
			.arg = rows[opt].arg,
			.sentence = rows[opt].sentence,
		};
		return true;
	}
	return false;
}

void options_print(enum word word, FILE *f)
{
	struct option_row r;
	char left[48];

	for (int i = 0; options_row(word, i, &r); i++) {
		snprintf(left, sizeof(left), "--%s%s%s", r.name,
			 r.arg && r.arg[0] != '[' ? " " : "", r.arg ? r.arg : "");
		if (r.letter)
			fprintf(f, "  -%c, %-20s %s\n", r.letter, left,
				r.sentence);
		else
			fprintf(f, "      %-20s %s\n", left, r.sentence);
	}
}
