# lists of this folder
live_dns = %D%/dns_bind.sh %D%/dns_servers.sh %D%/dns_oracle.sh
TESTS += $(live_dns)
EXTRA_DIST += $(live_dns) %D%/dns_world.sh %D%/dns_oracle.py
check_PROGRAMS += %D%/dnsd
%C%_dnsd_SOURCES = %D%/dnsd.c %D%/../fakes/policy.c %D%/../fakes/policy.h \
	%D%/../fakes/gate.c %D%/../fakes/gate.h
check_PROGRAMS += %D%/dnsread
%C%_dnsread_SOURCES = %D%/dnsread.c
check_PROGRAMS += %D%/send_table
%C%_send_table_SOURCES = %D%/send_table.c %D%/send_table.h \
	%D%/send_table_control.c %D%/send_table_inet.c \
	%D%/send_table_plain.c %D%/send_table_wait.c
%C%_send_table_LDADD =
check_PROGRAMS += %D%/storm %D%/old_flags
%C%_storm_SOURCES = %D%/storm.c
%C%_storm_LDADD =
%C%_old_flags_SOURCES = %D%/old_flags.c
check_PROGRAMS += %D%/send_rows
%C%_send_rows_SOURCES = %D%/send_rows.c
%C%_send_rows_LDADD =
live_sends = %D%/send.sh %D%/send_rows.sh %D%/storm.sh
TESTS += $(live_sends)
EXTRA_DIST += $(live_sends)
live_tables = %D%/connect_table %D%/signal_table
check_PROGRAMS += $(live_tables)
%C%_connect_table_LDADD =
%C%_signal_table_LDADD =
live_tests = %D%/clients.sh %D%/connect.sh %D%/exec.sh %D%/flags.sh \
	%D%/control.sh %D%/interface.sh %D%/learn.sh %D%/listen.sh %D%/record.sh %D%/reload.sh %D%/resolver.sh \
	%D%/session.sh %D%/standin.sh %D%/why.sh
TESTS += $(live_tests)
EXTRA_DIST += $(live_tests) %D%/blackhole.sh %D%/fetch.c %D%/lib.sh \
	%D%/answer.py %D%/rogue.py %D%/steer.py %D%/subset.py %D%/try.py %D%/web.py %D%/why_cases.py
check_PROGRAMS += %D%/unix_table %D%/unix_peer
TESTS += %D%/unix.sh
EXTRA_DIST += %D%/unix.sh
%C%_unix_table_SOURCES = %D%/unix_table.c %D%/asleep.h
%C%_unix_peer_SOURCES = %D%/unix_peer.c
%C%_unix_table_LDADD =
%C%_unix_peer_LDADD =
check_PROGRAMS += %D%/interface
%C%_interface_LDADD =
check_PROGRAMS += %D%/page
TESTS += %D%/page.sh
EXTRA_DIST += %D%/page.sh
%C%_page_LDADD =
check_PROGRAMS += %D%/flags
%C%_flags_LDADD =
live_load = %D%/kill.sh
TESTS += $(live_load)
LONG_TESTS += %D%/long_kill.sh %D%/long_thousand.sh
EXTRA_DIST += $(live_load) %D%/load.py %D%/sink.py
check_PROGRAMS += %D%/listen
%C%_listen_LDADD =
check_PROGRAMS += %D%/neighbour %D%/with_walls
TESTS += %D%/walls.sh %D%/rights.sh %D%/confined.sh %D%/inherited.sh
EXTRA_DIST += %D%/walls.sh %D%/rights.sh %D%/confined.sh %D%/inherited.sh %D%/inherited.py
%C%_neighbour_LDADD = -lpthread
%C%_with_walls_SOURCES = %D%/with_walls.c
check_PROGRAMS += %D%/stuck
TESTS += %D%/stuck.sh
EXTRA_DIST += %D%/stuck.sh
%C%_stuck_LDADD =
check_PROGRAMS += %D%/pages
LONG_TESTS += %D%/pages.sh
%C%_pages_LDADD = -lpthread
check_PROGRAMS += %D%/without
%C%_without_LDADD =
check_PROGRAMS += %D%/notice
TESTS += %D%/notice.sh
EXTRA_DIST += %D%/notice.sh
%C%_notice_LDADD =
TESTS += %D%/steerable.sh
EXTRA_DIST += %D%/steerable.sh
