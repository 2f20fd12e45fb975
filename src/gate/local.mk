libef_la_SOURCES += \
	%D%/attempts.c \
	%D%/budget.c %D%/budget.h \
	%D%/follow.c %D%/follow.h \
	%D%/gate.c %D%/gate.h %D%/gate_impl.h \
	%D%/notices.c %D%/notices.h \
	%D%/question.c %D%/question.h \
	%D%/questions.c \
	%D%/redirect.c %D%/redirect.h %D%/redirect_impl.h \
	%D%/redirect_ports.c \
	%D%/resolve.h
