libef_la_SOURCES += \
	%D%/caps.c %D%/caps.h \
	%D%/children.c %D%/children.h \
	%D%/control.c %D%/control.h \
	%D%/control_client.c %D%/control_client.h \
	%D%/control_peer.c %D%/control_peer.h \
	%D%/control_socket.c %D%/control_socket.h \
	%D%/follow.c %D%/follow.h \
	%D%/confine.c %D%/confine.h \
	%D%/launch.c %D%/launch.h \
	%D%/links.c %D%/links.h \
	%D%/loss.c %D%/loss.h \
	%D%/mounts.c %D%/mounts.h \
	%D%/orphans.c %D%/orphans.h \
	%D%/steerable.c %D%/steerable.h \
	%D%/reach.c %D%/reach.h \
	%D%/record.c %D%/record.h \
	%D%/reload.c %D%/reload.h \
	%D%/report.c %D%/report.h \
	%D%/session.c %D%/session.h \
	%D%/supervisor.c %D%/supervisor.h \
	%D%/surroundings.c %D%/surroundings.h \
	%D%/trusted.c %D%/trusted.h

# The supervisor's own allow list is compiled when this program is built, too.
noinst_PROGRAMS += %D%/gen_confine
%C%_gen_confine_SOURCES = %D%/gen_confine.c %D%/../notify/gen.c %D%/../notify/gen.h
%C%_gen_confine_LDADD = $(DEPS_LIBS)
%D%/confine_prog.h: %D%/gen_confine$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) %D% && ./%D%/gen_confine$(EXEEXT) > $@.tmp && mv $@.tmp $@
%D%/confine.lo: %D%/confine_prog.h
CLEANFILES += %D%/confine_prog.h %D%/confine_prog.h.tmp
