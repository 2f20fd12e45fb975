libef_la_SOURCES += \
	%D%/diff.h \
	%D%/edit.h \
	%D%/splice.h \
	%D%/write.h
