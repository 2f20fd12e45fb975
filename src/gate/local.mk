libef_la_SOURCES += \
	%D%/gate.c %D%/gate.h \
	%D%/notices.c %D%/notices.h \
	%D%/question.c %D%/question.h \
	%D%/redirect.c %D%/redirect.h \
	%D%/resolve.h
