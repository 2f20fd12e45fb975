# unit tests of this room
check_PROGRAMS += %D%/replay.t
TESTS += %D%/replay.t
%C%_replay_t_SOURCES = %D%/replay.c
learn_tests = %D%/diff.t %D%/splice.t
check_PROGRAMS += $(learn_tests)
TESTS += $(learn_tests)
EXTRA_DIST += %D%/splice_case.h %D%/splice_dump.h
%C%_diff_t_SOURCES = %D%/diff.c
%C%_splice_t_SOURCES = %D%/splice.c
