libef_la_SOURCES += \
	%D%/call.c %D%/call.h \
	%D%/connect.c %D%/connect.h \
	%D%/dnsroute.c %D%/dnsroute.h \
	%D%/filter.c %D%/filter.h \
	%D%/join.c %D%/join.h \
	%D%/kernel.c %D%/kernel.h \
	%D%/listener.c %D%/listener.h \
	%D%/pending.c %D%/pending.h \
	%D%/proc.c %D%/proc.h \
	%D%/refuse.c %D%/refuse.h \
	%D%/target.c %D%/target.h \
	%D%/uapi.h

# The filter is compiled by libseccomp at build time, by a program of its own.
noinst_PROGRAMS += %D%/gen_filter
%C%_gen_filter_SOURCES = %D%/gen_filter.c
%C%_gen_filter_LDADD = $(DEPS_LIBS)
%D%/filter_prog.h: %D%/gen_filter$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) %D% && ./%D%/gen_filter$(EXEEXT) > $@.tmp && mv $@.tmp $@
%D%/filter.lo: %D%/filter_prog.h
CLEANFILES += %D%/filter_prog.h %D%/filter_prog.h.tmp
