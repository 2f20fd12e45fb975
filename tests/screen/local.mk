screen_tests = %D%/keys.sh %D%/live.sh %D%/tmux.sh
TESTS += $(screen_tests)
EXTRA_DIST += $(screen_tests) %D%/lib.sh
