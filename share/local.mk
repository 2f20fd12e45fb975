dist_man_MANS += %D%/man/egress-allowlist.yaml.5 \
	%D%/man/egress-filter-audit.5 \
	%D%/man/egress-filter-control.7 \
	%D%/man/egress-filter-draft.1 \
	%D%/man/egress-filter-filter.7 \
	%D%/man/egress-filter-lint.1 \
	%D%/man/egress-filter-log.1 \
	%D%/man/egress-filter-replay.1 \
	%D%/man/egress-filter-sessions.1 \
	%D%/man/egress-filter-tui.1 \
	%D%/man/egress-filter-why.1 \
	%D%/man/egress-filter.1 \
	%D%/man/egressfilter.3
pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = %D%/pkgconfig/libegressfilter.pc

# Completions come out of the program, so that they know what it knows.
bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions
fishcompletiondir = $(datadir)/fish/vendor_completions.d
nodist_bashcompletion_DATA = %D%/completions/egress-filter
nodist_zshcompletion_DATA = %D%/completions/_egress-filter
nodist_fishcompletion_DATA = %D%/completions/egress-filter.fish
completions = $(nodist_bashcompletion_DATA) $(nodist_zshcompletion_DATA) \
	$(nodist_fishcompletion_DATA)
CLEANFILES += $(completions)
$(completions): egress-filter$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && case $@ in \
	*.fish) ./egress-filter completion fish ;; \
	*/_*) ./egress-filter completion zsh ;; \
	*) ./egress-filter completion bash ;; esac > $@.tmp && mv $@.tmp $@
dist_doc_DATA = README.md LICENSE %D%/doc/ARCHITECTURE.md %D%/doc/HACKING.md %D%/doc/NEWS.md %D%/doc/REVIEW-1.md \
	%D%/doc/REVIEW-2.md %D%/doc/SECURITY.md
EXTRA_DIST += %D%/demo/demo.sh %D%/demo/net.py

# Policies to start from, each loaded by a test, and what an editor checks
# policies with.
policydir = $(pkgdatadir)/policies
dist_policy_DATA = %D%/policies/ci.yaml %D%/policies/git.yaml \
	%D%/policies/learn.yaml %D%/policies/minimal.yaml \
	%D%/policies/npm.yaml %D%/policies/pip.yaml
schemadir = $(pkgdatadir)/schema
dist_schema_DATA = %D%/schema/policy.schema.json
