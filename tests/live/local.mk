# lists of this folder
live_dns = %D%/dns_bind.sh %D%/dns_servers.sh %D%/dns_oracle.sh
TESTS += $(live_dns)
EXTRA_DIST += $(live_dns) %D%/dns_world.sh %D%/dns_oracle.py
check_PROGRAMS += %D%/dnsd
%C%_dnsd_SOURCES = %D%/dnsd.c %D%/../fakes/policy.c %D%/../fakes/policy.h \
	%D%/../fakes/gate.c %D%/../fakes/gate.h
check_PROGRAMS += %D%/dnsread
%C%_dnsread_SOURCES = %D%/dnsread.c
