dist_man_MANS += %D%/man/egress-filter.1
pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = %D%/pkgconfig/libegressfilter.pc
