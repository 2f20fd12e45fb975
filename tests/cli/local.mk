cli_tests = %D%/demo.sh %D%/log.sh %D%/policy.sh %D%/run.sh %D%/why.sh %D%/words.sh
TESTS += $(cli_tests)
EXTRA_DIST += $(cli_tests) tests/tap.sh
