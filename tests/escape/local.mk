check_PROGRAMS += %D%/doors
%C%_doors_SOURCES = %D%/doors.c
check_PROGRAMS += %D%/dns_race %D%/own %D%/starve
%C%_dns_race_LDADD = -lpthread
%C%_own_LDADD =
%C%_starve_LDADD =
escape_tests = %D%/dns.sh %D%/doors.sh %D%/foreign.sh %D%/older.sh %D%/own.sh \
	%D%/starved.sh %D%/unreadable.sh
TESTS += $(escape_tests)
EXTRA_DIST += $(escape_tests) %D%/dns_log.py %D%/dns_out.py %D%/dns_own.py \
	%D%/foreign.c %D%/full.py
LONG_TESTS += %D%/long_dns.sh %D%/long_older.sh %D%/long_older_suite.sh \
	%D%/long_races.sh %D%/long_starved.sh
