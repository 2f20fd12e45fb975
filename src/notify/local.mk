libef_la_SOURCES += \
	%D%/ancillary.c \
	%D%/ancillary.h \
	%D%/batch.c \
	%D%/batch.h \
	%D%/brief.c \
	%D%/brief.h \
	%D%/call.c \
	%D%/call.h \
	%D%/call_buffers.c \
	%D%/connect.c \
	%D%/connect.h \
	%D%/connect_start.c \
	%D%/creds.c \
	%D%/creds.h \
	%D%/crew.c \
	%D%/crew.h \
	%D%/dnsrecv.c \
	%D%/dnsrecv.h \
	%D%/dnsroute.c \
	%D%/dnsroute.h \
	%D%/dnssend.c \
	%D%/dnssend.h \
	%D%/filter.c \
	%D%/filter.h \
	%D%/fsview.c \
	%D%/fsview.h \
	%D%/inherited.c \
	%D%/inherited.h \
	%D%/join.c \
	%D%/join.h \
	%D%/kernel.c \
	%D%/kernel.h \
	%D%/listen.c \
	%D%/listen.h \
	%D%/listener.c \
	%D%/listener.h \
	%D%/lost.c \
	%D%/lost.h \
	%D%/message.c \
	%D%/message.h \
	%D%/netlink.c \
	%D%/netlink.h \
	%D%/peer.c \
	%D%/peer.h \
	%D%/pending.c \
	%D%/pending.h \
	%D%/pending_crew.c \
	%D%/pending_impl.h \
	%D%/pending_op.c \
	%D%/pending_op.h \
	%D%/proc.c \
	%D%/proc.h \
	%D%/refuse.c \
	%D%/refuse.h \
	%D%/repeat.c \
	%D%/repeat.h \
	%D%/send.c \
	%D%/send.h \
	%D%/sending.c \
	%D%/sending.h \
	%D%/sendkeep.c \
	%D%/sendkeep.h \
	%D%/sendto.c \
	%D%/sendunix.c \
	%D%/sendunix.h \
	%D%/sendwait.c \
	%D%/signal.c \
	%D%/signal.h \
	%D%/target.c \
	%D%/target.h \
	%D%/thread.c \
	%D%/thread.h \
	%D%/tree.c \
	%D%/tree.h \
	%D%/uapi.h \
	%D%/unix_connect.c \
	%D%/unix_connect.h \
	%D%/unixdiag.c \
	%D%/unixdiag.h \
	%D%/walls.c \
	%D%/walls.h \
	%D%/walls_kernel.c \
	%D%/worker.c \
	%D%/worker.h

# The filter is compiled by libseccomp at build time, by a program of its own.
noinst_PROGRAMS += %D%/gen_filter
%C%_gen_filter_SOURCES = %D%/gen_filter.c %D%/gen_options.c \
	%D%/gen_options.h %D%/gen.c %D%/gen.h
%C%_gen_filter_LDADD = $(DEPS_LIBS)
%D%/filter_prog.h: %D%/gen_filter$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) %D% && ./%D%/gen_filter$(EXEEXT) > $@.tmp && mv $@.tmp $@
%D%/filter.lo: %D%/filter_prog.h
CLEANFILES += %D%/filter_prog.h %D%/filter_prog.h.tmp
