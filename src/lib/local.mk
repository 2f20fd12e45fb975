# The public face is part of libef, so that program and tests use it too;
# libegressfilter is all of libef with nothing but that face exported.
libef_la_SOURCES += \
	%D%/decision.c \
	%D%/destination.c %D%/destination.h \
	%D%/egressfilter.h \
	%D%/feed.c \
	%D%/handles.h \
	%D%/lookup.c %D%/lookup.h \
	%D%/policy.c \
	%D%/session.c \
	%D%/steer.c %D%/steer.h \
	%D%/egressfilter-ui.h \
	%D%/ui_groups.c \
	%D%/ui_history.c \
	%D%/ui_impl.h \
	%D%/ui_page.c \
	%D%/ui_policy.c \
	%D%/ui_records.c \
	%D%/ui_rules.h \
	%D%/ui_table.c %D%/ui_table.h
include_HEADERS += %D%/egressfilter.h %D%/egressfilter-ui.h

lib_LTLIBRARIES += libegressfilter.la
libegressfilter_la_SOURCES =
libegressfilter_la_LIBADD = libef.la
libegressfilter_la_LDFLAGS = $(AM_LDFLAGS) $(EF_DEFS) -version-info 0:0:0 \
	-no-undefined -Wl,--version-script=$(srcdir)/%D%/libegressfilter.map
EXTRA_libegressfilter_la_DEPENDENCIES = %D%/libegressfilter.map
EXTRA_DIST += %D%/libegressfilter.map
