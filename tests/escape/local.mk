check_PROGRAMS += %D%/doors
%C%_doors_SOURCES = %D%/doors.c
escape_tests = %D%/doors.sh
TESTS += $(escape_tests)
EXTRA_DIST += $(escape_tests)
