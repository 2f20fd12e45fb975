libef_la_SOURCES += \
	%D%/addr.c %D%/addr.h \
	%D%/cidr.c %D%/cidr.h \
	%D%/cmsg.c %D%/cmsg.h \
	%D%/control.c %D%/control.h \
	%D%/dname.c %D%/dname.h \
	%D%/dns.c %D%/dns.h \
	%D%/dns_answer.c %D%/dns_answer.h %D%/dns_answer_encode.c \
	%D%/unixaddr.c %D%/unixaddr.h
