# unit tests of this room
notify_tests = %D%/unixaddr.t %D%/listen.t
check_PROGRAMS += $(notify_tests)
TESTS += $(notify_tests)
%C%_unixaddr_t_SOURCES = %D%/unixaddr.c
%C%_listen_t_SOURCES = %D%/listen.c
check_PROGRAMS += %D%/lost.t
TESTS += %D%/lost.t
%C%_lost_t_SOURCES = %D%/lost.c
check_PROGRAMS += %D%/batch.t
TESTS += %D%/batch.t
%C%_batch_t_SOURCES = %D%/batch.c
check_PROGRAMS += %D%/pending.t
TESTS += %D%/pending.t
%C%_pending_t_SOURCES = %D%/pending.c %D%/../fakes/kernel.c %D%/../fakes/kernel.h
check_PROGRAMS += %D%/filter_rules.t
TESTS += %D%/filter_rules.t
%C%_filter_rules_t_SOURCES = %D%/filter_rules.c
