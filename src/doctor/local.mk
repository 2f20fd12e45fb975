libef_la_SOURCES += \
	%D%/ability.c %D%/ability.h \
	%D%/records.c %D%/records.h \
	%D%/trial.c %D%/trial.h
