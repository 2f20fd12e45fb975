libef_la_SOURCES += \
	%D%/decide.h \
	%D%/door.h \
	%D%/lease.h \
	%D%/load.h \
	%D%/observation.h \
	%D%/placeholder.h \
	%D%/policy.h \
	%D%/verdict.h
