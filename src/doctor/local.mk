libef_la_SOURCES += \
	%D%/ability.c %D%/ability.h \
	%D%/doors.c %D%/doors.h %D%/doors_impl.h %D%/doors_help.c \
	%D%/doors_abi.c \
	%D%/doors_addresses.c \
	%D%/doors_calls.c \
	%D%/doors_kinds.c \
	%D%/doors_options.c \
	%D%/doors_processes.c \
	%D%/doors_outsiders.c \
	%D%/doors_race.c %D%/doors_race.h \
	%D%/doors_races.c %D%/doors_races_state.c \
	%D%/doors_rights.c \
	%D%/doors_selves.c \
	%D%/doors_unix.c \
	%D%/doors_watch.c \
	%D%/ground.c %D%/ground.h %D%/ground_args.c \
	%D%/neighbour.c %D%/neighbour.h \
	%D%/records.c %D%/records.h \
	%D%/trial.c %D%/trial.h
