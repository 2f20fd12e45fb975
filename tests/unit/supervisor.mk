check_PROGRAMS += %D%/confine.t
TESTS += %D%/confine.t
%C%_confine_t_SOURCES = %D%/confine.c
