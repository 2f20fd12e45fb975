libef_la_SOURCES += \
	%D%/arena.c %D%/arena.h \
	%D%/build.h \
	%D%/decide.c %D%/decide.h \
	%D%/door.c %D%/door.h \
	%D%/explain.c %D%/explain.h \
	%D%/explain_change.c %D%/explain_change.h \
	%D%/glob.c %D%/glob.h \
	%D%/hash.h \
	%D%/index.c \
	%D%/judge.c %D%/judge.h %D%/judge_impl.h \
	%D%/judge_listener.c \
	%D%/judge_question.c \
	%D%/keys.c %D%/keys.h \
	%D%/lease.c %D%/lease.h \
	%D%/load.c %D%/load.h %D%/load_impl.h \
	%D%/load_file.c \
	%D%/load_pattern.c \
	%D%/load_scalar.c \
	%D%/load_tree.c %D%/load_tree.h \
	%D%/load_value.c %D%/load_value.h \
	%D%/narrow.c \
	%D%/observation.h \
	%D%/placeholder.c %D%/placeholder.h \
	%D%/policy.c %D%/policy.h %D%/policy_impl.h \
	%D%/problem.c %D%/problem.h \
	%D%/reverse.c %D%/reverse.h \
	%D%/trust.c %D%/trust.h \
	%D%/verdict.c %D%/verdict.h
