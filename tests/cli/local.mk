cli_tests = %D%/completion.sh %D%/demo.sh %D%/draft.sh %D%/examples.sh %D%/lint.sh \
	%D%/log.sh %D%/policy.sh %D%/replay.sh %D%/run.sh %D%/sessions.sh \
	%D%/why.sh %D%/words.sh
TESTS += $(cli_tests)
EXTRA_DIST += $(cli_tests) tests/tap.sh
cli_examples = %D%/examples/egress-filter-draft.sh \
	%D%/examples/egress-filter-lint.sh \
	%D%/examples/egress-filter-log.sh \
	%D%/examples/egress-filter-replay.sh \
	%D%/examples/egress-filter-sessions.sh \
	%D%/examples/egress-filter-why.sh
EXTRA_DIST += $(cli_examples)
