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

check_PROGRAMS += %D%/cmsg.fuzz
%C%_cmsg_fuzz_SOURCES = %D%/cmsg.c
nodist_%C%_cmsg_fuzz_SOURCES = $(fuzz_main)
%C%_cmsg_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)

check_PROGRAMS += %D%/control.fuzz
%C%_control_fuzz_SOURCES = %D%/control.c
nodist_%C%_control_fuzz_SOURCES = $(fuzz_main)
%C%_control_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)

check_PROGRAMS += %D%/escape.fuzz
%C%_escape_fuzz_SOURCES = %D%/escape.c
nodist_%C%_escape_fuzz_SOURCES = $(fuzz_main)
%C%_escape_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)

check_PROGRAMS += %D%/filter.fuzz
%C%_filter_fuzz_SOURCES = %D%/filter.c
nodist_%C%_filter_fuzz_SOURCES = $(fuzz_main)
%C%_filter_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)

check_PROGRAMS += %D%/message.fuzz
%C%_message_fuzz_SOURCES = %D%/message.c
nodist_%C%_message_fuzz_SOURCES = $(fuzz_main)
%C%_message_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)

check_PROGRAMS += %D%/policy.fuzz
%C%_policy_fuzz_SOURCES = %D%/policy.c
nodist_%C%_policy_fuzz_SOURCES = $(fuzz_main)
%C%_policy_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)

check_PROGRAMS += %D%/sockaddr.fuzz
%C%_sockaddr_fuzz_SOURCES = %D%/sockaddr.c
nodist_%C%_sockaddr_fuzz_SOURCES = $(fuzz_main)
%C%_sockaddr_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)

check_PROGRAMS += %D%/splice.fuzz
%C%_splice_fuzz_SOURCES = %D%/splice.c
nodist_%C%_splice_fuzz_SOURCES = $(fuzz_main)
%C%_splice_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)

names_fuzz = %D%/dns_query.fuzz %D%/dns_answer.fuzz %D%/resolvconf.fuzz
check_PROGRAMS += $(names_fuzz)
%C%_dns_query_fuzz_SOURCES = %D%/dns_query.c
nodist_%C%_dns_query_fuzz_SOURCES = $(fuzz_main)
%C%_dns_query_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
%C%_dns_answer_fuzz_SOURCES = %D%/dns_answer.c
nodist_%C%_dns_answer_fuzz_SOURCES = $(fuzz_main)
%C%_dns_answer_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
%C%_resolvconf_fuzz_SOURCES = %D%/resolvconf.c
nodist_%C%_resolvconf_fuzz_SOURCES = $(fuzz_main)
%C%_resolvconf_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
LONG_TESTS += %D%/long.sh

check_PROGRAMS += %D%/import.fuzz
%C%_import_fuzz_SOURCES = %D%/import.c
nodist_%C%_import_fuzz_SOURCES = $(fuzz_main)
%C%_import_fuzz_LDFLAGS = $(AM_LDFLAGS) $(fuzz_ldflags)
