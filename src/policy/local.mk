libef_la_SOURCES += \
	%D%/arena.c %D%/arena.h \
	%D%/build.h \
	%D%/decide.h \
	%D%/door.c %D%/door.h \
	%D%/glob.c %D%/glob.h \
	%D%/hash.h \
	%D%/lease.h \
	%D%/load.h \
	%D%/observation.h \
	%D%/placeholder.h \
	%D%/policy.c %D%/policy.h \
	%D%/reverse.c %D%/reverse.h \
	%D%/verdict.c %D%/verdict.h
