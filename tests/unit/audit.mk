# unit tests of this room
EXTRA_DIST += %D%/record.h
check_PROGRAMS += %D%/store.t
TESTS += %D%/store.t
%C%_store_t_SOURCES = %D%/store.c
check_PROGRAMS += %D%/escape.t
TESTS += %D%/escape.t
%C%_escape_t_SOURCES = %D%/escape.c
check_PROGRAMS += %D%/filter.t
TESTS += %D%/filter.t
%C%_filter_t_SOURCES = %D%/filter.c
check_PROGRAMS += %D%/reader.t
TESTS += %D%/reader.t
%C%_reader_t_SOURCES = %D%/reader.c
check_PROGRAMS += %D%/filter_sql.t
TESTS += %D%/filter_sql.t
%C%_filter_sql_t_SOURCES = %D%/filter_sql.c
