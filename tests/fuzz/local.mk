# One program for each target: with --enable-fuzzing a fuzzer, otherwise a
# replay of its corpus.
if FUZZING
fuzz_main =
fuzz_ldflags = -fsanitize=fuzzer
else
fuzz_main = %D%/replay.c
fuzz_ldflags =
endif
TESTS += %D%/replay.sh
EXTRA_DIST += %D%/replay.sh %D%/replay.c %D%/corpus

check_PROGRAMS += %D%/escape.fuzz
%C%_escape_fuzz_SOURCES = %D%/escape.c
nodist_%C%_escape_fuzz_SOURCES = $(fuzz_main)
%C%_escape_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)

check_PROGRAMS += %D%/filter.fuzz
%C%_filter_fuzz_SOURCES = %D%/filter.c
nodist_%C%_filter_fuzz_SOURCES = $(fuzz_main)
%C%_filter_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)

check_PROGRAMS += %D%/policy.fuzz
%C%_policy_fuzz_SOURCES = %D%/policy.c
nodist_%C%_policy_fuzz_SOURCES = $(fuzz_main)
%C%_policy_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
