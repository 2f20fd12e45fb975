EXTRA_DIST += %D%/libegressfilter.map
