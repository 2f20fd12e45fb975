libef_la_SOURCES += \
	%D%/escape.h \
	%D%/event.h \
	%D%/store.h
