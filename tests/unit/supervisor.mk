check_PROGRAMS += %D%/confine.t
TESTS += %D%/confine.t
%C%_confine_t_SOURCES = %D%/confine.c
check_PROGRAMS += %D%/orphans.t
TESTS += %D%/orphans.t
%C%_orphans_t_SOURCES = %D%/orphans.c
