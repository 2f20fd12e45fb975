libef_la_SOURCES += \
	%D%/gate.h \
	%D%/question.c %D%/question.h \
	%D%/redirect.c %D%/redirect.h \
	%D%/resolve.h
