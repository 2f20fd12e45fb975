# unit tests of this room
learn_tests = %D%/alike.t %D%/decision.t %D%/diff.t %D%/findings.t %D%/hosts.t \
	%D%/observe.t %D%/replay.t %D%/splice.t %D%/splice_any.t \
	%D%/suggest.t %D%/verify.t %D%/write.t
check_PROGRAMS += $(learn_tests)
TESTS += $(learn_tests)
EXTRA_DIST += %D%/learn_help.h %D%/splice_case.h %D%/splice_dump.h %D%/splice_gen.h
%C%_alike_t_SOURCES = %D%/alike.c
%C%_decision_t_SOURCES = %D%/decision.c
%C%_diff_t_SOURCES = %D%/diff.c
%C%_findings_t_SOURCES = %D%/findings.c
%C%_hosts_t_SOURCES = %D%/hosts.c
%C%_observe_t_SOURCES = %D%/observe.c
%C%_replay_t_SOURCES = %D%/replay.c
%C%_splice_t_SOURCES = %D%/splice.c
%C%_splice_any_t_SOURCES = %D%/splice_any.c
%C%_suggest_t_SOURCES = %D%/suggest.c
%C%_verify_t_SOURCES = %D%/verify.c
%C%_write_t_SOURCES = %D%/write.c
LONG_TESTS += %D%/long_splice.sh
