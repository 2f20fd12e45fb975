libef_la_SOURCES += \
	%D%/supervisor.h
