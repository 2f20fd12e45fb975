libef_la_SOURCES += \
	%D%/resolvconf.h \
	%D%/service.h
