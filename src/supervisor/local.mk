libef_la_SOURCES += \
	%D%/children.c %D%/children.h \
	%D%/launch.c %D%/launch.h \
	%D%/orphans.c %D%/orphans.h \
	%D%/reload.c %D%/reload.h \
	%D%/report.c %D%/report.h \
	%D%/supervisor.c %D%/supervisor.h \
	%D%/surroundings.c %D%/surroundings.h
