libef_la_SOURCES += \
	%D%/resolvconf.c %D%/resolvconf.h \
	%D%/service.h
