libef_la_SOURCES += \
	%D%/caps.c %D%/caps.h \
	%D%/children.c %D%/children.h \
	%D%/follow.c %D%/follow.h \
	%D%/launch.c %D%/launch.h \
	%D%/loss.c %D%/loss.h \
	%D%/mounts.c %D%/mounts.h \
	%D%/orphans.c %D%/orphans.h \
	%D%/record.c %D%/record.h \
	%D%/reload.c %D%/reload.h \
	%D%/report.c %D%/report.h \
	%D%/session.c %D%/session.h \
	%D%/supervisor.c %D%/supervisor.h \
	%D%/surroundings.c %D%/surroundings.h
