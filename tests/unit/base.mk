check_PROGRAMS += %D%/addr.t %D%/dname.t
TESTS += %D%/addr.t %D%/dname.t
%C%_addr_t_SOURCES = %D%/addr.c
%C%_dname_t_SOURCES = %D%/dname.c
check_PROGRAMS += %D%/nearest.t
TESTS += %D%/nearest.t
%C%_nearest_t_SOURCES = %D%/nearest.c
