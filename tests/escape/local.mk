check_PROGRAMS += %D%/doors
%C%_doors_SOURCES = %D%/doors.c
escape_tests = %D%/doors.sh %D%/unreadable.sh
TESTS += $(escape_tests)
EXTRA_DIST += $(escape_tests)
LONG_TESTS += %D%/long_races.sh
