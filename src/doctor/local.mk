libef_la_SOURCES += \
	%D%/ability.c %D%/ability.h \
	%D%/trial.c %D%/trial.h
