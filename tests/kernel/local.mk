# What the design relies on, asked of the kernel at hand.
check_PROGRAMS += %D%/domain.t
TESTS += %D%/domain.t
%C%_domain_t_SOURCES = %D%/domain.c
