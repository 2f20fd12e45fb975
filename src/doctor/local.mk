libef_la_SOURCES += \
	%D%/ability.c %D%/ability.h \
	%D%/doors.c %D%/doors.h %D%/doors_impl.h %D%/doors_help.c \
	%D%/doors_abi.c \
	%D%/doors_addresses.c \
	%D%/doors_calls.c \
	%D%/doors_kinds.c \
	%D%/doors_options.c \
	%D%/doors_processes.c \
	%D%/doors_races.c \
	%D%/doors_selves.c \
	%D%/doors_unix.c \
	%D%/doors_watch.c \
	%D%/ground.c %D%/ground.h %D%/ground_args.c \
	%D%/records.c %D%/records.h \
	%D%/trial.c %D%/trial.h
