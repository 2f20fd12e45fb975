# unit tests of this room
policy_tests = %D%/cidr.t %D%/decide.t %D%/door.t %D%/examples.t \
	%D%/explain.t %D%/keys.t %D%/lease.t %D%/load.t %D%/narrow.t \
	%D%/placeholder.t %D%/policy.t %D%/trust.t
check_PROGRAMS += $(policy_tests)
TESTS += $(policy_tests)
EXTRA_DIST += %D%/policy_help.h
%C%_cidr_t_SOURCES = %D%/cidr.c
%C%_decide_t_SOURCES = %D%/decide.c
%C%_door_t_SOURCES = %D%/door.c
%C%_examples_t_SOURCES = %D%/examples.c
%C%_explain_t_SOURCES = %D%/explain.c
%C%_keys_t_SOURCES = %D%/keys.c
%C%_lease_t_SOURCES = %D%/lease.c
%C%_load_t_SOURCES = %D%/load.c
%C%_narrow_t_SOURCES = %D%/narrow.c
%C%_placeholder_t_SOURCES = %D%/placeholder.c
%C%_policy_t_SOURCES = %D%/policy.c
%C%_trust_t_SOURCES = %D%/trust.c
