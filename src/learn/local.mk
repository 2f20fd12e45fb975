libef_la_SOURCES += \
	%D%/cover.c %D%/cover.h \
	%D%/decision.c %D%/decision.h \
	%D%/diff.c %D%/diff.h \
	%D%/edit.h \
	%D%/findings.c %D%/findings.h \
	%D%/findings_fix.c %D%/findings_fix.h \
	%D%/findings_idle.c \
	%D%/findings_impl.h \
	%D%/findings_usage.c %D%/findings_usage.h \
	%D%/findings_wide.c \
	%D%/gather.c %D%/gather.h \
	%D%/generated.c %D%/generated.h \
	%D%/locate.c %D%/locate.h \
	%D%/notes.c %D%/notes.h \
	%D%/observe.c %D%/observe.h \
	%D%/observe_entry.c \
	%D%/observe_impl.h \
	%D%/program.c %D%/program.h \
	%D%/replay.c %D%/replay.h \
	%D%/replay_hosts.c %D%/replay_hosts.h \
	%D%/replay_judge.c \
	%D%/replay_list.c %D%/replay_list.h \
	%D%/replay_observe.c %D%/replay_observe.h \
	%D%/script.c %D%/script.h \
	%D%/shared.c %D%/shared.h \
	%D%/splice.c %D%/splice.h \
	%D%/splice_block.c \
	%D%/splice_flow.c \
	%D%/splice_fresh.c \
	%D%/splice_impl.h \
	%D%/splice_list.c \
	%D%/splice_plan.c \
	%D%/splice_ports.c \
	%D%/splice_text.c %D%/splice_text.h \
	%D%/suffix.c %D%/suffix.h \
	%D%/suggest.c %D%/suggest.h \
	%D%/suggest_edits.c \
	%D%/suggest_impl.h \
	%D%/suggest_wide.c \
	%D%/suggest_words.c \
	%D%/verify.c %D%/verify.h \
	%D%/write.c %D%/write.h
