# unit tests of names: wire/dns, dns, redirect
dns_tests = %D%/dns.t %D%/dns_answer.t %D%/resolvconf.t %D%/redirect.t %D%/budget.t %D%/question.t %D%/dns_service.t %D%/dns_stream.t %D%/outlet.t
check_PROGRAMS += $(dns_tests)
TESTS += $(dns_tests)
EXTRA_DIST += %D%/dns_packet.h %D%/dns_world.h
%C%_dns_t_SOURCES = %D%/dns.c
%C%_dns_answer_t_SOURCES = %D%/dns_answer.c
%C%_resolvconf_t_SOURCES = %D%/resolvconf.c
%C%_redirect_t_SOURCES = %D%/redirect.c
%C%_budget_t_SOURCES = %D%/budget.c
%C%_question_t_SOURCES = %D%/question.c %D%/../fakes/policy.c %D%/../fakes/policy.h
%C%_dns_service_t_SOURCES = %D%/dns_service.c %D%/../fakes/policy.c \
	%D%/../fakes/policy.h %D%/../fakes/gate.c %D%/../fakes/gate.h
%C%_dns_stream_t_SOURCES = %D%/dns_stream.c %D%/../fakes/policy.c \
	%D%/../fakes/policy.h %D%/../fakes/gate.c %D%/../fakes/gate.h
%C%_outlet_t_SOURCES = %D%/outlet.c %D%/../fakes/policy.c %D%/../fakes/policy.h \
	%D%/../fakes/gate.c %D%/../fakes/gate.h
