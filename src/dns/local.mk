libef_la_SOURCES += \
	%D%/asker.c %D%/asker.h \
	%D%/bind.c \
	%D%/client.c %D%/client.h \
	%D%/event.h \
	%D%/forwarder.c \
	%D%/inetdiag.c %D%/inetdiag.h \
	%D%/job.c %D%/job.h \
	%D%/local.c %D%/local.h \
	%D%/outlet.c %D%/outlet.h \
	%D%/resolvconf.c %D%/resolvconf.h \
	%D%/resolve.c \
	%D%/resolver.h \
	%D%/service.c %D%/service.h \
	%D%/standin.c %D%/standin.h \
	%D%/upstream.c %D%/upstream.h \
	%D%/upstream_impl.h %D%/upstream_stream.c %D%/upstream_try.c \
	%D%/waiter.c %D%/waiter.h
