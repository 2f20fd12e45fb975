libef_la_SOURCES += \
	%D%/call.h \
	%D%/kernel.c %D%/kernel.h \
	%D%/pending.h \
	%D%/uapi.h
