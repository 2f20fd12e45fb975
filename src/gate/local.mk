libef_la_SOURCES += \
	%D%/gate.h \
	%D%/redirect.c %D%/redirect.h \
	%D%/resolve.h
