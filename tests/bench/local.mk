# Measurements, run by "make bench". BENCHES are run; the others are what they
# run in turn.
bench_helpers = %D%/client %D%/floor %D%/screen %D%/tracer
bench_programs = %D%/compare.bench %D%/decide.bench %D%/readers.bench %D%/store.bench
BENCHES += $(bench_programs) %D%/replay.sh %D%/screen.sh
EXTRA_PROGRAMS += $(bench_programs) $(bench_helpers)
EXTRA_DIST += %D%/replay.sh %D%/screen.sh
CLEANFILES += $(EXTRA_PROGRAMS)
bench: $(bench_helpers) tests/tools/sqlite3

%C%_compare_bench_SOURCES = %D%/compare.c %D%/servers.c %D%/servers.h \
	%D%/timing.c %D%/timing.h %D%/variant.c %D%/variant.h \
	%D%/world.c %D%/world.h
%C%_compare_bench_LDADD =
%C%_client_SOURCES = %D%/client.c %D%/client.h %D%/client_calls.c \
	%D%/client_names.c %D%/client_tcp.c %D%/client_udp.c \
	%D%/timing.c %D%/timing.h %D%/world.h
%C%_client_LDADD = -lresolv
%C%_floor_SOURCES = %D%/floor.c src/notify/filter.c src/notify/filter.h
%C%_floor_CPPFLAGS = $(AM_CPPFLAGS) # an object of its own
%C%_floor_LDADD = $(DEPS_LIBS)
%C%_tracer_SOURCES = %D%/tracer.c
%C%_tracer_LDADD =

%C%_decide_bench_SOURCES = %D%/decide.c %D%/timing.c %D%/timing.h
%C%_decide_bench_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/unit
%C%_store_bench_SOURCES = %D%/store.c
%C%_store_bench_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/unit
%C%_readers_bench_SOURCES = %D%/readers.c %D%/timing.c %D%/timing.h
%C%_readers_bench_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/unit

%C%_screen_SOURCES = %D%/screen.c
%C%_screen_CPPFLAGS = -include config.h -I$(top_srcdir)/src/lib -I$(top_srcdir)/tui
%C%_screen_LDADD = libtui.la libef.la
