bin_PROGRAMS += egress-filter
egress_filter_SOURCES = \
	%D%/cmd_completion.c \
	%D%/cmd_doctor.c \
	%D%/command.c %D%/command.h \
	%D%/help.c %D%/help.h \
	%D%/main.c \
	%D%/options.c %D%/options.h \
	%D%/output.c %D%/output.h
