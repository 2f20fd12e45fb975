# unit tests of the screens' logic: no terminal, no record
check_PROGRAMS += %D%/tui.t
TESTS += %D%/tui.t
%C%_tui_t_SOURCES = %D%/tui.c
%C%_tui_t_CPPFLAGS = -include config.h -I$(top_srcdir)/src/lib -I$(top_srcdir)/tui -I$(top_srcdir)/tests
%C%_tui_t_LDADD = libtui.la libef.la
