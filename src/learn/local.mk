libef_la_SOURCES += \
	%D%/diff.h \
	%D%/edit.h \
	%D%/replay.c %D%/replay.h \
	%D%/replay_hosts.c %D%/replay_hosts.h \
	%D%/replay_judge.c \
	%D%/replay_list.c %D%/replay_list.h \
	%D%/replay_observe.c %D%/replay_observe.h \
	%D%/splice.h \
	%D%/write.h
