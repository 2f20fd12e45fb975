bin_PROGRAMS += egress-filter
egress_filter_SOURCES = \
	%D%/choice.c %D%/choice.h \
	%D%/cmd_completion.c \
	%D%/cmd_doctor.c \
	%D%/cmd_draft.c \
	%D%/cmd_learn.c \
	%D%/cmd_lint.c \
	%D%/cmd_log.c \
	%D%/cmd_reload.c \
	%D%/cmd_replay.c \
	%D%/cmd_run.c \
	%D%/cmd_sessions.c \
	%D%/cmd_trust.c \
	%D%/cmd_tui.c \
	%D%/cmd_why.c \
	%D%/command.c %D%/command.h \
	%D%/completion.h \
	%D%/completion_bash.c \
	%D%/completion_fish.c \
	%D%/completion_zsh.c \
	%D%/draft.c %D%/draft.h \
	%D%/draft_put.c \
	%D%/draft_tell.c \
	%D%/draft_write.c \
	%D%/escape.c %D%/escape.h \
	%D%/help.c %D%/help.h \
	%D%/lint_file.c %D%/lint_file.h \
	%D%/log_columns.c %D%/log_columns.h \
	%D%/main.c \
	%D%/prune.c %D%/prune.h \
	%D%/records.c %D%/records.h \
	%D%/redact.c %D%/redact.h \
	%D%/replay_print.c %D%/replay_print.h \
	%D%/run.h \
	%D%/session_change.c %D%/session_change.h \
	%D%/session_json.c %D%/session_json.h \
	%D%/session_move.c %D%/session_move.h \
	%D%/session_pick.c %D%/session_pick.h \
	%D%/session_table.c %D%/session_table.h \
	%D%/table.c %D%/table.h \
	%D%/option_table.c %D%/option_table.h \
	%D%/options.c %D%/options.h \
	%D%/output.c %D%/output.h \
	%D%/why_again.c %D%/why_again.h \
	%D%/why_answer.c %D%/why_answer.h \
	%D%/why_event.c %D%/why_event.h \
	%D%/why_hosts.c %D%/why_hosts.h \
	%D%/why_self.c %D%/why_self.h \
	%D%/wish.c %D%/wish.h

# The screens are a program of their own; it is looked for here, too.
egress_filter_CPPFLAGS = $(AM_CPPFLAGS) -DEF_LIBEXECDIR='"$(libexecdir)"'
