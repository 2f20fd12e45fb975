# libef: everything but the program, the interface and the public face.
# The program, the shared library and the tests all link this one archive.
noinst_LTLIBRARIES += libef.la
libef_la_LIBADD = $(DEPS_LIBS) -lpthread
libef_la_SOURCES =
include %D%/base/local.mk
include %D%/wire/local.mk
include %D%/policy/local.mk
include %D%/audit/local.mk
include %D%/gate/local.mk
include %D%/learn/local.mk
include %D%/notify/local.mk
include %D%/dns/local.mk
include %D%/supervisor/local.mk
include %D%/doctor/local.mk
include %D%/lib/local.mk
include %D%/cli/local.mk
