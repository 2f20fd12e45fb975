# lists of this folder
EXTRA_PROGRAMS += %D%/store.bench
BENCHES += %D%/store.bench
%C%_store_bench_SOURCES = %D%/store.c
%C%_store_bench_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/unit
CLEANFILES += $(EXTRA_PROGRAMS)
