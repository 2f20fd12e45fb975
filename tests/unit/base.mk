check_PROGRAMS += %D%/addr.t %D%/dname.t
TESTS += %D%/addr.t %D%/dname.t
%C%_addr_t_SOURCES = %D%/addr.c
%C%_dname_t_SOURCES = %D%/dname.c
