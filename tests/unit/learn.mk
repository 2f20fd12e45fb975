# unit tests of this room
check_PROGRAMS += %D%/replay.t
TESTS += %D%/replay.t
%C%_replay_t_SOURCES = %D%/replay.c
