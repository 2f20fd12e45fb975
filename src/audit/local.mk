libef_la_SOURCES += \
	%D%/archive.c %D%/archive.h \
	%D%/archive_line.c \
	%D%/archive_sum.c \
	%D%/browse.c %D%/browse.h \
	%D%/digest.c %D%/digest.h \
	%D%/event.c %D%/event.h \
	%D%/export.c %D%/export.h \
	%D%/filter.c %D%/filter.h %D%/filter_impl.h \
	%D%/filter_eval.c \
	%D%/filter_field.c \
	%D%/filter_lex.c %D%/filter_lex.h \
	%D%/filter_sql.c \
	%D%/filter_time.c \
	%D%/import.c %D%/import.h %D%/import_impl.h \
	%D%/import_add.c \
	%D%/import_file.c \
	%D%/import_line.c \
	%D%/import_links.c \
	%D%/import_stage.c \
	%D%/intern.c %D%/intern.h \
	%D%/json.c %D%/json.h \
	%D%/mark.c %D%/mark.h \
	%D%/ndjson.c %D%/ndjson.h \
	%D%/numbering.c %D%/numbering.h \
	%D%/reader.c %D%/reader.h %D%/reader_impl.h %D%/reader_sql.h \
	%D%/reader_columns.c \
	%D%/reader_copies.c \
	%D%/reader_db.c \
	%D%/reader_group.c %D%/reader_group.h \
	%D%/reader_hosts.c \
	%D%/reader_list.c \
	%D%/reader_page.c \
	%D%/reader_revision.c \
	%D%/redact.c %D%/redact.h \
	%D%/row.c %D%/row.h \
	%D%/schema.c %D%/schema.h \
	%D%/site.c %D%/site.h \
	%D%/alike.c %D%/alike.h %D%/alike_impl.h \
	%D%/alike_asked.c %D%/alike_asked.h \
	%D%/alike_tell.c \
	%D%/store.c %D%/store.h %D%/store_impl.h \
	%D%/store_anchor.c \
	%D%/store_attempt.c \
	%D%/store_check.c \
	%D%/store_end.c \
	%D%/store_flush.c \
	%D%/store_open.c \
	%D%/store_refs.c \
	%D%/store_sql.c \
	%D%/store_watch.c \
	%D%/store_write.c \
	%D%/tally.c %D%/tally.h \
	%D%/verify.c %D%/verify.h \
	%D%/escape.c %D%/escape.h
# The schema as a C string, without its comments.
nodist_libef_la_SOURCES = %D%/schema_sql.h
BUILT_SOURCES += %D%/schema_sql.h
CLEANFILES += %D%/schema_sql.h
EXTRA_DIST += share/schema/audit.sql
%D%/schema_sql.h: share/schema/audit.sql
	$(AM_V_GEN)$(MKDIR_P) $(@D) && { \
	  echo '/* Made from share/schema/audit.sql. */'; \
	  echo 'static const char schema_sql[] ='; \
	  sed -e '/^--/d' -e '/^$$/d' -e 's/.*/	"&\\n"/' $(top_srcdir)/share/schema/audit.sql; \
	  echo '	;'; } >$@.tmp && mv $@.tmp $@
