LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
TEST_EXTENSIONS = .sh
SH_LOG_DRIVER = $(LOG_DRIVER)
SH_LOG_COMPILER = $(SHELL)
AM_TESTS_ENVIRONMENT = srcdir='$(abs_top_srcdir)' builddir='$(abs_top_builddir)' CC='$(CC)' DEPS_CFLAGS='$(DEPS_CFLAGS)' EF_SANITIZE='$(EF_SANITIZE)'; PATH='$(abs_top_builddir)'/tests/tools:$$PATH; export srcdir builddir CC DEPS_CFLAGS EF_SANITIZE PATH;

# What takes minutes: shell tests that "make check-long" runs after the others.
LONG_TESTS =
# Programs and scripts that "make bench" runs, one after the other.
BENCHES =

# Programs that tests start by name, before those of the system.
check_PROGRAMS += %D%/tools/sqlite3
%C%_tools_sqlite3_SOURCES = %D%/tools/sqlite3.c
%C%_tools_sqlite3_LDADD = $(DEPS_LIBS)
LDADD = libef.la
AM_CPPFLAGS += -I$(top_srcdir)/tests
EXTRA_DIST += %D%/tap.h %D%/data
# Each folder lists its own; unit tests by room (tests/unit/ROOM.mk).
include %D%/unit/base.mk
include %D%/unit/policy.mk
include %D%/unit/audit.mk
include %D%/unit/dns.mk
include %D%/unit/notify.mk
include %D%/unit/doctor.mk
include %D%/unit/learn.mk
include %D%/unit/supervisor.mk
include %D%/unit/tui.mk
include %D%/kernel/local.mk
include %D%/fuzz/local.mk
include %D%/live/local.mk
include %D%/cli/local.mk
include %D%/api/local.mk
include %D%/escape/local.mk
include %D%/bench/local.mk
include %D%/screen/local.mk
include %D%/suites/local.mk

lint = %D%/lint/layers.sh %D%/lint/headers.sh %D%/lint/promises.sh \
	%D%/lint/manual.sh %D%/lint/security.sh %D%/lint/symbols.sh
TESTS += $(lint)
EXTRA_DIST += $(lint)
EXTRA_DIST += $(LONG_TESTS)

.PHONY: check-long bench
check-long: check
	$(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS='$(LONG_TESTS)'
bench: all $(BENCHES)
	@for b in $(BENCHES); do echo "== $$b"; case $$b in \
	*.sh) $(AM_TESTS_ENVIRONMENT) $(SHELL) $(srcdir)/$$b ;; *) ./$$b ;; esac || exit 1; done
