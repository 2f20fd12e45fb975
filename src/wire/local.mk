libef_la_SOURCES += \
	%D%/addr.c %D%/addr.h \
	%D%/dname.c %D%/dname.h
