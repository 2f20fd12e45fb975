# The screens: a program of its own, the first client of the library. It sees
# the two installed headers and nothing else of src/. All but the terminal is an
# archive, for the tests.
tui_sources = \
	%D%/act.c \
	%D%/app.c %D%/app.h \
	%D%/asked.c \
	%D%/canvas.c %D%/canvas.h \
	%D%/columns.c %D%/columns.h \
	%D%/details.c \
	%D%/draw.c \
	%D%/export.c %D%/export.h \
	%D%/feed.c %D%/feed.h \
	%D%/find.c \
	%D%/keymap.c %D%/keymap.h \
	%D%/keys.c \
	%D%/list.c %D%/list.h \
	%D%/narrow.c \
	%D%/options.c %D%/options.h \
	%D%/pager.c %D%/pager.h \
	%D%/prompt.c %D%/prompt.h \
	%D%/script.c %D%/script.h \
	%D%/tick.c \
	%D%/tree.c %D%/tree.h \
	%D%/view.h \
	%D%/view_groups.c \
	%D%/view_live.c \
	%D%/view_sessions.c
noinst_LTLIBRARIES += libtui.la
libtui_la_SOURCES = $(tui_sources)
libtui_la_CPPFLAGS = -include config.h -I$(top_srcdir)/src/lib
libtui_la_CFLAGS = $(EF_CFLAGS)

if TUI
bin_PROGRAMS += egress-filter-tui
egress_filter_tui_SOURCES = %D%/main.c %D%/screen.c %D%/screen.h
egress_filter_tui_CPPFLAGS = -include config.h -I$(top_srcdir)/src/lib
egress_filter_tui_CFLAGS = $(EF_CFLAGS) $(NCURSES_CFLAGS)
egress_filter_tui_LDADD = libtui.la libegressfilter.la $(NCURSES_LIBS)
endif
